//! Sorting (RFC 7644 §3.4.2.3).

use serde_json::Value;

use crate::check::{Check, Checked};
use crate::facts::USER;
use crate::session::{Session, encoded};

checks! {
    must "sort/ascending", "RFC 7644 §3.4.2.3", "sortBy sorts, ascending if nothing is said"
        => sorted("userName", "", "abc");
    must "sort/descending", "RFC 7644 §3.4.2.3", "sortOrder=descending turns it round"
        => sorted("userName", "descending", "cba");
    must "sort/sub-attribute", "RFC 7644 §3.4.2.3", "by a sub-attribute"
        => sorted("name.familyName", "ascending", "bac");
    must "sort/case", "RFC 7644 §3.4.2.3", "without regard to case, if caseExact is false"
        => sorted("displayName", "ascending", "abc");
    must "sort/missing", "RFC 7644 §3.4.2.3", "who has no value comes last, ascending"
        => sorted("title", "ascending", "bac");
    must "sort/missing-descending", "RFC 7644 §3.4.2.3", "and first, descending"
        => sorted("title", "descending", "cab");
    must "sort/multi-valued", "RFC 7644 §3.4.2.3", "by a multi-valued attribute: its primary value counts"
        => sorted("emails", "descending", "cba");
}

async fn sorted(s: &Session, by: &str, order: &str, wanted: &str) -> Checked {
    s.needs("sort")?;
    s.needs("filter")?;
    s.writable(USER, by)?;
    let crowd = s.crowd().await?;
    let filter = encoded(&format!("userName sw \"{}-crowd\"", s.prefix));
    let order = if order.is_empty() { String::new() } else { format!("&sortOrder={order}") };
    let target = format!("{}?filter={filter}&sortBy={by}{order}", s.users()?.endpoint);
    let reply = s.get(&target).await?;
    let ids = reply.want_list()?.iter().filter_map(|resource| resource.get("id").and_then(Value::as_str));
    let letter = |id: &str| crowd.iter().find(|(_, made)| made.id == id).map(|(letter, _)| letter.as_str());
    let found: String = ids.filter_map(letter).collect();
    if found == wanted {
        return Ok(());
    }
    Err(reply.wrong_because(format!("the order {wanted}"), format!("the order is {found}")))
}
