//! The demonstration's products: a simulator each, the lines that configure its target, and its story.

use std::net::Ipv4Addr;

use super::super::failed::Failed;
use super::super::running;
use super::super::simulate::{self, Content};
use super::super::wiring::{self, Simulated};
use super::sophos;
use super::teller::Teller;

/// Which product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    Sophos,
}

/// A product that runs.
pub(super) struct Simulation {
    /// Which.
    pub(super) product: Product,
    /// Its simulator.
    pub(super) simulated: Simulated,
}

impl Product {
    /// The registry, in the order of the stories.
    pub(super) const ALL: [Self; 1] = [Self::Sophos];

    /// The name of its target.
    pub(super) fn target(self) -> &'static str {
        match self {
            Self::Sophos => "sophos",
        }
    }

    /// Its name for humans.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Sophos => "Sophos Central",
        }
    }

    /// Starts its simulator on a free port.
    pub(super) async fn start(self, content: Content, limits: bool) -> Result<Simulation, Failed> {
        let listener = running::bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let seed = content.seed();
        let simulated = match self {
            Self::Sophos => wiring::simulate_sophos(listener, seed, limits).await?,
        };
        Ok(Simulation { product: self, simulated })
    }

    /// Tells its story.
    pub(super) async fn tell(self, teller: &mut Teller) -> Result<(), Failed> {
        match self {
            Self::Sophos => sophos::tell(teller).await,
        }
    }
}

impl Simulation {
    /// The table of the configuration that is this product.
    pub(super) fn configuration(&self) -> String {
        let url = self.simulated.url();
        let lines = match self.product {
            Product::Sophos => simulate::sophos_target(&url).join("\n"),
        };
        format!("[targets.{}]\n{lines}\n", self.product.target())
    }
}
