//! The words of the language, by nom.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::{is_not, take_while, take_while1};
use nom::character::complete::{anychar, char};
use nom::combinator::{recognize, verify};
use nom::multi::many0_count;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// White space between words. The grammar has one space; clients send more.
pub(super) fn spaces(input: &str) -> IResult<&str, &str> {
    take_while(|c: char| c.is_ascii_whitespace()).parse(input)
}

/// The text of an attribute path: up to what cannot belong to one.
pub(super) fn path(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| !c.is_ascii_whitespace() && !"()[]\"".contains(c)).parse(input)
}

/// The name after a closing bracket's dot.
pub(super) fn sub(input: &str) -> IResult<&str, &str> {
    let name = |c: char| c.is_ascii_alphanumeric() || "$-_".contains(c);
    preceded(char('.'), take_while1(name)).parse(input)
}

/// An operator.
pub(super) fn operator(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_ascii_alphabetic()).parse(input)
}

/// An unquoted value.
pub(super) fn word(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| !c.is_ascii_whitespace() && !"()]\"".contains(c)).parse(input)
}

/// A JSON string (RFC 8259 §7), unescaped; borrowed if nothing was escaped.
pub(super) fn string(input: &str) -> IResult<&str, Cow<'_, str>> {
    let (rest, quoted) = quoted(input)?;
    let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    if !inner.contains('\\') {
        return Ok((rest, Cow::Borrowed(inner)));
    }
    match serde_json::from_str::<String>(quoted) {
        Ok(text) => Ok((rest, Cow::Owned(text))),
        Err(_) => Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Escaped))),
    }
}

fn quoted(input: &str) -> IResult<&str, &str> {
    let plain = verify(is_not("\\\""), |text: &str| !text.bytes().any(|c| c < 0x20));
    let escaped = recognize(preceded(char('\\'), anychar));
    recognize(delimited(char('"'), many0_count(alt((plain, escaped))), char('"'))).parse(input)
}
