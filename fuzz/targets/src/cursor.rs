//! Cursors (RFC 9865): what comes back from a client.

use scim::ScimType;
use scim::cursor::{Cursor, Key};

const ABOUT: [&[u8]; 2] = [b"sophos", b"okta"];
const NOW: i64 = 1_795_305_600;
const LIFETIME: u64 = 3600;

/// No text opens that was not sealed, whatever it is; what was sealed opens for what it belongs to alone, as it was and as long as
/// it is good; and a single character changed makes it another's.
///
/// # Panics
/// If that is not so.
pub fn cursor(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(is_invalid(open(text, &ABOUT, NOW)), "{text}");
    }
    let number = |at: usize| data.get(at).copied().unwrap_or_default();
    let made =
        Cursor { count: number(0).into(), issued: NOW - i64::from(number(1)), position: data.to_vec() };
    let sealed = made.seal(&key(), &ABOUT).unwrap();
    assert!(sealed.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c)), "{sealed}");
    if sealed.len() > 8192 {
        return;
    }
    assert_eq!(open(&sealed, &ABOUT, NOW).as_ref(), Ok(&made));
    let late = NOW + 2 * i64::try_from(LIFETIME).unwrap();
    assert_eq!(open(&sealed, &ABOUT, late).unwrap_err().scim_type, Some(ScimType::ExpiredCursor));
    assert!(is_invalid(open(&sealed, &[data, b"okta"], NOW)) || data == ABOUT[0], "{sealed}");
    let mut forged = sealed.clone().into_bytes();
    let at = usize::from(number(2)) % forged.len();
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    // The last character holds bits that mean nothing, and must be zero.
    assert!(is_invalid(open(&forged, &ABOUT, NOW)), "{sealed} {forged}");
}

fn key() -> Key {
    Key::new([7; 32])
}

fn open(text: &str, about: &[&[u8]], now: i64) -> scim::Result<Cursor> {
    Cursor::open(text, &key(), about, now, LIFETIME)
}

fn is_invalid(opened: scim::Result<Cursor>) -> bool {
    opened.is_err_and(|error| error.scim_type == Some(ScimType::InvalidCursor))
}
