//! The suite shares nothing with what it judges.

#[test]
fn it_depends_on_nothing_of_this_workspace() {
    let manifest = include_str!("../Cargo.toml");
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap();
    assert!(dependencies.contains("reqwest"), "the manifest was not understood");
    assert!(!dependencies.contains("path ="), "{dependencies}");
}
