//! Sophos Central.

mod access;
mod admins;
mod control;
mod events;
mod faults;
mod groups;
mod lag;
mod limits;
mod lists;
mod membership;
mod roles;
mod seeds;
mod shell;
mod support;
mod switches;
mod tenants;
mod tokens;
mod users;
