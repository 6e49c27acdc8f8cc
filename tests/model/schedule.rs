//! Schedules: what two identity providers, the network, the vendor and time do, as a list that can be read and replayed.

use super::facts::{Client, GROUPS, PEOPLE};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A client sends a request, and sends it again so often if it is told to.
    Ask { by: Client, wish: Wish, again: u8 },
    /// Both clients send one at the same time.
    Both(Wish, Wish),
    /// The process dies at this boundary of a request: a native request or a commit. A new one starts.
    Crash { by: Client, wish: Wish, at: u8 },
    /// A client looks for everybody of whom this is so.
    Search { by: Client, what: Sought },
    /// The next native calls of a sort go wrong.
    Fault(Fault),
    /// The vendor's lists lag, or no longer.
    Lag(bool),
    /// Something happens in the product behind our back, to somebody who has access.
    Console(Console),
    /// Seconds pass.
    Wait(u16),
    /// A round of settlement.
    Settle,
    /// Nothing goes wrong until all is settled.
    Quiet,
}

/// What a client wishes. People and groups are numbers; so are the names that they can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Make(u8, Edit),
    Change(u8, Edit, How),
    Remove(u8),
    MakeGroup(u8, People),
    RenameGroup(u8, u8),
    Members(u8, Take, People),
    PutGroup(u8, u8, People),
    RemoveGroup(u8),
}

/// Attributes of a person that are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    pub active: Option<bool>,
    pub title: Option<u8>,
    pub shown: Option<u8>,
    pub name: Option<u8>,
    pub called: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// One PATCH operation without a path.
    Patch,
    /// One PATCH operation for each attribute.
    Paths,
    /// GET, edit, PUT.
    Put,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    In,
    Out,
    Exactly,
}

/// A set of people, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct People(pub u8);

impl People {
    pub fn all(self) -> impl Iterator<Item = u8> {
        (0..PEOPLE).filter(move |person| self.0 >> person & 1 == 1)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    Name(u8),
    Shown(u8),
    Title(u8),
    Called(u8),
    GroupName(u8),
}

/// Which native calls go wrong, how and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub on: On,
    pub how: Wrong,
    pub skip: u8,
    pub times: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Reads,
    Posts,
    Patches,
    Deletes,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    TooMany,
    Error { applied: bool },
    Reset { applied: bool },
    Hang { applied: bool },
    Garbage { applied: bool },
    Late(u8),
    Token,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Console {
    Deletes(u8),
    Shows(u8, u8),
    DeletesGroup(u8),
    TakesOut(u8, u8),
    /// Somebody without access logs in on a device.
    DeviceLogin(u8),
}

/// Chance, the same for the same seed everywhere and always (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u8) -> u8 {
        u8::try_from(self.next() % u64::from(end)).unwrap()
    }

    fn chance(&mut self, percent: u8) -> bool {
        self.below(100) < percent
    }

    fn some(&mut self, percent: u8, end: u8) -> Option<u8> {
        self.chance(percent).then(|| self.below(end))
    }

    fn people(&mut self) -> People {
        People(self.below(1 << PEOPLE))
    }

    fn edit(&mut self) -> Edit {
        let active = if self.chance(50) { Some(self.chance(40)) } else { None };
        let (title, shown, called) = (self.some(30, 3), self.some(25, 4), self.some(15, 3));
        let edit = Edit { active, title, shown, called, name: self.some(15, NAMES) };
        if edit == Edit::default() { Edit { title: Some(self.below(3)), ..edit } } else { edit }
    }

    fn how(&mut self) -> How {
        [How::Patch, How::Paths, How::Put][usize::from(self.below(3))]
    }

    fn wish(&mut self) -> Wish {
        let (person, group) = (self.below(PEOPLE), self.below(GROUPS));
        match self.below(20) {
            0..=4 => Wish::Make(person, Edit { active: Some(self.chance(85)), ..Edit::default() }),
            5..=10 => Wish::Change(person, self.edit(), self.how()),
            11..=12 => Wish::Remove(person),
            13..=14 => Wish::MakeGroup(group, self.people()),
            15 => Wish::RenameGroup(group, self.below(GROUP_NAMES)),
            16..=17 => Wish::Members(
                group,
                [Take::In, Take::Out, Take::Exactly][usize::from(self.below(3))],
                self.people(),
            ),
            18 => Wish::PutGroup(group, self.below(GROUP_NAMES), self.people()),
            _ => Wish::RemoveGroup(group),
        }
    }

    fn fault(&mut self) -> Fault {
        let on = [On::Reads, On::Posts, On::Patches, On::Deletes, On::All][usize::from(self.below(5))];
        let applied = self.chance(50);
        let how = match self.below(9) {
            0..=1 => Wrong::TooMany,
            2..=3 => Wrong::Error { applied },
            4 => Wrong::Reset { applied },
            5 => Wrong::Hang { applied },
            6 => Wrong::Garbage { applied },
            7 => Wrong::Late(1 + self.below(30)),
            _ => Wrong::Token,
        };
        let times = if self.chance(25) { FOREVER } else { 1 + self.below(4) };
        Fault { on, how, skip: self.below(3), times }
    }

    fn console(&mut self) -> Console {
        let (person, group) = (self.below(PEOPLE), self.below(GROUPS));
        match self.below(6) {
            0 => Console::Deletes(person),
            1 => Console::Shows(person, self.below(4)),
            2 => Console::DeletesGroup(group),
            3 => Console::TakesOut(group, person),
            _ => Console::DeviceLogin(person),
        }
    }

    fn sought(&mut self) -> Sought {
        match self.below(5) {
            0 => Sought::Name(self.below(NAMES)),
            1 => Sought::Shown(self.below(4)),
            2 => Sought::Title(self.below(3)),
            3 => Sought::Called(self.below(3)),
            _ => Sought::GroupName(self.below(GROUP_NAMES)),
        }
    }

    fn step(&mut self) -> Step {
        let by = usize::from(self.below(2));
        match self.below(100) {
            0..=44 => Step::Ask { by, wish: self.wish(), again: self.below(4) },
            45..=54 => Step::Both(self.wish(), self.wish()),
            55..=64 => Step::Crash { by, wish: self.wish(), at: self.below(12) },
            65..=69 => Step::Search { by, what: self.sought() },
            70..=80 => Step::Fault(self.fault()),
            81..=82 => Step::Lag(self.chance(60)),
            83..=87 => Step::Console(self.console()),
            88..=91 => Step::Wait([1, 3, 6, 30, 120, 700][usize::from(self.below(6))]),
            92..=95 => Step::Settle,
            _ => Step::Quiet,
        }
    }

    /// A schedule. It begins with some people and a group, for otherwise little can happen.
    pub fn schedule(&mut self) -> Vec<Step> {
        let make = |wish| Step::Ask { by: 0, wish, again: 0 };
        let born = Edit { active: Some(true), ..Edit::default() };
        let mut steps: Vec<Step> = (0..3).map(|person| make(Wish::Make(person, born))).collect();
        steps.push(make(Wish::MakeGroup(0, self.people())));
        let length = 10 + self.below(31);
        steps.extend((0..length).map(|_| self.step()));
        steps
    }
}

/// How many names people can have; the first are those that they are made with.
pub const NAMES: u8 = PEOPLE + 2;
pub const GROUP_NAMES: u8 = GROUPS + 1;
/// A fault that ends only with quiet.
pub const FOREVER: u8 = u8::MAX;

/// The smallest part of a failing schedule that still fails (delta debugging: leave out halves, quarters, … single steps).
pub fn smallest(mut steps: Vec<Step>, fails: impl Fn(&[Step]) -> bool) -> Vec<Step> {
    let mut size = steps.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        let before = steps.len();
        while from < steps.len() {
            let without = [&steps[..from], &steps[(from + size).min(steps.len())..]].concat();
            if fails(&without) { steps = without } else { from += size }
        }
        if size > 1 || steps.len() == before {
            size /= 2;
        }
    }
    steps
}
