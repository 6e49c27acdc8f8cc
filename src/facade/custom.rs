//! Attributes that an operator declares for one target: the extension that the backend has for them.

use std::collections::BTreeSet;

use scim::schema::{Attribute, AttributeType, Schema};

use crate::backend::{Capabilities, Custom, CustomLimits};

/// What an operator declares.
#[derive(Clone, Debug, Default)]
pub struct CustomAttributes {
    /// The attributes: name, type, description, and a length where one is set.
    pub declared: Vec<Attribute>,
    /// How many there can be, where the product is known to differ from what its backend says.
    pub most: Option<usize>,
    /// The same for the characters in a name.
    pub name_length: Option<usize>,
    /// The same for the characters in a text.
    pub value_length: Option<usize>,
}

impl CustomAttributes {
    /// The names that are declared.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.declared.iter().map(|attribute| &*attribute.name)
    }

    /// The schema of what is declared; none if that is nothing, or the backend has no place for it.
    pub(super) fn schema(&self, caps: &Capabilities) -> Option<Schema> {
        let custom = caps.custom.filter(|_| !self.declared.is_empty())?;
        let limits = self.limits(custom);
        Some(Schema {
            id: custom.urn.to_owned(),
            name: custom.name.to_owned(),
            description: "Attributes that were declared for this target".to_owned(),
            attributes: self.declared.iter().map(|attribute| limited(attribute, limits)).collect(),
        })
    }

    /// What is wrong with it over this backend: which attribute (none: all of them together), and what to do.
    pub fn problems(&self, caps: &Capabilities) -> Vec<(Option<&str>, String)> {
        let is_silent = self.most.or(self.name_length).or(self.value_length).is_none();
        let Some(custom) = caps.custom else {
            let nothing = self.declared.is_empty() && is_silent;
            let advice = "has no meaning here: this backend has no place for such attributes; remove it";
            return if nothing { Vec::new() } else { vec![(None, advice.to_owned())] };
        };
        let limits = self.limits(custom);
        let mut problems = Vec::new();
        let count = self.declared.len();
        if count > limits.attributes {
            let most = limits.attributes;
            problems.push((None, format!("declares {count} attributes; the product takes {most} at most")));
        }
        let mut names = BTreeSet::new();
        for attribute in &self.declared {
            let name = &*attribute.name;
            // RFC 7643 §2.1: names are case-insensitive.
            if !names.insert(name.to_ascii_lowercase()) {
                problems
                    .push((Some(name), "is declared twice: the case of a name makes no other".to_owned()));
            }
            problems.extend(too_long(attribute, limits).map(|advice| (Some(name), advice)));
        }
        problems
    }

    fn limits(&self, custom: Custom) -> CustomLimits {
        CustomLimits {
            attributes: self.most.unwrap_or(custom.limits.attributes),
            name: self.name_length.unwrap_or(custom.limits.name),
            value: self.value_length.unwrap_or(custom.limits.value),
        }
    }
}

fn too_long(attribute: &Attribute, limits: CustomLimits) -> impl Iterator<Item = String> {
    let length = attribute.name.chars().count();
    let name = (length > limits.name)
        .then(|| format!("has a name of {length} characters; the product takes {} at most", limits.name));
    let longest = attribute.max_length.filter(|longest| *longest > limits.value);
    let value = longest.map(|longest| {
        format!("has max_length = {longest}; the product takes {} characters at most", limits.value)
    });
    name.into_iter().chain(value)
}

/// The attribute as it is served: a text has a limit, and says so, for RFC 7643 §7 has no word for it.
fn limited(attribute: &Attribute, limits: CustomLimits) -> Attribute {
    if attribute.r#type != AttributeType::String {
        return attribute.clone();
    }
    let most = attribute.max_length.unwrap_or(limits.value);
    let told = format!("{} At most {most} characters.", attribute.description);
    Attribute { max_length: Some(most), description: told.trim_start().to_owned(), ..attribute.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::memory::CUSTOM;

    fn text(name: &str, max_length: Option<usize>) -> Attribute {
        Attribute { name: name.into(), max_length, ..Attribute::default() }
    }

    fn told(custom: &CustomAttributes, caps: &Capabilities) -> Vec<String> {
        let problems = custom.problems(caps).into_iter();
        problems.map(|(name, advice)| format!("{}: {advice}", name.unwrap_or("all"))).collect()
    }

    #[test]
    fn a_declaration_fits_the_product() {
        let caps = Capabilities { custom: Some(CUSTOM), ..Capabilities::default() };
        let longest = "n".repeat(32);
        let mut declared: Vec<Attribute> = (0..14).map(|n| text(&format!("a{n}"), Some(64))).collect();
        declared.push(text(&longest, None));
        let mut custom = CustomAttributes { declared, ..CustomAttributes::default() };
        assert_eq!(told(&custom, &caps), Vec::<String>::new());
        let longer = format!("{longest}n");
        custom.declared.extend([text(&longer, Some(65)), text("A1", None)]);
        let expected = [
            "all: declares 17 attributes; the product takes 15 at most".to_owned(),
            format!("{longer}: has a name of 33 characters; the product takes 32 at most"),
            format!("{longer}: has max_length = 65; the product takes 64 characters at most"),
            "A1: is declared twice: the case of a name makes no other".to_owned(),
        ];
        assert_eq!(told(&custom, &caps), expected);
        // An operator who knows that a tenant takes more says so.
        let more =
            CustomAttributes { most: Some(17), name_length: Some(33), value_length: Some(65), ..custom };
        assert_eq!(told(&more, &caps), expected[3..]);
    }

    #[test]
    fn a_product_without_a_place_for_them_takes_none() {
        let custom = CustomAttributes { declared: vec![text("badge", None)], ..CustomAttributes::default() };
        let limits = CustomAttributes { most: Some(3), ..CustomAttributes::default() };
        let caps = Capabilities::default();
        let advice = "all: has no meaning here: this backend has no place for such attributes; remove it";
        for custom in [custom, limits] {
            assert_eq!(told(&custom, &caps), [advice]);
        }
        assert_eq!(told(&CustomAttributes::default(), &caps), Vec::<String>::new());
    }
}
