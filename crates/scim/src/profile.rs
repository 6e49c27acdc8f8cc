//! How much of what real clients send is accepted.

/// The reading of the RFCs that one client gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Accepts what Okta, Entra ID and the others really send; every [`Repair`](crate::repairs::Repair) is applied and counted.
    #[default]
    Tolerant,
    /// RFC 7643 and RFC 7644 to the letter, and the stricter reading where the letter leaves two.
    Strict,
}

impl Profile {
    /// Whether repairs are applied.
    #[must_use]
    pub fn is_tolerant(self) -> bool {
        self == Self::Tolerant
    }
}
