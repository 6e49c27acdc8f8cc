//! What a product offers and nobody writes through us.

/// A list of what people can have, which the product defines (draft-ietf-scim-roles-entitlements).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Catalogue {
    /// `/Roles`: the values that a user's `roles` can have.
    Roles,
    /// `/Entitlements`: the values that a user's `entitlements` can have.
    Entitlements,
}

impl Catalogue {
    /// Every list.
    pub const ALL: [Self; 2] = [Self::Roles, Self::Entitlements];

    /// The last part of its address.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::Roles => "Roles",
            Self::Entitlements => "Entitlements",
        }
    }

    /// The list that is served at an endpoint, as [`endpoint`](Self::endpoint) names it.
    pub fn served_at(endpoint: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.endpoint() == endpoint)
    }
}
