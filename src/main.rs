//! The program: everything is in the library.

fn main() -> std::process::ExitCode {
    scim_facade::cli::main()
}
