//! Where the token goes, and where it shows.

use rstest::rstest;

use super::*;

#[test]
fn the_token_goes_to_netskope_alone() {
    let host =
        |text: &str| NetskopeConfig::new(Base::parse(text).unwrap(), SecretString::from(TOKEN)).map(drop);
    for good in [
        "https://example.goskope.com",
        "https://example.eu.goskope.com/",
        "https://example.netskope.com",
        "https://example.boomskope.com",
        "http://127.0.0.1:9003",
    ] {
        assert_eq!(host(good), Ok(()), "{good}");
    }
    for bad in [
        "https://example.com",
        "https://goskope.com",
        "https://goskope.com.example.com",
        "https://evilgoskope.com",
        "https://192.0.2.1",
        "https://[2001:db8::1]",
        "https://addon-example.goskope.com",
    ] {
        assert!(host(bad).is_err(), "{bad}");
    }
}

#[rstest]
#[case::bearer(TokenHeader::Bearer, "authorization", "Bearer t0ken-of-the-tenant")]
#[case::native(TokenHeader::Native, "netskope-api-token", TOKEN)]
#[tokio::test(start_paused = true)]
async fn headers_are_made_from_scratch(#[case] header: TokenHeader, #[case] name: &str, #[case] value: &str) {
    let config = NetskopeConfig { header, ..config() };
    let world = world_of(&config, [answer(200, &format!(r#"{{"id":"{ADA}"}}"#)), answer(204, "")]);
    world.netskope.get(&world.ctx, Kind::User, &at(ADA), Want::default()).await.unwrap();
    world.netskope.delete(&world.ctx, Kind::User, &at(ADA)).await.unwrap();
    let accepts = ("accept", "application/scim+json, application/json".to_owned());
    for seen in world.script.seen() {
        assert_eq!(
            seen.headers,
            [
                accepts.clone(),
                (
                    if name == "authorization" { "authorization" } else { "netskope-api-token" },
                    value.to_owned()
                )
            ]
        );
    }
    assert!(!format!("{config:?}").contains(TOKEN));
}

#[tokio::test(start_paused = true)]
async fn no_error_tells_the_token_or_what_was_said() {
    let said = r#"{"message":"t0ken-of-the-tenant ada@example.com is not authorised"}"#;
    for status in [400, 401, 403, 404, 405, 409, 501, 302] {
        let world = world(std::iter::repeat_n(answer(status, said), 9));
        let error = world.netskope.update(&world.ctx, Kind::Group, &at(CREW), &named("x")).await.unwrap_err();
        assert!(!error.log.contains(TOKEN) && !error.log.contains("ada@"), "{error}");
    }
}

fn named(name: &str) -> Change {
    Change { set: attrs(json!({"displayName": name})), clear: Vec::new() }
}
