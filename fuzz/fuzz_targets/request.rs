//! The whole program, in the small world that the integration tests have.
#![no_main]
#![allow(dead_code)]

#[path = "../../tests/fuzz/request.rs"]
mod request;
#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| request::request(data));
