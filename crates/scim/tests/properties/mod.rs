//! Properties that hold for every input, generated.

mod filters;
mod hostile;
mod patches;
