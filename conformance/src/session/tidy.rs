//! What the suite made, and how it goes away again.

use reqwest::Method;
use serde_json::Value;

use super::{Session, under};
use crate::facts::{GROUP, USER};
use crate::reply::Reply;
use crate::request::Request;

impl Session {
    /// Takes down what an answer says was made.
    pub(super) fn take_down(&self, target: &str, reply: &Reply) {
        let endpoint = target.split('?').next().unwrap_or_default();
        let mut new = Vec::new();
        if reply.status == 201 && !reply.id().is_empty() {
            new.push(under(endpoint, reply.id()));
        }
        let operations = reply.at("/Operations").as_array();
        let locations = operations.into_iter().flatten().filter_map(|done| done.get("location")?.as_str());
        new.extend(locations.map(ToOwned::to_owned));
        if let Ok(mut made) = self.made.lock() {
            made.extend(new);
        }
    }

    /// How many resources were made so far and not deleted yet.
    #[must_use]
    pub fn mark(&self) -> usize {
        self.made.lock().map(|made| made.len()).unwrap_or_default()
    }

    /// Deletes what was made after a mark, the newest first, but the three people who stay.
    pub async fn tidy(&self, mark: usize) {
        let crowd: Vec<&String> =
            self.crowd.get().into_iter().flatten().map(|(_, made)| &made.path).collect();
        let (stay, gone): (Vec<_>, Vec<_>) =
            self.take_from(mark).into_iter().partition(|path| crowd.contains(&path));
        if let Ok(mut made) = self.made.lock() {
            made.extend(stay);
        }
        self.delete_all(&gone).await;
    }

    fn take_from(&self, mark: usize) -> Vec<String> {
        let Ok(mut made) = self.made.lock() else { return Vec::new() };
        let at = mark.min(made.len());
        made.split_off(at)
    }

    /// Whether it worked is seen by the sweep at the end.
    async fn delete_all(&self, paths: &[String]) {
        for path in paths.iter().rev() {
            let _ = self.client.send(&Request::new(Method::DELETE, path)).await;
        }
    }

    /// Deletes everything that carries the run's name; gives the addresses of what stayed.
    pub async fn sweep(&self) -> Vec<String> {
        self.delete_all(&self.take_from(0)).await;
        let mut left = Vec::new();
        for (schema, attribute) in [(GROUP, "displayName"), (USER, "userName")] {
            let Some(of) = self.facts.resource_type(schema) else { continue };
            let filter = format!("{attribute} sw \"{}\"", self.prefix);
            let Ok(found) = self.filter(of, &filter).await else { continue };
            for resource in found.at("/Resources").as_array().into_iter().flatten() {
                let named = resource.get(attribute).and_then(Value::as_str).unwrap_or_default();
                let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
                // A server that does not understand the filter must not lose anybody.
                if id.is_empty() || !named.to_lowercase().starts_with(&self.prefix) {
                    continue;
                }
                let path = under(&of.endpoint, id);
                let done = self.delete(&path).await;
                if !done.is_ok_and(|reply| matches!(reply.status, 200 | 202 | 204 | 404)) {
                    left.push(path);
                }
            }
        }
        left
    }
}
