//! One behaviour battery over every backend. A test is written once, in SCIM terms, and runs as `battery::<topic>::
//! <test>::<backend>`. Every write of the battery also checks that the native writes planned are those that the backend
//! saw, in order.

#![allow(clippy::cloned_ref_to_slice_refs, clippy::needless_pass_by_value)] // Tests read better so.

mod bed;
mod beds;
mod scripts;
mod seams;

/// The registry: one line a backend, its test bed.
macro_rules! on_every_backend {
    ($run:ident) => {
        $run!(memory, Bed::memory());
        $run!(memory_parks, Bed::memory_parks());
        $run!(memory_quarantines, Bed::memory_quarantines());
        $run!(memory_withholds, Bed::memory_withholds());
        $run!(memory_off, Bed::memory_off());
        $run!(memory_off_lags, Bed::memory_off_lags());
        $run!(sophos, Bed::sophos());
        $run!(sophos_quarantines, Bed::sophos_quarantines());
        $run!(sophos_quarantines_and_lags, Bed::sophos_quarantines_and_lags());
        $run!(sophos_lags, Bed::sophos_lags());
        $run!(sophos_otherwise, Bed::sophos_otherwise());
        $run!(netskope, Bed::netskope());
        $run!(netskope_spec2024, Bed::netskope_spec2024());
        $run!(netskope_hostile, Bed::netskope_hostile());
        $run!(netskope_off, Bed::netskope_off());
    };
}

/// Makes a test of each function named, per backend; after `if`, what a backend must be able to do for it.
macro_rules! battery {
    ($($test:ident $(if $need:ident $(& $more:ident)*)?),+ $(,)?) => {
        $(mod $test {
            use crate::battery::bed::{Bed, Need};
            macro_rules! run {
                ($backend:ident, $bed:expr) => {
                    #[tokio::test(start_paused = true)]
                    async fn $backend() {
                        let bed = $bed.await;
                        let needs: &[Need] = &[$(Need::$need, $(Need::$more),*)?];
                        if needs.iter().all(|need| bed.offers(*need)) {
                            super::$test(&bed).await;
                        }
                    }
                };
            }
            on_every_backend!(run);
        })+
    };
}

mod attributes;
mod drift;
mod external_ids;
mod groups;
mod hidden;
mod leaving;
mod lifecycle;
mod members;
mod pages;
mod promises;
mod quarantine;
mod queries;
mod restored;
mod resurrected;
mod synced;
mod users;
mod versions;
