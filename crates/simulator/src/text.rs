//! Small things about text and time.

use jiff::Timestamp;
use uuid::Uuid;

/// Whether two texts are the same, with or without regard to case.
pub(crate) fn same(one: &str, two: &str, ignore_case: bool) -> bool {
    if !ignore_case {
        return one == two;
    }
    if one.is_ascii() && two.is_ascii() {
        return one.eq_ignore_ascii_case(two);
    }
    one.to_lowercase() == two.to_lowercase()
}

/// The canonical form of a UUID; nothing when it is none.
pub(crate) fn uuid(text: &str) -> Option<String> {
    Uuid::try_parse(text).ok().map(|id| id.to_string())
}

/// As in `2026-01-13T02:07:29.234Z`.
pub(crate) fn timestamp(micros: i64) -> String {
    format!("{}Z", timestamp_without_zone(micros))
}

/// As in `2021-01-02T15:32:59.789`: the times of admins carry no zone.
pub(crate) fn timestamp_without_zone(micros: i64) -> String {
    let time = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

/// Undoes percent-encoding; in a query a plus is a blank.
pub(crate) fn decode(text: &str, plus_is_blank: bool) -> String {
    let text = if plus_is_blank { text.replace('+', " ") } else { text.to_owned() };
    percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// The decoded segments of a path that starts with a slash.
pub(crate) fn segments(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|segment| decode(segment, false)).collect()
}

/// Name and value pairs of a query or a form.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name, true), decode(value, true))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{pairs, same, timestamp, timestamp_without_zone, uuid};

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(timestamp(1_768_269_749_234_000), "2026-01-13T02:02:29.234Z");
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp_without_zone(5_000), "1970-01-01T00:00:00.005");
    }

    #[test]
    fn queries_are_decoded() {
        assert_eq!(
            pairs("a=x%40y+z&b&c=1%2B1"),
            [
                ("a".to_owned(), "x@y z".to_owned()),
                ("b".to_owned(), String::new()),
                ("c".to_owned(), "1+1".to_owned()),
            ]
        );
    }

    #[test]
    fn case_matters_when_asked() {
        assert!(same("Zürich", "ZÜRICH", true));
        assert!(!same("Zürich", "ZÜRICH", false));
        assert_eq!(
            uuid("25BF3721-9425-C449-8B8E-0A7D6B1C9E11").as_deref(),
            Some("25bf3721-9425-c449-8b8e-0a7d6b1c9e11")
        );
        assert_eq!(uuid("nobody"), None);
    }
}
