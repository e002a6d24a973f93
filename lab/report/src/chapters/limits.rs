//! Limits of the results.

use crate::document::Block;

pub(super) fn chapter() -> Vec<Block> {
    let limits = [
        "Other machines: absolute times are those of this machine. Ratios are more portable, except on machines without \
             instructions for cryptography (SHA, AES).",
        "Other languages and frameworks: all mechanisms run in one framework here. If a request costs a millisecond \
             anyway, every mechanism is cheap.",
        "A network between service and store: everything here runs on one machine over loopback. Each round trip adds \
             latency, but hardly any CPU time.",
        "TLS and new connections: connections are kept open and not encrypted. A handshake costs more than any mechanism \
             here.",
        "Larger content: a login here holds a name. Content in the client costs bytes on the wire and time for the \
             signature.",
        "Clients that return after a minute: sessions and opaque tokens record their last use, at most once a minute. A \
             read here follows one that did. The read that records it costs about as much as writing an item.",
        "A log: by default, each request is logged in one line. Here, requests are not logged.",
        "More than one processor for a server: each server runs on one thread, so that the scheduler does not influence a \
             figure.",
        "Unknown attacks: the table shows which attacks were blocked, not that no other attack exists.",
    ];
    vec![
        Block::chapter("limits", "Limits of these results"),
        Block::List(limits.map(str::to_owned).to_vec()),
        Block::text(
            "The capacity that N users need by these figures, and its limits: `cargo run --release -- capacity --users 5e6`.",
        ),
    ]
}
