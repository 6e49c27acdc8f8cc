//! The suite is judged, too: a server that conforms passes, and one that misbehaves is caught.

#[cfg(test)]
mod conforming;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod independent;
#[cfg(test)]
mod misbehaving;
#[cfg(test)]
mod program;
#[cfg(test)]
mod readme;
