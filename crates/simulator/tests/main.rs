//! Tests of the simulators, as one binary: a folder for each vendor.

#[cfg(test)]
mod netskope;
#[cfg(test)]
mod sophos;
