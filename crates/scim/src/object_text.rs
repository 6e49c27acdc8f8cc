//! A JSON object as text.

use serde::Serialize;

/// A JSON object that is being written down at the end of a text, member by member.
pub(crate) struct ObjectText<'t>(&'t mut Vec<u8>);

impl<'t> ObjectText<'t> {
    /// An object without members so far.
    pub(crate) fn begin(text: &'t mut Vec<u8>) -> Self {
        text.push(b'{');
        Self(text)
    }

    /// Members alone, to be put into an object later; `text` is empty.
    pub(crate) fn bare(text: &'t mut Vec<u8>) -> Self {
        Self(text)
    }

    /// Adds a member. What can't be JSON is left out; texts, numbers and trees of JSON always can.
    pub(crate) fn member(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        let before = self.0.len();
        if self.try_member(name, value).is_err() {
            self.0.truncate(before);
        }
    }

    fn try_member(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> serde_json::Result<()> {
        self.name(name)?;
        serde_json::to_writer(&mut *self.0, value)
    }

    /// Adds members that are text already, separated by commas.
    pub(crate) fn members(&mut self, written: &[u8]) {
        if !written.is_empty() {
            self.separate();
            self.0.extend_from_slice(written);
        }
    }

    /// Adds a member that is a list of what is text already.
    pub(crate) fn list(&mut self, name: &'static str, items: impl IntoIterator<Item: AsRef<[u8]>>) {
        let before = self.0.len();
        if self.name(name).is_err() {
            return self.0.truncate(before);
        }
        self.0.push(b'[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            self.0.extend_from_slice(item.as_ref());
        }
        self.0.push(b']');
    }

    /// The object is whole.
    pub(crate) fn end(self) {
        self.0.push(b'}');
    }

    fn name(&mut self, name: &str) -> serde_json::Result<()> {
        self.separate();
        serde_json::to_writer(&mut *self.0, name)?;
        self.0.push(b':');
        Ok(())
    }

    /// A comma, unless this is the first member.
    fn separate(&mut self) {
        if !matches!(self.0.last(), None | Some(b'{')) {
            self.0.push(b',');
        }
    }
}
