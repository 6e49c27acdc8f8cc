//! `explain`: what it tells is what would be done, and it does nothing.

mod destroyed;
mod nothing;
mod queries;
mod scene;
mod truth;
