//! Replacing a resource (RFC 7644 §3.5.1).

use serde_json::{Value, json};

use super::create::covers;
use crate::check::{Check, Checked};
use crate::facts::USER;
use crate::reply::Reply;
use crate::session::{Made, Session, merge, under};

checks! {
    must "put/status", "RFC 7644 §3.5.1", "PUT answers 200 with the resource" => status();
    must "put/replaces", "RFC 7644 §3.5.1", "new values take the place of the old" => replaces();
    must "put/round-trip", "RFC 7644 §3.5.1", "what GET answered can be PUT back" => round_trip();
    must "put/multi-valued", "RFC 7644 §3.5.1", "a multi-valued attribute is replaced as a whole"
        => multi_valued();
    must "put/read-only", "RFC 7644 §3.5.1", "read-only values in a PUT are ignored" => read_only();
    must "put/required", "RFC 7644 §3.5.1", "a PUT without userName is refused, or keeps it" => required();
    must "put/unknown", "RFC 7644 §3.5.1", "a PUT to an unknown id is 404: it makes nothing" => unknown();
    must "put/unique", "RFC 7644 §3.12", "a PUT with another person's userName is 409" => unique();
    must "put/not-json", "RFC 7644 §3.12", "a body that is no JSON is 400 and changes nothing" => not_json();
    should "put/modified", "RFC 7643 §3.1", "meta.created stays; meta.lastModified does not go back"
        => modified();
}

async fn put(s: &Session, made: &Made, more: &Value) -> Checked<Reply> {
    let mut document = made.sent.clone();
    merge(&mut document, more);
    s.put(&made.path, &document).await
}

async fn status(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let reply = put(s, &made, &json!({})).await?;
    reply.want_status(&[200])?;
    reply.want_at("/id", &json!(made.id))?;
    reply.want_at("/userName", &made.sent["userName"])
}

async fn replaces(s: &Session) -> Checked {
    s.writable(USER, "name.familyName")?;
    let made = s.make_user().await?;
    put(s, &made, &json!({"name": {"familyName": "Byron"}})).await?.want_status(&[200])?;
    s.get(&made.path).await?.want_at("/name/familyName", &json!("Byron"))
}

async fn round_trip(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let before = s.get(&made.path).await?;
    s.put(&made.path, &before.body).await?.want_status(&[200])?;
    let after = s.get(&made.path).await?;
    for (key, value) in before.body.as_object().into_iter().flatten() {
        if key != "meta" {
            let found = after.at(&format!("/{key}"));
            after.want(covers(found, value), format!("{key} is still {value}"))?;
        }
    }
    Ok(())
}

async fn multi_valued(s: &Session) -> Checked {
    s.writable(USER, "emails")?;
    let made = s.make_user().await?;
    let email = format!("{}@example.com", s.name());
    let emails = json!([{"value": email, "type": "home"}]);
    put(s, &made, &json!({"emails": emails})).await?.want_status(&[200])?;
    let reply = s.get(&made.path).await?;
    let values: Vec<&Value> =
        reply.at("/emails").as_array().into_iter().flatten().filter_map(|found| found.get("value")).collect();
    reply.want(values == [&json!(email)], format!("{email} is the only e-mail address"))
}

async fn read_only(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let meta = json!({"resourceType": "Other", "created": "2001-01-01T00:00:00Z"});
    let reply = put(s, &made, &json!({"meta": meta})).await?;
    reply.want_status(&[200])?;
    let after = s.get(&made.path).await?;
    after.want_at("/meta/created", made.reply.at("/meta/created"))?;
    after.want_at("/meta/resourceType", made.reply.at("/meta/resourceType"))
}

async fn required(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let reply = put(s, &made, &json!({"userName": null})).await?;
    if reply.status != 200 {
        reply.want_error(&[400])?;
    }
    s.get(&made.path).await?.want_at("/userName", &made.sent["userName"])
}

async fn unknown(s: &Session) -> Checked {
    let path = under(&s.users()?.endpoint, "00000000-0000-4000-8000-00000000beef");
    s.put(&path, &s.person()?).await?.want_error(&[404])
}

async fn unique(s: &Session) -> Checked {
    let (first, second) = (s.make_user().await?, s.make_user().await?);
    put(s, &second, &json!({"userName": first.sent["userName"]})).await?.want_error(&[409])?;
    s.get(&second.path).await?.want_at("/userName", &second.sent["userName"])
}

async fn not_json(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let request = crate::request::Request::new(reqwest::Method::PUT, &made.path).text("not json");
    s.send(request).await?.want_error(&[400])?;
    s.get(&made.path).await?.want_at("/userName", &made.sent["userName"])
}

async fn modified(s: &Session) -> Checked {
    let made = s.make_user().await?;
    put(s, &made, &json!({"externalId": s.name()})).await?.want_status(&[200])?;
    let after = s.get(&made.path).await?;
    after.want_at("/meta/created", made.reply.at("/meta/created"))?;
    let is_later = modified_at(&after) >= modified_at(&made.reply);
    after.want(is_later, "meta.lastModified is not before that of the answer to POST")
}

/// When a resource was last modified, so that it compares: the fraction may have any number of digits (RFC 7643 §2.3.5).
fn modified_at(reply: &Reply) -> (String, String) {
    let text = reply.at("/meta/lastModified").as_str().unwrap_or_default();
    let (seconds, rest) = text.split_at_checked(19).unwrap_or((text, ""));
    let fraction: String =
        rest.strip_prefix('.').unwrap_or("").chars().take_while(char::is_ascii_digit).collect();
    (seconds.to_owned(), format!("{fraction:0<12}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-01-01T00:00:00.09Z", "2026-01-01T00:00:00.093Z")]
    #[case("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.1Z")]
    #[case("2026-01-01T00:00:00.999Z", "2026-01-01T00:00:01Z")]
    fn times_compare_whatever_the_digits_of_their_fractions(#[case] earlier: &str, #[case] later: &str) {
        let at = |time: &str| modified_at(&Reply::of(json!({"meta": {"lastModified": time}})));
        assert!(at(earlier) < at(later));
    }
}
