//! What every room may use: ids, kinds, time, hashes, tables, the context of one request. Imports nothing of ours.

mod attrs;
mod catalogue;
mod clock;
mod ctx;
mod digest;
mod id_gen;
mod ids;
mod lookup;

pub use attrs::Attrs;
pub use catalogue::Catalogue;
pub use clock::{Clock, SystemClock, Timestamp, TokioClock};
pub use ctx::{Ctx, Deadline, Priority};
pub use digest::{PartsHash, hex};
pub use id_gen::{IdGen, RandomIds, SeededIds};
pub use ids::{ClientName, Kind, NameError, NativeRef, ScimId, TargetName};
pub use lookup::Lookup;
