//! The words of the language. The plain ones, of which every filter is made, are found byte by byte; strings with escapes by nom.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::take_while1;
use nom::character::complete::{anychar, char};
use nom::combinator::recognize;
use nom::multi::many0_count;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// The text of an attribute path, up to what cannot belong to one, and the rest.
pub(super) fn path(input: &str) -> Option<(&str, &str)> {
    leading(input, |c| c > b' ' && !matches!(c, b'(' | b')' | b'[' | b']' | b'"'))
}

/// The name after a closing bracket's dot.
pub(super) fn sub(input: &str) -> Option<(&str, &str)> {
    let name = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'$' | b'-' | b'_');
    leading(input.strip_prefix('.')?, name)
}

/// An operator.
pub(super) fn operator(input: &str) -> Option<(&str, &str)> {
    leading(input, |c| c.is_ascii_alphabetic())
}

/// An unquoted value.
pub(super) fn word(input: &str) -> Option<(&str, &str)> {
    leading(input, |c| c > b' ' && !matches!(c, b'(' | b')' | b']' | b'"'))
}

/// What the input begins with, if that is not nothing, and the rest. `belongs` takes all bytes that are not ASCII or none of
/// them, so that no character is cut.
fn leading(input: &str, belongs: impl Fn(u8) -> bool) -> Option<(&str, &str)> {
    let end = input.bytes().position(|byte| !belongs(byte)).unwrap_or(input.len());
    input.split_at_checked(end).filter(|(text, _)| !text.is_empty())
}

/// A JSON string (RFC 8259 §7), unescaped, and the rest; borrowed if nothing was escaped.
pub(super) fn string(input: &str) -> Option<(Cow<'_, str>, &str)> {
    let inside = input.strip_prefix('"')?;
    let end = inside.bytes().position(|c| matches!(c, b'"' | b'\\') || c < b' ')?;
    let (text, rest) = inside.split_at_checked(end)?;
    match rest.strip_prefix('"') {
        Some(rest) => Some((Cow::Borrowed(text), rest)),
        None => escaped(input),
    }
}

/// One with a backslash in it: the JSON reader knows what that means.
fn escaped(input: &str) -> Option<(Cow<'_, str>, &str)> {
    let (rest, quoted) = quoted(input).ok()?;
    let text = serde_json::from_str::<String>(quoted).ok()?;
    Some((Cow::Owned(text), rest))
}

fn quoted(input: &str) -> IResult<&str, &str> {
    // Control characters don't stand for themselves.
    let plain = take_while1(|c: char| c >= ' ' && !matches!(c, '"' | '\\'));
    let escape = recognize(preceded(char('\\'), anychar));
    recognize(delimited(char('"'), many0_count(alt((plain, escape))), char('"'))).parse(input)
}
