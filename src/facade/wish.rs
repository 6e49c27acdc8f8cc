//! What a request wants of a group's members, however it spells it.

use std::collections::{BTreeMap, BTreeSet};

use scim::error::ScimError;
use scim::patch::{Member, MemberOp};

use super::member_ids::wish;
use crate::delivery::{NamedWish, Waiting};
use crate::kernel::{PartsHash, ScimId};

/// The members that a request wants.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum MemberWish {
    /// These are members, or are none; nothing needs to be known of the others.
    Delta(BTreeMap<ScimId, bool>),
    /// Exactly these are members.
    Exactly(BTreeSet<ScimId>),
    /// It depends on who the members are.
    Relative(Vec<MemberOp>),
}

impl MemberWish {
    /// Nothing is wished of members.
    pub fn nothing() -> Self {
        Self::Delta(BTreeMap::new())
    }

    /// Understands the operations of one request.
    ///
    /// # Errors
    /// 400 `invalidValue` for a member that says it is a group.
    pub fn of(operations: &[MemberOp]) -> Result<Self, ScimError> {
        let replaces = |op: &MemberOp| matches!(op, MemberOp::Replace(_) | MemberOp::Clear);
        if let Some(last) = operations.iter().rposition(replaces) {
            let mut wanted = BTreeMap::new();
            wish(&mut wanted, &MemberOp::apply_all(operations.get(last..).unwrap_or_default(), &[]))?;
            return Ok(Self::Exactly(wanted.into_keys().collect()));
        }
        let mut wishes = BTreeMap::new();
        for operation in operations {
            match operation {
                MemberOp::Add(members) => wish(&mut wishes, members)?,
                MemberOp::Remove(ids) => {
                    wishes.extend(ids.iter().map(|id| (ScimId::new(id.as_str()), false)));
                }
                _ => return Ok(Self::Relative(operations.to_vec())),
            }
        }
        Ok(Self::Delta(wishes))
    }

    /// What has to change in a group with these members, where older wishes are `waiting`: whoever is unsure is told in any
    /// case.
    ///
    /// # Errors
    /// As [`MemberWish::of`].
    pub fn changes(
        &self,
        current: &[ScimId],
        waiting: &Waiting,
    ) -> Result<BTreeMap<ScimId, bool>, ScimError> {
        let wanted: BTreeSet<ScimId> = match self {
            Self::Delta(wishes) => return Ok(wishes.clone()),
            Self::Exactly(wanted) => wanted.clone(),
            Self::Relative(operations) => {
                let member =
                    |id: &ScimId| Member { value: id.as_str().to_owned(), r#type: Some("User".to_owned()) };
                // Who is about to be a member counts as one.
                let wished = |user: &&ScimId| waiting.wished.get(*user);
                let stay = current.iter().filter(|user| wished(user) != Some(&false));
                let come = waiting.wished.iter().filter(|(_, member)| **member).map(|(user, _)| user);
                let members: Vec<Member> = stay.chain(come).map(member).collect();
                let mut wanted = BTreeMap::new();
                wish(&mut wanted, &MemberOp::apply_all(operations, &members))?;
                wanted.into_keys().collect()
            }
        };
        let current: BTreeSet<ScimId> = current.iter().cloned().collect();
        let differing = current.symmetric_difference(&wanted).chain(&waiting.unsure);
        Ok(differing.map(|user| (user.clone(), wanted.contains(user))).collect())
    }

    /// Whether a group with these members, once older wishes have come true, is as it is wished to be.
    ///
    /// # Errors
    /// As [`MemberWish::of`].
    pub fn is_met(&self, current: &[ScimId], waiting: &Waiting) -> Result<bool, ScimError> {
        let mut members: BTreeSet<ScimId> = current.iter().cloned().collect();
        for (user, member) in &waiting.wished {
            match member {
                true => drop(members.insert(user.clone())),
                false => drop(members.remove(user)),
            }
        }
        if let Self::Delta(wishes) = self {
            return Ok(wishes.iter().all(|(user, member)| members.contains(user) == *member));
        }
        let members: Vec<ScimId> = members.into_iter().collect();
        Ok(self.changes(&members, &Waiting::default())?.is_empty())
    }

    /// The first part of the wish, where something else comes between: who leaves. It says nothing of the others.
    pub fn leavers(&self) -> NamedWish {
        NamedWish { hash: format!("leavers of {}", self.named().hash), exact: false }
    }

    /// The wish by name.
    pub fn named(&self) -> NamedWish {
        let mut hash = PartsHash::default();
        let mut part = |text: &str| hash.add(text.as_bytes());
        match self {
            Self::Delta(wishes) => {
                part("delta");
                for (user, member) in wishes {
                    part(if *member { "in" } else { "out" });
                    part(user.as_str());
                }
            }
            Self::Exactly(wanted) => {
                part("exactly");
                wanted.iter().for_each(|user| part(user.as_str()));
            }
            Self::Relative(operations) => {
                part("relative");
                operations.iter().for_each(|operation| part(&format!("{operation:?}")));
            }
        }
        NamedWish { hash: hash.into_hex(), exact: !matches!(self, Self::Delta(_)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(ids: &[&str]) -> Vec<Member> {
        ids.iter().map(|id| Member { value: (*id).to_owned(), r#type: None }).collect()
    }

    fn of(operations: &[MemberOp]) -> MemberWish {
        MemberWish::of(operations).unwrap()
    }

    fn changes(wish: &MemberWish, current: &[&str], unsure: &[&str]) -> Vec<(String, bool)> {
        let current: Vec<ScimId> = current.iter().map(|id| ScimId::new(*id)).collect();
        let unsure = unsure.iter().map(|id| ScimId::new(*id)).collect();
        let waiting = Waiting { unsure, ..Waiting::default() };
        let changes = wish.changes(&current, &waiting).unwrap();
        changes.into_iter().map(|(user, member)| (user.to_string(), member)).collect()
    }

    #[test]
    fn one_wish_has_one_name_however_it_is_spelled() {
        let put = of(&[MemberOp::Replace(members(&["a", "b"]))]);
        let patch = of(&[
            MemberOp::Add(members(&["x"])),
            MemberOp::Clear,
            MemberOp::Add(members(&["b", "a", "c"])),
            MemberOp::Remove(vec!["c".to_owned()]),
        ]);
        assert_eq!(put.named().hash, patch.named().hash);
        let added = of(&[MemberOp::Add(members(&["a", "b"]))]);
        let one_by_one = of(&[MemberOp::Add(members(&["b"])), MemberOp::Add(members(&["a"]))]);
        assert_eq!(added.named().hash, one_by_one.named().hash);
        assert_ne!(added.named().hash, put.named().hash);
        let removed = of(&[MemberOp::Remove(vec!["a".to_owned(), "b".to_owned()])]);
        assert_ne!(added.named().hash, removed.named().hash);
    }

    #[test]
    fn whoever_is_unsure_is_told_in_any_case() {
        let wish = of(&[MemberOp::Replace(members(&["a", "b"]))]);
        let told = |ids: &[(&str, bool)]| -> Vec<(String, bool)> {
            ids.iter().map(|(id, member)| ((*id).to_owned(), *member)).collect()
        };
        assert_eq!(changes(&wish, &["b", "c"], &[]), told(&[("a", true), ("c", false)]));
        let unsure = told(&[("a", true), ("b", true), ("c", false), ("d", false)]);
        assert_eq!(changes(&wish, &["b", "c"], &["b", "d"]), unsure);
    }

    #[test]
    fn a_delta_says_nothing_of_others() {
        let wish = of(&[MemberOp::Add(members(&["a"])), MemberOp::Remove(vec!["b".to_owned()])]);
        let told = [("a".to_owned(), true), ("b".to_owned(), false)];
        assert_eq!(changes(&wish, &["c"], &["d"]), told);
        assert_eq!(of(&[]), MemberWish::nothing());
    }
}
