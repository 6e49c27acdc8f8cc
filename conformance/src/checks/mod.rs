//! The checks of the RFC profile: one file per part of RFC 7643, 7644 and 9865.

/// A check's function as data: `run!(function)` or `run!(function, argument, …)`.
macro_rules! run {
    ($function:expr $(, $argument:expr)*) => {
        |session| Box::pin($function(session $(, $argument)*))
    };
}

/// The table of a file's checks: how much is demanded, name, section, what is demanded, and the function that finds out.
macro_rules! checks {
    ($($level:ident $name:literal, $section:literal, $title:literal => $function:ident($($argument:expr),*);)*) => {
        pub const CHECKS: &[Check] =
            &[$(Check::$level($name, $section, $title, run!($function $(, $argument)*))),*];
    };
}

mod auth;
mod bulk;
mod create;
mod cursor;
mod discovery;
mod etag;
mod extension;
mod filters;
mod filters_refused;
mod groups;
mod http;
mod lifecycle;
mod members;
mod paging;
mod patch;
mod patch_multi;
mod patch_refused;
mod projection;
mod read;
mod replace;
mod search;
mod security;
mod sort;

use crate::check::Check;

/// Every check, in the order in which they are played.
#[must_use]
pub fn all() -> Vec<Check> {
    let groups: [&[Check]; 23] = [
        discovery::CHECKS,
        auth::CHECKS,
        create::CHECKS,
        read::CHECKS,
        projection::CHECKS,
        replace::CHECKS,
        patch::CHECKS,
        patch_multi::CHECKS,
        patch_refused::CHECKS,
        filters::CHECKS,
        filters_refused::CHECKS,
        sort::CHECKS,
        paging::CHECKS,
        cursor::CHECKS,
        search::CHECKS,
        groups::CHECKS,
        members::CHECKS,
        extension::CHECKS,
        lifecycle::CHECKS,
        etag::CHECKS,
        bulk::CHECKS,
        http::CHECKS,
        security::CHECKS,
    ];
    groups.concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::all;

    #[test]
    fn names_are_unique_and_sections_are_quoted() {
        let checks = all();
        let names: BTreeSet<&str> = checks.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), checks.len());
        assert!(checks.len() >= 80, "{} checks", checks.len());
        for check in checks {
            assert!(check.section.starts_with("RFC ") && check.section.contains('§'), "{check:?}");
        }
    }
}
