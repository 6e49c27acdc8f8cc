//! A store that was put back from a copy is behind its backends until it has been reconciled with them.

/// What is still to be reconciled of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconcile {
    /// The rows come from a copy: until they agree with the backend again nothing may be written by them.
    pub restored: bool,
    /// The plan that an operator has agreed to, and that is being carried out.
    pub agreed: Option<String>,
}
