//! The program `scim-conformance`.

use std::process::ExitCode;

fn main() -> ExitCode {
    scim_conformance::cli::main()
}
