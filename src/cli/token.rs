//! `token new`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::failed::Failed;
use super::output::Output;
use crate::kernel::hex;

/// Make bearer tokens for clients
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  scim-facade token new")]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print a new random token, once, and the line for its client's section
    ///
    /// The token goes into the identity provider, its hash into the configuration. The token itself is kept nowhere: one that is
    /// lost is replaced. While it is being replaced, token_sha256 may be a list of two.
    #[command(after_help = "Example:\n  scim-facade token new")]
    New,
}

pub(super) fn run(options: &Options, output: &Output) -> Result<(), Failed> {
    match options.command {
        Command::New => {
            let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
            output.line("The token, for the identity provider. It is shown only now:");
            output.line(&format!("\n  {token}\n"));
            output.line("Its hash, for the client's section of the configuration:");
            output.line(&format!("\n  token_sha256 = \"{}\"", hash(&token)));
            Ok(())
        }
    }
}

/// The SHA-256 of a token as the configuration has it.
pub(super) fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TokenHash;

    #[test]
    fn the_line_is_what_the_configuration_reads() {
        let known = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        assert_eq!(hash("test"), known);
        assert!(TokenHash::parse(&hash("test")).is_some());
    }
}
