//! Tests of the simulators, as one binary.

#[cfg(test)]
mod access;
#[cfg(test)]
mod admins;
#[cfg(test)]
mod control;
#[cfg(test)]
mod events;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod lag;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod membership;
#[cfg(test)]
mod netskope;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod seeds;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod support;
#[cfg(test)]
mod switches;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod users;
