//! Named points where a test can stop the real program and kill it. With the feature `failpoints` only: a release has
//! no such code.
//!
//! Every kind of write has three: `<write>.begun` (journalled, the backend not asked yet), `<write>.asked` (the backend
//! has answered, the outcome not stored yet) and `<write>.stored` (stored, nobody answered yet); the removal of a group
//! that has members has `group_delete.emptied` too.

#[cfg(feature = "failpoints")]
use crate::store::{Action, Shadow};

/// Passes a point: `failpoint!("update", asked)`. The first is an expression that names the kind of write.
macro_rules! failpoint {
    ($write:expr, $step:ident) => {
        #[cfg(feature = "failpoints")]
        $crate::delivery::failpoint::reach($write, stringify!($step)).await;
    };
}
pub(super) use failpoint;

/// Stops for ever where `SCIM_FACADE_FAILPOINT` names the point, and says so; passes every other.
#[cfg(feature = "failpoints")]
pub(super) async fn reach(write: &str, step: &str) {
    let point = format!("{write}.{step}");
    if std::env::var("SCIM_FACADE_FAILPOINT").is_ok_and(|wanted| wanted == point) {
        tracing::error!(point, "stopped at a failpoint");
        std::future::pending::<()>().await;
    }
}

/// What the making of a native object is for.
#[cfg(feature = "failpoints")]
pub(super) fn making(action: Action) -> &'static str {
    if action == Action::Activate { "reactivate" } else { "create" }
}

/// Which kind of deletion it is.
#[cfg(feature = "failpoints")]
pub(super) fn deleting(shadow: &Shadow) -> &'static str {
    match shadow.kind {
        crate::kernel::Kind::User => "delete",
        crate::kernel::Kind::Group => "group_delete",
    }
}
