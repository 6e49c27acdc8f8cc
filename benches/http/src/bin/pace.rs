//! Asks at a constant rate, whatever the server does (an open loop), and tells the latencies, counted from when a request was due:
//! `pace ADDRESS PATHS TOKEN RATE SECONDS`. PATHS is a file with a path on each line.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use http::{Connection, request};

const CONNECTIONS: usize = 32;

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, paths, token, rate, seconds] = args.as_slice() else {
        return Err(io::Error::other("usage: pace ADDRESS PATHS TOKEN RATE SECONDS"));
    };
    let rate: f64 = rate.parse().map_err(io::Error::other)?;
    let seconds: f64 = seconds.parse().map_err(io::Error::other)?;
    let paths = std::fs::read_to_string(paths)?;
    let requests: Vec<Vec<u8>> = paths.lines().map(|path| request("GET", path, token, "")).collect();
    let (next, all, began) = (AtomicU32::new(0), Mutex::new(Vec::new()), Instant::now());
    let work = || -> io::Result<()> {
        let (mut connection, mut mine) = (Connection::open(address)?, Vec::new());
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let due = Duration::from_secs_f64(f64::from(number) / rate);
            if due.as_secs_f64() >= seconds {
                break;
            }
            std::thread::sleep(due.saturating_sub(began.elapsed()));
            let answer = connection.ask(&requests[number as usize % requests.len()])?;
            if answer.status != 200 {
                return Err(io::Error::other(format!("status {}", answer.status)));
            }
            mine.push(began.elapsed().saturating_sub(due));
        }
        if let Ok(mut all) = all.lock() {
            all.append(&mut mine);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(io::Error::other("panicked"))))
    })?;
    let mut all = all.into_inner().map_err(|_| io::Error::other("panicked"))?;
    all.sort_unstable();
    let at = |share: f64| all.get((all.len() as f64 * share) as usize).map_or(0, Duration::as_micros);
    println!(
        "{{\"count\": {}, \"p50_us\": {}, \"p99_us\": {}, \"p999_us\": {}}}",
        all.len(),
        at(0.5),
        at(0.99),
        at(0.999)
    );
    Ok(())
}
