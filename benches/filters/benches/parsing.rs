//! Parsing filters, beside the peers: who parses what, whether rightly, and how fast.

use filters::corpus::FILTERS;
use filters::median::in_turn;
use filters::peers::PEERS;

/// What the project promises: so many times as fast as the fastest peer that is right, on average, and never slower.
const PROMISED: f64 = 2.5;

fn main() {
    let mut lines = Vec::new();
    let (mut product, mut compared, mut slowest) = (1.0_f64, 0_i32, f64::INFINITY);
    for (at, (text, tree)) in FILTERS.iter().enumerate() {
        let right: Vec<Option<bool>> =
            PEERS.iter().map(|peer| (peer.tree)(text).map(|found| found.text() == *tree)).collect();
        assert_eq!(right[0], Some(true), "{text} is not understood by ourselves");
        let mut routines: Vec<(&str, Box<dyn FnMut()>)> = Vec::new();
        for (peer, right) in PEERS.iter().zip(&right) {
            if *right == Some(true) {
                routines.push((
                    peer.name,
                    Box::new(|| {
                        std::hint::black_box((peer.parse)(std::hint::black_box(text)));
                    }),
                ));
            }
        }
        let times = in_turn(&format!("parse-{at}"), &mut routines);
        let mut measured = times.iter();
        let cells: Vec<String> = right
            .iter()
            .map(|right| match right {
                Some(true) => measured.next().map(|ns| format!("{ns:.0}")).unwrap_or_default(),
                Some(false) => "wrong tree".to_owned(),
                None => "refused".to_owned(),
            })
            .collect();
        let fastest = times[1..].iter().copied().fold(f64::INFINITY, f64::min);
        let ratio = fastest / times[0];
        if ratio.is_finite() {
            (product, compared, slowest) = (product * ratio, compared + 1, slowest.min(ratio));
        }
        let ratio = if ratio.is_finite() { format!("{ratio:.2}") } else { "-".to_owned() };
        lines.push(format!("| `{text}` | {} | {ratio} |", cells.join(" | ")));
    }
    let names: Vec<&str> = PEERS.iter().map(|peer| peer.name).collect();
    println!("\nParsing, nanoseconds (medians), and the fastest right peer's time as a multiple of ours\n");
    println!("| filter | {} | ratio |", names.join(" | "));
    println!("|---|{}", "---|".repeat(names.len() + 1));
    lines.iter().for_each(|line| println!("{line}"));
    let mean = product.powf(1.0 / f64::from(compared.max(1)));
    println!("\ngeometric mean {mean:.2} (promised {PROMISED}), lowest {slowest:.2} (promised 1.0)");
}
