//! Targets of which nothing is remembered (`shadow = "off"`): what a crash, a second process and a restart find.

mod crash;
mod halting;
mod kinds;
mod open;
mod processes;
mod rights;
