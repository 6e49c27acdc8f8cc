//! Level B: the real program, SQLite and HTTP. Programs are killed at failpoints, stopped in the middle of writes, and
//! left by their clients. Everything listens on 127.0.0.1 on ports that the system chooses.

#![cfg_attr(not(feature = "failpoints"), allow(dead_code))]

mod care;
mod check;
mod commands;
mod explain;
mod hostile;
mod http;
#[cfg(feature = "failpoints")]
mod killed;
mod large;
mod left;
mod names;
mod program;
#[cfg(feature = "failpoints")]
mod retry;
mod scene;
mod stateless;
mod writes;
