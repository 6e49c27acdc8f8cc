//! The demonstration's products: a simulator each, the lines that configure its target, and its story.

use std::net::Ipv4Addr;

use simulator::netskope::Profile;

use super::super::failed::Failed;
use super::super::running;
use super::super::simulate::{self, Content, Simulated};
use super::teller::Teller;
use super::{netskope, sophos};

/// Which product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    Sophos,
    Netskope,
}

/// A product that runs.
pub(super) struct Simulation {
    /// Which.
    pub(super) product: Product,
    /// Its simulator.
    pub(super) simulated: Simulated,
    /// Whether it enforces the vendor's rate limits.
    limits: bool,
}

impl Product {
    /// The registry, in the order of the stories.
    pub(super) const ALL: [Self; 2] = [Self::Sophos, Self::Netskope];

    /// The name of its target.
    pub(super) fn target(self) -> &'static str {
        match self {
            Self::Sophos => "sophos",
            Self::Netskope => "netskope",
        }
    }

    /// Its name for humans.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Sophos => "Sophos Central",
            Self::Netskope => "Netskope",
        }
    }

    /// Starts its simulator on a free port.
    pub(super) async fn start(self, content: Content, limits: bool) -> Result<Simulation, Failed> {
        let listener = running::bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let seed = content.seed();
        let simulated = match self {
            Self::Sophos => simulate::start_sophos(listener, seed, limits).await?,
            Self::Netskope => simulate::start_netskope(listener, seed, limits, Profile::Live2026).await?,
        };
        Ok(Simulation { product: self, simulated, limits })
    }

    /// Tells its story.
    pub(super) async fn tell(self, teller: &mut Teller) -> Result<(), Failed> {
        match self {
            Self::Sophos => sophos::tell(teller).await,
            Self::Netskope => netskope::tell(teller).await,
        }
    }
}

impl Simulation {
    /// The table of the configuration that is this product.
    pub(super) fn configuration(&self) -> String {
        let url = self.simulated.url();
        let mut lines = match self.product {
            Product::Sophos => simulate::sophos_target(&url).to_vec(),
            Product::Netskope => simulate::netskope_target(&url, self.limits).to_vec(),
        };
        if self.product == Product::Netskope {
            lines.push(netskope::DECLARED.to_owned());
        }
        format!("[targets.{}]\n{}\n", self.product.target(), lines.join("\n"))
    }
}
