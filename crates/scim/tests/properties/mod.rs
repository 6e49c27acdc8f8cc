//! Properties that hold for every input, generated.

mod bulks;
mod differences;
mod documents;
mod filters;
mod hostile;
mod patches;
