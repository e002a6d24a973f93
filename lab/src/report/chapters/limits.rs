//! The limits of these results.

use crate::report::document::Block;

pub(super) fn chapter() -> Vec<Block> {
    let limits = [
        "Other machines: absolute times are this machine's. Ratios travel better, and where an instruction for the cryptography is missing \
         (SHA, AES), they do not.",
        "Other languages and frameworks: what is compared here is mechanisms in one framework. Where a request costs a millisecond \
         anyway, all of them are cheap.",
        "A network between service and store: everything here runs on one machine over loopback. Latency grows by each round trip, CPU time hardly.",
        "TLS and new connections: connections are kept and are not encrypted; a handshake costs more than any mechanism here.",
        "Bigger contents: a login here holds a name. What is carried in the client grows with it, on the wire and under the signature.",
        "Clients that come back after a minute: sessions and opaque tokens write down when they were used last, at most once a minute. A read \
         here comes after one that did; the one that does costs about as much as writing an item.",
        "A log: requests are logged by default, a line each, and here they are not.",
        "More than one processor for a server: each serves on one thread, so that the scheduler is no part of a figure.",
        "Attacks that were not thought of: the table says what was withstood, not that there is nothing else.",
    ];
    vec![
        Block::chapter("limits", "Where it would not hold"),
        Block::List(limits.map(str::to_owned).to_vec()),
        Block::text(
            "What so many users need by these figures, and what that does not know: `cargo run --release -- capacity --users 5e6`.",
        ),
    ]
}
