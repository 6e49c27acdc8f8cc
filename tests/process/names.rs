//! The names of the failpoints are in no program that is built without them.
#![cfg(not(feature = "failpoints"))]

#[test]
fn a_program_without_the_feature_has_no_failpoints() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_scim-facade")).unwrap();
    for name in ["SCIM_FACADE_FAILPOINT", "stopped at a failpoint"] {
        assert!(!program.windows(name.len()).any(|window| window == name.as_bytes()), "{name}");
    }
}
