//! Netskope by its simulator: every guess about it one by one, what it costs, what it must not be able to do.

mod budget;
mod crash;
mod hostile;
mod importers;
mod matrix;
mod scenario;
mod security;
