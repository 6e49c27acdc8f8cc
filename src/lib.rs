//! scim-facade.

pub mod backend;
pub mod cli;
pub mod config;
pub mod facade;
pub mod kernel;
pub mod telemetry;
pub mod web;
