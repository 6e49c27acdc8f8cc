//! Text to [`Filter`].

use std::borrow::Cow;

use serde_json::Number;

use super::ast::{CompareOp, Filter, Literal, Test};
use super::token;
use crate::error::{Result, ScimError};
use crate::limits::Limits;
use crate::path::AttrPath;
use crate::profile::Profile;
use crate::repairs::{Repair, Repairs};

/// Reads a filter (RFC 7644 §3.4.2.2).
///
/// `not` binds tighter than `and`, `and` tighter than `or` (erratum 4670). Keywords and operators are known in any case.
///
/// # Errors
/// `invalidFilter` if the text is no filter or exceeds a limit.
pub fn parse<'a>(
    text: &'a str,
    profile: Profile,
    limits: &Limits,
    repairs: &mut Repairs,
) -> Result<Filter<'a>> {
    let mut parser = Parser::new(text, profile, limits, repairs)?;
    let filter = parser.or()?;
    parser.skip_spaces();
    match parser.rest.is_empty() {
        true => Ok(filter),
        false => Err(parser.refuse("unexpected text after the filter")),
    }
}

/// Reads a value filter up to its closing bracket, and gives what follows that.
pub(crate) fn parse_bracketed<'a>(
    text: &'a str,
    profile: Profile,
    limits: &Limits,
    repairs: &mut Repairs,
) -> Result<(Filter<'a>, &'a str)> {
    let mut parser = Parser::new(text, profile, limits, repairs)?;
    let filter = parser.value_filter()?;
    Ok((filter, parser.rest))
}

/// Recursive descent; recursion is bounded by `depth_left`, the size of the result by `nodes_left`.
///
/// What every filter passes through is put in line: a filter is a hundred bytes, which each call would move.
struct Parser<'a, 'r> {
    text: &'a str,
    rest: &'a str,
    profile: Profile,
    repairs: &'r mut Repairs,
    depth_left: usize,
    nodes_left: usize,
    in_brackets: bool,
}

impl<'a, 'r> Parser<'a, 'r> {
    #[inline(always)]
    fn new(text: &'a str, profile: Profile, limits: &Limits, repairs: &'r mut Repairs) -> Result<Self> {
        if text.len() > limits.filter_bytes {
            return Err(ScimError::invalid_filter(format!(
                "The filter exceeds {} bytes",
                limits.filter_bytes
            )));
        }
        let (depth_left, nodes_left) = (limits.filter_depth, limits.filter_nodes);
        Ok(Self { text, rest: text, profile, repairs, depth_left, nodes_left, in_brackets: false })
    }

    fn or(&mut self) -> Result<Filter<'a>> {
        let mut left = self.and()?;
        while self.keyword("or") {
            self.count_node()?;
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    #[inline(always)]
    fn and(&mut self) -> Result<Filter<'a>> {
        let mut left = self.term()?;
        while self.keyword("and") {
            self.count_node()?;
            left = Filter::And(Box::new(left), Box::new(self.term()?));
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<Filter<'a>> {
        self.skip_spaces();
        if self.rest.starts_with('(') {
            return self.group();
        }
        if let Some(rest) = self.after_not() {
            self.count_node()?;
            self.rest = rest;
            return Ok(Filter::Not(Box::new(self.group()?)));
        }
        self.attribute_expression()
    }

    /// From the bracket that follows a `not`. Erratum 7319: a space between the two is optional.
    fn after_not(&self) -> Option<&'a str> {
        let (word, rest) = self.rest.split_at_checked(3)?;
        let rest = word.eq_ignore_ascii_case("not").then(|| rest.trim_ascii_start())?;
        rest.starts_with('(').then_some(rest)
    }

    fn group(&mut self) -> Result<Filter<'a>> {
        self.nested(|parser| {
            parser.expect('(')?;
            let inner = parser.or()?;
            parser.expect(')')?;
            Ok(inner)
        })
    }

    /// What stands between brackets, and the closing one. Value paths do not nest (errata 4690, 7322).
    fn value_filter(&mut self) -> Result<Filter<'a>> {
        if std::mem::replace(&mut self.in_brackets, true) {
            return Err(self.refuse("a value filter within a value filter"));
        }
        let filter = self.nested(|parser| {
            let filter = parser.or()?;
            parser.expect(']')?;
            Ok(filter)
        })?;
        self.in_brackets = false;
        Ok(filter)
    }

    fn attribute_expression(&mut self) -> Result<Filter<'a>> {
        self.count_node()?;
        let Some((text, rest)) = token::path(self.rest) else {
            return Err(self.refuse("an attribute is missing"));
        };
        let path = AttrPath::parse(text, self.profile, self.repairs)
            .map_err(|_| self.refuse("this is not an attribute path"))?;
        self.rest = rest;
        if let Some(inside) = self.rest.strip_prefix('[') {
            self.rest = inside;
            let filter = Box::new(self.value_filter()?);
            let then = self.compared_value_path()?;
            return Ok(Filter::ValuePath { path, filter, then });
        }
        Ok(match self.test()? {
            Test::Present => Filter::Present(path),
            Test::Compare(op, value) => Filter::Compare { path, op, value },
        })
    }

    /// `emails[type eq "work"].value eq "x"`, which the grammar does not have and Entra ID sends.
    fn compared_value_path(&mut self) -> Result<Option<(&'a str, Test<'a>)>> {
        let Some((sub, rest)) = token::sub(self.rest) else { return Ok(None) };
        if !self.profile.is_tolerant() {
            return Err(self.refuse("a comparison after a value path"));
        }
        self.repairs.note(Repair::ComparedValuePath);
        self.rest = rest;
        Ok(Some((sub, self.test()?)))
    }

    /// `pr`, or an operator and a value.
    #[inline(always)]
    fn test(&mut self) -> Result<Test<'a>> {
        self.skip_spaces();
        let Some((name, rest)) = token::operator(self.rest) else {
            return Err(self.refuse("an operator is missing"));
        };
        if name.eq_ignore_ascii_case("pr") {
            self.rest = rest;
            return Ok(Test::Present);
        }
        let Some(op) = CompareOp::named(name) else {
            return Err(self.refuse("this is not an operator"));
        };
        self.rest = rest;
        self.skip_spaces();
        if self.rest.len() == rest.len() {
            return Err(self.refuse("a space must follow the operator"));
        }
        Ok(Test::Compare(op, self.literal()?))
    }

    fn literal(&mut self) -> Result<Literal<'a>> {
        if self.rest.starts_with('"') {
            let Some((text, rest)) = token::string(self.rest) else {
                return Err(self.refuse("this is not a JSON string"));
            };
            self.rest = rest;
            return Ok(Literal::Str(text));
        }
        let Some((word, rest)) = token::word(self.rest) else {
            return Err(self.refuse("a value is missing"));
        };
        let literal = match word {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            "null" => Literal::Null,
            word => match number(word) {
                Some(number) => Literal::Number(number),
                None => self.unquoted(word)?,
            },
        };
        self.rest = rest;
        Ok(literal)
    }

    fn unquoted(&mut self, word: &'a str) -> Result<Literal<'a>> {
        if !self.profile.is_tolerant() {
            return Err(self.refuse("text must be in quotes"));
        }
        self.repairs.note(Repair::UnquotedWord);
        Ok(Literal::Str(Cow::Borrowed(word)))
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or_else(|| self.refuse("nested too deeply"))?;
        let result = inner(self)?;
        self.depth_left += 1;
        Ok(result)
    }

    fn count_node(&mut self) -> Result<()> {
        self.nodes_left = self.nodes_left.checked_sub(1).ok_or_else(|| self.refuse("too many terms"))?;
        Ok(())
    }

    /// Takes `and` or `or`, in any case, if it is next and stands for itself.
    fn keyword(&mut self, keyword: &str) -> bool {
        let Some((word, rest)) = self.rest.trim_ascii_start().split_at_checked(keyword.len()) else {
            return false;
        };
        let ends = rest.bytes().next().is_some_and(|c| c.is_ascii_whitespace() || c == b'(');
        let found = ends && word.eq_ignore_ascii_case(keyword);
        if found {
            self.rest = rest;
        }
        found
    }

    fn expect(&mut self, c: char) -> Result<()> {
        self.skip_spaces();
        self.rest = self.rest.strip_prefix(c).ok_or_else(|| self.refuse(&format!("'{c}' is missing")))?;
        Ok(())
    }

    fn skip_spaces(&mut self) {
        // The grammar has one space; clients send more.
        self.rest = self.rest.trim_ascii_start();
    }

    /// The error at the present place. The filter is not repeated: it may hold personal data.
    fn refuse(&self, what: &str) -> ScimError {
        let at = self.text.len() - self.rest.len() + 1;
        ScimError::invalid_filter(format!("Filter, at character {at}: {what}"))
    }
}

/// A JSON number (RFC 8259 §6). `007` and `1.` are none.
fn number(word: &str) -> Option<Number> {
    let json: Number = serde_json::from_str(word).ok()?;
    // The JSON reader is allowed to be one step off in the last digit; the standard library is exact.
    if json.is_f64() { word.parse().ok().and_then(Number::from_f64) } else { Some(json) }
}
