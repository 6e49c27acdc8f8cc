//! Which route a request is for.

use serde_json::json;

use super::auth::Family;
use super::call::{Call, Outcome, answer};
use super::errors::Refusal;
use super::switches::{Discovery, Switches, WrongMethod};
use super::{groups, management, users};

/// A route that the gateway knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'p> {
    Users,
    User(&'p str),
    Groups,
    Group(&'p str),
    /// The only discovery document, if at all.
    Config,
    ManagedUsers,
    ManagedGroups,
}

impl<'p> Route<'p> {
    /// The route of a path; the gateway's 404 for everything else, whatever the token.
    pub fn of(path: &'p [String], rules: &Switches) -> Result<Self, Refusal> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let ["api", "v2", rest @ ..] = path.as_slice() else {
            return Err(Refusal::no_route());
        };
        match rest {
            ["scim", "Users"] => Ok(Self::Users),
            ["scim", "Users", id] if !id.is_empty() => Ok(Self::User(id)),
            ["scim", "Groups"] => Ok(Self::Groups),
            ["scim", "Groups", id] if !id.is_empty() => Ok(Self::Group(id)),
            ["scim", "ServiceProviderConfig"] if rules.discovery != Discovery::NoRoute => Ok(Self::Config),
            ["users", "getusers"] if rules.user_management => Ok(Self::ManagedUsers),
            ["users", "getgroups"] if rules.user_management => Ok(Self::ManagedGroups),
            _ => Err(Refusal::no_route()),
        }
    }

    pub fn family(self) -> Family {
        match self {
            Self::Users | Self::User(_) | Self::Config => Family::Users,
            Self::Groups | Self::Group(_) => Family::Groups,
            Self::ManagedUsers | Self::ManagedGroups => Family::Management,
        }
    }

    pub fn run(self, call: &mut Call<'_>, method: &str) -> Outcome {
        match (self, method) {
            (Self::Users, "GET") => users::list(call),
            (Self::Users, "POST") => users::create(call),
            (Self::User(id), "GET") => users::get(call, id),
            (Self::User(id), "PUT") => users::replace(call, id),
            (Self::User(id), "PATCH") => users::patch(call, id),
            (Self::User(id), "DELETE") => users::delete(call, id),
            (Self::Groups, "GET") => groups::list(call),
            (Self::Groups, "POST") => groups::create(call),
            (Self::Group(id), "GET") => groups::get(call, id),
            (Self::Group(id), "PUT") => groups::replace(call, id),
            (Self::Group(id), "PATCH") => groups::patch(call, id),
            (Self::Group(id), "DELETE") => groups::delete(call, id),
            (Self::Config, "GET") => config(call.rules),
            (Self::ManagedUsers, "POST") => management::users(call),
            (Self::ManagedGroups, "POST") => management::groups(call),
            _ => Err(match call.rules.wrong_method {
                WrongMethod::NoRoute => Refusal::no_route(),
                WrongMethod::NotAllowed => Refusal::gateway(405, "Method Not Allowed"),
            }),
        }
    }
}

/// All that is known of it is the bound on filtered rows.
fn config(rules: &Switches) -> Outcome {
    if rules.discovery == Discovery::Forbidden {
        return Err(Refusal::gateway(403, "not authorised to execute the specific API"));
    }
    answer(
        200,
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": {"supported": true},
            "bulk": {"supported": false},
            "filter": {"supported": true, "maxResults": 200},
            "changePassword": {"supported": false},
            "sort": {"supported": false},
            "etag": {"supported": false},
            "authenticationSchemes": [],
        }),
    )
}
