//! What the server says about itself (RFC 7644 §4, RFC 7643 §5, §6, §7).

use serde_json::Value;

use crate::check::{Check, Checked, skip};
use crate::client::SCIM_JSON;
use crate::facts::USER;
use crate::reply::Reply;
use crate::session::{Session, encoded};

checks! {
    must "discovery/config", "RFC 7644 §4", "/ServiceProviderConfig answers 200 with its schema" => config();
    must "discovery/config-features", "RFC 7643 §5", "/ServiceProviderConfig says of every feature whether it is supported, and its limits"
        => features();
    must "discovery/config-auth", "RFC 7643 §5", "authenticationSchemes have type, name and description"
        => auth_schemes();
    must "discovery/media-type", "RFC 7644 §3.1", "answers are of type application/scim+json" => media_type();
    must "discovery/resource-types", "RFC 7644 §4", "/ResourceTypes lists resource types" => types();
    must "discovery/resource-type", "RFC 7644 §4", "/ResourceTypes/{name} answers each of them"
        => each_type();
    must "discovery/resource-type-unknown", "RFC 7644 §3.12", "an unknown resource type is 404 with an error body"
        => unknown("/ResourceTypes/NoSuchType");
    must "discovery/schemas", "RFC 7644 §4", "/Schemas lists schemas" => schemas();
    must "discovery/schema", "RFC 7644 §4", "/Schemas/{urn} answers each of them" => each_schema();
    must "discovery/schema-unknown", "RFC 7644 §3.12", "an unknown schema is 404 with an error body"
        => unknown("/Schemas/urn:example:params:scim:schemas:none");
    must "discovery/schemas-complete", "RFC 7643 §6", "every schema that a resource type names is in /Schemas"
        => complete();
    must "discovery/attributes", "RFC 7643 §7", "attribute definitions use the defined words"
        => definitions();
    must "discovery/user-name", "RFC 7643 §4.1.1", "the schema of people requires userName" => user_name();
    should "discovery/filter-config", "RFC 7644 §4", "a filter on /ServiceProviderConfig is 403"
        => no_filter("/ServiceProviderConfig");
    should "discovery/filter-types", "RFC 7644 §4", "a filter on /ResourceTypes is 403"
        => no_filter("/ResourceTypes");
    should "discovery/filter-schemas", "RFC 7644 §4", "a filter on /Schemas is 403" => no_filter("/Schemas");
    must "discovery/paging-ignored", "RFC 7644 §4", "paging parameters don't shorten /ResourceTypes"
        => paging_ignored();
}

const CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

async fn config(s: &Session) -> Checked {
    let reply = s.get("/ServiceProviderConfig").await?;
    reply.want_status(&[200])?;
    reply.want(reply.has_schema(CONFIG), format!("a body of schema {CONFIG}"))
}

async fn features(s: &Session) -> Checked {
    let reply = s.get("/ServiceProviderConfig").await?;
    reply.want_status(&[200])?;
    for feature in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
        let pointer = format!("/{feature}/supported");
        reply.want(reply.at(&pointer).is_boolean(), format!("{pointer} is true or false"))?;
    }
    for pointer in ["/bulk/maxOperations", "/bulk/maxPayloadSize", "/filter/maxResults"] {
        reply.want(reply.at(pointer).is_u64(), format!("{pointer} is a number"))?;
    }
    reply.want(reply.at("/authenticationSchemes").is_array(), "authenticationSchemes is an array")
}

async fn auth_schemes(s: &Session) -> Checked {
    let reply = s.get("/ServiceProviderConfig").await?;
    reply.want_status(&[200])?;
    for scheme in reply.at("/authenticationSchemes").as_array().into_iter().flatten() {
        for name in ["type", "name", "description"] {
            let is_text = scheme.get(name).is_some_and(Value::is_string);
            reply.want(is_text, format!("every authentication scheme has a {name}"))?;
        }
    }
    Ok(())
}

async fn media_type(s: &Session) -> Checked {
    let reply = s.get("/ServiceProviderConfig").await?;
    let found = reply.header("content-type").unwrap_or_default();
    reply.want(found.starts_with(SCIM_JSON), format!("Content-Type: {SCIM_JSON}"))
}

async fn types(s: &Session) -> Checked {
    let reply = s.get("/ResourceTypes").await?;
    let found = reply.want_list()?;
    reply.want(!found.is_empty(), "at least one resource type")?;
    for name in ["name", "endpoint", "schema"] {
        let all = found.iter().all(|of| of.get(name).is_some_and(Value::is_string));
        reply.want(all, format!("every resource type has a {name} (RFC 7643 §6)"))?;
    }
    Ok(())
}

async fn each_type(s: &Session) -> Checked {
    let list = s.get("/ResourceTypes").await?;
    for of in list.want_list()? {
        let name = of.get("id").or_else(|| of.get("name")).and_then(Value::as_str).unwrap_or_default();
        let reply = s.get(&format!("/ResourceTypes/{}", encoded(name))).await?;
        reply.want_status(&[200])?;
        same(&reply, of, "name")?;
    }
    Ok(())
}

fn same(reply: &Reply, listed: &Value, name: &str) -> Checked {
    reply.want_at(&format!("/{name}"), listed.get(name).unwrap_or(&Value::Null))
}

async fn unknown(s: &Session, path: &str) -> Checked {
    s.get(path).await?.want_error(&[404])
}

async fn schemas(s: &Session) -> Checked {
    let reply = s.get("/Schemas").await?;
    let found = reply.want_list()?;
    reply.want(!found.is_empty(), "at least one schema")?;
    let named = found.iter().all(|schema| schema.get("id").is_some_and(Value::is_string));
    reply.want(named, "every schema has its URN as id (RFC 7643 §7)")
}

async fn each_schema(s: &Session) -> Checked {
    let list = s.get("/Schemas").await?;
    for schema in list.want_list()? {
        let id = schema.get("id").and_then(Value::as_str).unwrap_or_default();
        let reply = s.get(&format!("/Schemas/{id}")).await?;
        reply.want_status(&[200])?;
        same(&reply, schema, "id")?;
    }
    Ok(())
}

async fn complete(s: &Session) -> Checked {
    let list = s.get("/Schemas").await?;
    let served: Vec<String> = list
        .want_list()?
        .iter()
        .filter_map(|schema| Some(schema.get("id")?.as_str()?.to_ascii_lowercase()))
        .collect();
    let named = |of: &crate::facts::ResourceType| {
        let extensions = of.extensions.iter().map(|(urn, _)| urn.clone());
        std::iter::once(of.schema.clone()).chain(extensions).collect::<Vec<_>>()
    };
    for urn in s.facts.types.iter().flat_map(named) {
        list.want(served.contains(&urn.to_ascii_lowercase()), format!("{urn} is among the schemas"))?;
    }
    Ok(())
}

async fn definitions(s: &Session) -> Checked {
    let list = s.get("/Schemas").await?;
    for schema in list.want_list()? {
        for attribute in schema.get("attributes").and_then(Value::as_array).into_iter().flatten() {
            if let Err(why) = defined(attribute) {
                let urn = schema.get("id").and_then(Value::as_str).unwrap_or_default();
                return Err(list.wrong_because("definitions as in RFC 7643 §7", format!("{urn}: {why}")));
            }
        }
    }
    Ok(())
}

/// Whether a definition uses the words of RFC 7643 §7.
fn defined(attribute: &Value) -> Result<(), String> {
    const WORDS: [(&str, &[&str]); 4] = [
        ("type", &["string", "boolean", "decimal", "integer", "dateTime", "reference", "complex", "binary"]),
        ("mutability", &["readOnly", "readWrite", "immutable", "writeOnly"]),
        ("returned", &["always", "never", "default", "request"]),
        ("uniqueness", &["none", "server", "global"]),
    ];
    let name = attribute.get("name").and_then(Value::as_str).ok_or("an attribute without a name")?;
    for (key, words) in WORDS {
        if let Some(found) = attribute.get(key)
            && !found.as_str().is_some_and(|word| words.contains(&word))
        {
            return Err(format!("{key} of {name} is {found}"));
        }
    }
    if attribute.get("multiValued").is_some_and(|found| !found.is_boolean()) {
        return Err(format!("multiValued of {name} is no boolean"));
    }
    let inner = attribute.get("subAttributes").and_then(Value::as_array);
    inner.into_iter().flatten().try_for_each(defined)
}

async fn user_name(s: &Session) -> Checked {
    let urn = &s.users()?.schema;
    let reply = s.get(&format!("/Schemas/{urn}")).await?;
    if reply.status != 200 {
        return skip(format!("/Schemas/{urn} is not served"));
    }
    let found = s.facts.attribute(USER, "userName");
    reply.want(found.is_some_and(|attribute| attribute.is_required()), "userName with required: true")
}

async fn no_filter(s: &Session, path: &str) -> Checked {
    let filter = encoded("name eq \"x\"");
    s.get(&format!("{path}?filter={filter}")).await?.want_error(&[403])
}

async fn paging_ignored(s: &Session) -> Checked {
    let whole = s.get("/ResourceTypes").await?;
    let reply = s.get("/ResourceTypes?startIndex=1&count=1").await?;
    let all = whole.want_list()?.len();
    reply.want(reply.want_list()?.len() == all, format!("all {all} resource types"))
}
