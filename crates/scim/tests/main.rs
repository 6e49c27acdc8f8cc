//! The protocol's tests, filed by RFC and section.

#[cfg(test)]
mod support;

#[cfg(test)]
mod dialects;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod repairs;
#[cfg(test)]
mod rfc7643;
#[cfg(test)]
mod rfc7644;
