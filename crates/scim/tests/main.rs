//! The protocol's tests, filed by RFC and section.

#[cfg(test)]
mod support;

#[cfg(test)]
mod dialects;
