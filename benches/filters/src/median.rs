//! Medians that can be compared although the machine has other things to do: whoever is compared is measured in turn, several times.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::Criterion;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};

/// How often everybody has their turn.
const ROUNDS: usize = 5;

/// The processor's time, not the clock's: what other processes take counts for nothing.
struct Processor;

impl Measurement for Processor {
    type Intermediate = ThreadTime;
    type Value = Duration;

    fn start(&self) -> ThreadTime {
        ThreadTime::now()
    }

    fn end(&self, start: ThreadTime) -> Duration {
        start.elapsed()
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// Something to measure.
pub type Routine<'r> = (&'r str, Box<dyn FnMut() + 'r>);

/// Measures everybody in turn and gives the median of each one's medians, in nanoseconds per call, in their order.
///
/// # Panics
/// When criterion's files can't be read: there is nothing to tell then.
pub fn in_turn(group: &str, routines: &mut [Routine<'_>]) -> Vec<f64> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/criterion");
    let mut criterion = Criterion::default()
        .output_directory(&folder)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(150))
        .sample_size(20)
        .nresamples(1000)
        .without_plots()
        .with_measurement(Processor);
    let mut all = vec![Vec::new(); routines.len()];
    for round in 0..ROUNDS {
        for ((name, routine), medians) in routines.iter_mut().zip(&mut all) {
            let id = format!("{group}-{name}-{round}");
            criterion.bench_function(&id, |bencher| bencher.iter(&mut *routine));
            medians.push(read(&folder.join(&id).join("new/estimates.json")));
        }
    }
    all.into_iter().map(median).collect()
}

fn read(file: &Path) -> f64 {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let json: serde_json::Value = serde_json::from_str(&text).expect("criterion writes JSON");
    json["median"]["point_estimate"].as_f64().expect("criterion writes a median")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
