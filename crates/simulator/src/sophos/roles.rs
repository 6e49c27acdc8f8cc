//! `/common/v1/roles`: not paged.

use serde_json::{Value, json};

use super::body::Body;
use super::call::{Call, Outcome, created, deleted, ok};
use super::directory::Change;
use super::errors::Refusal;
use super::model::Role;
use super::render;
use super::switches::EmptyPatch;
use super::users::CREATE_TO_UPDATE;

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    call.query.known(&["type", "principalType", "fields"])?;
    let kind = call.query.choice("type", &["predefined", "custom"])?;
    let principal = call.query.choice("principalType", &["user", "service"])?;
    let wanted = |role: &&Role| {
        kind.is_none_or(|kind| kind == role.kind())
            && principal.is_none_or(|principal| principal == role.principal_type())
    };
    let fields = call.query.fields();
    let roles = call.directory().roles.values().filter(wanted);
    ok(json!({"items": roles.map(|role| fields.of(render::role(role))).collect::<Vec<_>>()}))
}

pub(crate) fn get(call: &Call<'_>, id: &str) -> Outcome {
    call.query.known(&["fields"])?;
    ok(shown(call, call.role(id)?))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    call.query.known(&["fields"])?;
    let body =
        Body::read(call.body, call.rules, &["name", "description", "principalType", "permissionSets"])?;
    let name = body.required("name", call.rules.max_role_name)?;
    let description = body.text("description", call.rules.max_description)?;
    let for_services = match body.field("principalType").and_then(Value::as_str) {
        Some("user") => false,
        Some("service") => true,
        _ => return Err(Refusal::new(call.rules.bad_request_status, "principalType is missing or unknown")),
    };
    let permission_sets = permission_sets(call, &body, for_services)?;
    let permission_sets = permission_sets
        .ok_or_else(|| Refusal::new(call.rules.bad_request_status, "permissionSets is missing"))?;
    name_free(call, &name, None)?;
    let role = Role {
        id: call.ids.uuid(),
        name,
        description,
        predefined: false,
        for_services,
        permission_sets,
        created_at: call.now,
        updated_at: call.now + CREATE_TO_UPDATE,
    };
    call.apply(Change::PutRole(role.clone()));
    created(shown(call, &role))
}

pub(crate) fn update(call: &mut Call<'_>, id: &str) -> Outcome {
    call.query.known(&["fields"])?;
    let fields = ["name", "description", "permissionSets"];
    let body = Body::read(call.body, call.rules, &fields)?;
    let name = body.changed("name", call.rules.max_role_name)?;
    let description = body.patch("description", call.rules.max_description)?;
    let empty = !body.has_any(&fields);
    if empty && call.rules.empty_patch == EmptyPatch::Reject {
        return Err(Refusal::new(call.rules.bad_request_status, "nothing to change"));
    }
    // Which sets fit depends on the role, so an unknown role can only be checked for their form.
    let for_services = call.role(id).is_ok_and(|role| role.for_services);
    let sets = permission_sets(call, &body, for_services)?;
    let mut role = call.role(id)?.clone();
    if role.predefined {
        return Err(Refusal::new(call.rules.predefined_role_status, "a predefined role"));
    }
    if let Some(name) = name {
        name_free(call, &name, Some(&role.id))?;
        role.name = name;
    }
    description.onto(&mut role.description);
    if let Some(sets) = sets {
        role.permission_sets = sets;
    }
    if !empty {
        role.updated_at = call.now;
        call.apply(Change::PutRole(role.clone()));
    }
    ok(shown(call, &role))
}

/// No 404 is documented.
pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    let id = call.id(id)?;
    let Some(role) = call.directory().roles.get(&id) else {
        return deleted(call.rules.deleted_when_missing);
    };
    if role.predefined {
        return Err(Refusal::new(call.rules.predefined_role_status, "a predefined role"));
    }
    let mut assignments = call.directory().admins.values().flat_map(|admin| &admin.role_assignments);
    if assignments.any(|assignment| assignment.role_id == id) {
        return Err(Refusal::conflict("the role is assigned"));
    }
    call.apply(Change::DropRole(id));
    deleted(true)
}

/// Role names are unique; those of predefined roles are reserved.
fn name_free(call: &Call<'_>, name: &str, except: Option<&str>) -> Result<(), Refusal> {
    let taken = |role: &Role| Some(role.id.as_str()) != except && role.name.eq_ignore_ascii_case(name);
    if call.directory().roles.values().any(taken) {
        return Err(Refusal::conflict("the role name is taken"));
    }
    Ok(())
}

/// The permission sets in the body: known, allowed in custom roles, and for this kind of principal.
fn permission_sets(
    call: &Call<'_>,
    body: &Body<'_>,
    for_services: bool,
) -> Result<Option<Vec<String>>, Refusal> {
    let Some(value) = body.field("permissionSets") else {
        return Ok(None);
    };
    let list = value.as_array().filter(|list| !list.is_empty());
    let names: Option<Vec<String>> =
        list.and_then(|list| list.iter().map(|name| name.as_str().map(str::to_owned)).collect());
    let names =
        names.ok_or_else(|| Refusal::new(call.rules.bad_request_status, "permissionSets is malformed"))?;
    let fits = |name: &String| {
        PERMISSION_SETS
            .iter()
            .any(|set| set.id == name && set.in_custom_roles && (set.services || !for_services))
    };
    if !names.iter().all(fits) {
        return Err(Refusal::new(call.rules.bad_permission_set_status, "a permission set does not fit"));
    }
    Ok(Some(names))
}

fn shown(call: &Call<'_>, role: &Role) -> Value {
    call.query.fields().of(render::role(role))
}

struct PermissionSet {
    id: &'static str,
    name: &'static str,
    kind: &'static str,
    access: &'static str,
    product: Option<&'static str>,
    in_custom_roles: bool,
    /// Whether API credentials can have it too.
    services: bool,
}

const fn base(id: &'static str, name: &'static str, access: &'static str) -> PermissionSet {
    PermissionSet { id, name, kind: "base", access, product: None, in_custom_roles: true, services: true }
}

const fn product(
    id: &'static str,
    name: &'static str,
    access: &'static str,
    product: &'static str,
) -> PermissionSet {
    PermissionSet {
        id,
        name,
        kind: "product",
        access,
        product: Some(product),
        in_custom_roles: true,
        services: false,
    }
}

/// The vendor has many more; two of the ids are documented examples, the rest follow their pattern.
const PERMISSION_SETS: &[PermissionSet] = &[
    PermissionSet { in_custom_roles: false, ..base("central_super_admin", "Central super admin", "admin") },
    base("central_admin", "Central admin", "admin"),
    base("central_helpdesk", "Central help desk", "helpdesk"),
    base("central_read_only", "Central read-only", "readOnly"),
    product("endpoint_product_admin", "Endpoint admin", "admin", "endpoint"),
    product("endpoint_product_read_only", "Endpoint read-only", "readOnly", "endpoint"),
    product("server_product_admin", "Server admin", "admin", "server"),
    product("email_product_helpdesk", "Email help desk", "helpdesk", "email"),
    PermissionSet { kind: "setting", ..base("directory_setting_admin", "Directory settings", "admin") },
];

/// `GET /common/v1/roles/permission-sets`
pub(crate) fn list_permission_sets(call: &Call<'_>) -> Outcome {
    let query = &call.query;
    query.known(&["type", "product", "access", "allowedInCustomRole", "principalType", "fields"])?;
    let (kind, product) = (query.text("type"), query.text("product"));
    let access = query.choice("access", &["admin", "readOnly", "helpdesk"])?;
    let custom = query.boolean("allowedInCustomRole")?;
    let principal = query.choice("principalType", &["user", "service"])?;
    let wanted = |set: &&PermissionSet| {
        kind.is_none_or(|kind| kind == set.kind)
            && product.is_none_or(|product| set.product == Some(product))
            && access.is_none_or(|access| access == set.access)
            && custom.is_none_or(|custom| custom == set.in_custom_roles)
            && (principal != Some("service") || set.services)
    };
    let fields = query.fields();
    let items = PERMISSION_SETS.iter().filter(wanted).map(|set| fields.of(permission_set(set)));
    ok(json!({"items": items.collect::<Vec<_>>()}))
}

fn permission_set(set: &PermissionSet) -> Value {
    let principals: &[&str] = if set.services { &["user", "service"] } else { &["user"] };
    let products: Vec<&str> = set.product.into_iter().collect();
    json!({
        "id": set.id,
        "name": set.name,
        "type": set.kind,
        "principalTypes": principals,
        "allowedInCustomRoles": set.in_custom_roles,
        "description": format!("{} ({})", set.name, set.access),
        "access": set.access,
        "products": products,
    })
}
