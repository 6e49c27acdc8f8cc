//! Which route a request is for.

use super::call::{Call, Outcome};
use super::errors::Refusal;
use super::query::Query;
use super::tenants::Global;
use super::{admins, groups, membership, roles, users};

/// Routes of a regional host, all under `/common/v1`.
pub(crate) fn regional(call: &mut Call<'_>, method: &str, path: &[&str]) -> Outcome {
    let ["common", "v1", path @ ..] = path else {
        return Err(unknown());
    };
    match path {
        ["directory", "users", path @ ..] => user_routes(call, method, path),
        ["directory", "user-groups", path @ ..] => group_routes(call, method, path),
        ["admins", path @ ..] => admin_routes(call, method, path),
        ["roles", path @ ..] => role_routes(call, method, path),
        _ => Err(unknown()),
    }
}

fn user_routes(call: &mut Call<'_>, method: &str, path: &[&str]) -> Outcome {
    match (path, method) {
        ([], "GET") => users::list(call),
        ([], "POST") => users::create(call),
        ([id], "GET") => users::get(call, id),
        ([id], "PATCH") => users::update(call, id),
        ([id], "DELETE") => users::delete(call, id),
        ([id, "groups"], "GET") => membership::groups_of_user(call, id),
        ([id, "groups"], "POST") => membership::add_to_groups(call, id),
        ([id, "groups"], "DELETE") => membership::remove_from_groups(call, id),
        ([id, "groups", group], "DELETE") => membership::remove_from_group(call, id, group),
        ([] | [_] | [_, "groups"] | [_, "groups", _], _) => Err(wrong_method()),
        _ => Err(unknown()),
    }
}

fn group_routes(call: &mut Call<'_>, method: &str, path: &[&str]) -> Outcome {
    match (path, method) {
        ([], "GET") => groups::list(call),
        ([], "POST") => groups::create(call),
        ([id], "GET") => groups::get(call, id),
        ([id], "PATCH") => groups::update(call, id),
        ([id], "DELETE") => groups::delete(call, id),
        ([id, "users"], "GET") => membership::users_of_group(call, id),
        ([id, "users"], "POST") => membership::add_users(call, id),
        ([id, "users"], "DELETE") => membership::remove_users(call, id),
        ([id, "users", user], "DELETE") => membership::remove_user(call, id, user),
        ([] | [_] | [_, "users"] | [_, "users", _], _) => Err(wrong_method()),
        _ => Err(unknown()),
    }
}

fn admin_routes(call: &mut Call<'_>, method: &str, path: &[&str]) -> Outcome {
    match (path, method) {
        ([], "GET") => admins::list(call),
        ([], "POST") => admins::create(call),
        ([id], "GET") => admins::get(call, id),
        ([id], "DELETE") => admins::delete(call, id),
        ([id, "role-assignments"], "GET") => admins::assignments(call, id),
        ([id, "role-assignments"], "POST") => admins::assign(call, id),
        ([id, "role-assignments", it], "GET") => admins::get_assignment(call, id, it),
        ([id, "role-assignments", it], "DELETE") => admins::remove_assignment(call, id, it),
        ([] | [_] | [_, "role-assignments"] | [_, "role-assignments", _], _) => Err(wrong_method()),
        _ => Err(unknown()),
    }
}

fn role_routes(call: &mut Call<'_>, method: &str, path: &[&str]) -> Outcome {
    match (path, method) {
        ([], "GET") => roles::list(call),
        ([], "POST") => roles::create(call),
        (["permission-sets"], "GET") => roles::list_permission_sets(call),
        ([id], "GET") => roles::get(call, id),
        ([id], "PATCH") => roles::update(call, id),
        ([id], "DELETE") => roles::delete(call, id),
        ([] | [_], _) => Err(wrong_method()),
        _ => Err(unknown()),
    }
}

/// Routes below `/partner/v1` and `/organization/v1` of the global host.
pub(crate) fn tenants(global: &Global<'_>, method: &str, path: &[&str], query: &Query<'_>) -> Outcome {
    match (path, method) {
        (["tenants"], "GET") => global.list(query),
        (["tenants", id], "GET") => global.get(query, id),
        (["tenants"] | ["tenants", _], _) => Err(wrong_method()),
        _ => Err(unknown()),
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("no such route")
}

pub(crate) fn wrong_method() -> Refusal {
    Refusal::new(405, "no such method on this route")
}
