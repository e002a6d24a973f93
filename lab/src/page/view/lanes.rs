//! The picture beside the title: one request in each mechanism, and on which side what it needs lies.

use maud::{Markup, html};

use super::channel::Channel;

struct Lane {
    mechanism: &'static str,
    client: &'static str,
    travels: &'static str,
    server: &'static str,
    /// Whether the full box is the client's.
    client_is_full: bool,
}

const LANES: [Lane; 3] = [
    Lane {
        mechanism: "cookie",
        client: "name, time, signature",
        travels: "all of it",
        server: "checks the signature",
        client_is_full: true,
    },
    Lane {
        mechanism: "session",
        client: "a random key",
        travels: "the key",
        server: "name, time, items",
        client_is_full: false,
    },
    Lane {
        mechanism: "token",
        client: "name, time, items, signature",
        travels: "all of it, in a header",
        server: "checks the signature",
        client_is_full: true,
    },
];

/// Drawn for the mechanisms that are known; of others nothing can be said beforehand.
pub(super) fn lanes(channels: &[Channel]) -> Markup {
    html! {
        figure.lanes {
            figcaption { span.label { "The client holds" } span.label { "The server holds" } }
            @for channel in channels {
                @if let Some(lane) = LANES.iter().find(|lane| lane.mechanism == channel.mechanism) {
                    div.lane data-mechanism=(channel.mechanism) {
                        span.box.full[lane.client_is_full] { (lane.client) }
                        span.wire-between { span.parcel { (channel.mark()) } small { (lane.travels) } }
                        span.box.full[!lane.client_is_full] { (lane.server) }
                    }
                }
            }
        }
    }
}
