//! What a tenant's server does where documents leave it open. Learnt from its own answers, once in a process; until then
//! nothing is relied upon.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::kernel::{Kind, Timestamp};

/// So many groups are remembered at most as having members.
const REMEMBERED: usize = 10_000;
/// So many are remembered at most as new.
const RECENT: usize = 1000;

/// One thing to be learnt.
#[derive(Debug, Default)]
pub(super) struct Lesson(AtomicU8);

impl Lesson {
    /// What was learnt, if anything.
    pub fn learnt(&self) -> Option<bool> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            value => Some(value == 1),
        }
    }

    /// Whether it is known to be so.
    pub fn holds(&self) -> bool {
        self.learnt() == Some(true)
    }

    /// Whether it is known not to be so.
    pub fn fails(&self) -> bool {
        self.learnt() == Some(false)
    }

    /// Remembers it.
    pub fn learn(&self, holds: bool) {
        self.0.store(if holds { 1 } else { 2 }, Ordering::Relaxed);
    }
}

/// The manners of one route.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Pages start where they are asked to, hold no row twice, and tell how many there are in all.
    pub pages: Lesson,
    /// Names are found whatever their case.
    pub any_case: Lesson,
}

/// The manners of one tenant's server.
#[derive(Debug, Default)]
pub(super) struct Manners {
    users: Lists,
    groups: Lists,
    /// The profile of a person is kept: displayName, title and the like.
    pub profile: Lesson,
    /// A PATCH can change the profile and the enterprise attributes.
    pub patches_profile: Lesson,
    /// The User-Management API finds people by e-mail address.
    pub finds_emails: Lesson,
    /// Removing is how a value is taken away; else the empty text is.
    pub removes: Lesson,
    staffed: Mutex<HashSet<String>>,
    made: Mutex<VecDeque<(String, Timestamp)>>,
}

impl Manners {
    /// Those of a kind's lists.
    pub fn lists(&self, kind: Kind) -> &Lists {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
        }
    }

    /// A group was made by us.
    pub fn note_made(&self, group: &str, now: Timestamp) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.push_back((group.to_owned(), now));
        if made.len() > RECENT {
            made.pop_front();
        }
    }

    /// Whether a group was made by us after this.
    pub fn is_made_after(&self, group: &str, then: Timestamp) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.iter().any(|(id, at)| id == group && *at > then)
    }

    /// A group got members from us, or lost some: whether it certainly has any.
    pub fn note_staff(&self, group: &str, certainly: bool) {
        let mut staffed = self.staffed.lock().unwrap_or_else(PoisonError::into_inner);
        match certainly {
            true if staffed.len() < REMEMBERED => drop(staffed.insert(group.to_owned())),
            true => {}
            false => drop(staffed.remove(group)),
        }
    }

    /// Whether a group certainly has members.
    pub fn is_staffed(&self, group: &str) -> bool {
        self.staffed.lock().unwrap_or_else(PoisonError::into_inner).contains(group)
    }
}
