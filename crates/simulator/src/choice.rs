//! How the values that a switch chooses from are declared.

/// A choice between named behaviours, written in camel case in JSON.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum $name { $($(#[$case_doc])* $case),+ }
    };
}

pub(crate) use choice;
