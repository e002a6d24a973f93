//! `X-Forwarded-For`; the fields are the peer's address, the trusted networks separated by spaces, and one header per
//! line. The client's address agrees with that of a slow and simple parser.

#![no_main]

use std::{net::{IpAddr, SocketAddr}, str::FromStr};

use authlab_server::{Answer, forwarded::{BehindProxies, network}};
use axum::{extract::{ConnectInfo, Request}, response::Response};
use fuzz::{simple, wait};
use http::{HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Returns the client's address that the layer found.
#[derive(Clone)]
struct TellsWhoAsks;

impl Answer for TellsWhoAsks {
    async fn answer(self, request: Request) -> Response {
        let mut response = Response::default();
        let client = request.extensions().get::<ConnectInfo<SocketAddr>>().expect("somebody asks");
        response.extensions_mut().insert(*client);
        response
    }
}

fuzz_target!(|input: &[u8]| {
    let mut fields = input.split(|byte| *byte == b'\n');
    let mut field = || std::str::from_utf8(fields.next().unwrap_or_default()).unwrap_or_default();
    let peer = IpAddr::from_str(field()).unwrap_or(IpAddr::from([10, 0, 0, 2]));
    let trusted: Vec<_> = field().split(' ').filter_map(|text| network(text).ok()).collect();
    let lines: Vec<HeaderValue> = fields.filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();

    let site = BehindProxies::new(TellsWhoAsks, &trusted);
    let mut request = Request::default();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer, 51_008)));
    request.headers_mut().extend(lines.iter().map(|line| (X_FORWARDED_FOR, line.clone())));
    let response = wait(site.clone().answer(request));
    let ConnectInfo(client) = response.extensions().get::<ConnectInfo<SocketAddr>>().expect("it was told");

    let trusted: Vec<(IpAddr, u8)> = trusted.iter().map(|network| (network.addr(), network.prefix_len())).collect();
    let bytes: Vec<&[u8]> = lines.iter().map(HeaderValue::as_bytes).collect();
    assert_eq!(client.ip().to_canonical(), simple::client(peer, &bytes, &trusted));
    assert_eq!(client.port(), 51_008);
    let is_trusted = trusted.iter().any(|network| simple::contains(*network, peer.to_canonical()));
    assert_eq!(site.is_trusted_proxy(peer.to_canonical()), is_trusted);
});
