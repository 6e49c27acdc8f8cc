//! Parses one filter by one parser, so many times: for tools that count instructions (`valgrind --tool=callgrind`).
//!
//! `once PEER FILTER COUNT`: PEER is the crate's name, FILTER a number from 0.

use filters::corpus::FILTERS;
use filters::peers::PEERS;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [peer, filter, count] = args.as_slice() else { return eprintln!("usage: once PEER FILTER COUNT") };
    let peer = PEERS.iter().find(|known| known.name == peer).expect("a peer");
    let (text, _) = FILTERS[filter.parse::<usize>().expect("a number")];
    for _ in 0..count.parse::<usize>().expect("a number") {
        assert!((peer.parse)(std::hint::black_box(text)));
    }
}
