//! The picture next to the title: one request in each mechanism, and the side that holds the login's data.

use maud::{Markup, html};

use super::channel::Channel;

struct Lane {
    mechanism: &'static str,
    client: &'static str,
    travels: &'static str,
    server: &'static str,
    /// Whether the client's box is full; otherwise the server's box is.
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
        client: "a random id",
        travels: "the id",
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

/// Drawn only for the known mechanisms.
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
