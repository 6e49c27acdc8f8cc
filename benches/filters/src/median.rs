//! Medians that can be compared although the machine has other things to do: whoever is compared is measured in turn, several times.

use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::Criterion;

/// How often everybody has their turn.
const ROUNDS: usize = 5;

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
        .without_plots();
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
