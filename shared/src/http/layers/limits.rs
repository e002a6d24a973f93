//! What no handler needs to see: requests without one host, with endless targets or heads.

use axum::extract::Request;
use http::{HeaderMap, StatusCode, header};

use crate::http::problem::{Kind, Problem};

/// Longest path and query, in bytes.
const LONGEST_TARGET: usize = 8 * 1024;
/// Names and values of all headers, in bytes. Fifty foreign cookies fit beside our own.
const BIGGEST_HEAD: usize = 16 * 1024;

pub(super) fn examine(request: &Request) -> Result<(), Problem> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > LONGEST_TARGET {
        return Err(too_long(StatusCode::URI_TOO_LONG, "the path and query", LONGEST_TARGET));
    }
    let Head { bytes, hosts, transfer_encoding, content_length } = Head::of(request.headers());
    if bytes > BIGGEST_HEAD {
        return Err(too_long(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers", BIGGEST_HEAD));
    }
    // RFC 9112 §3.2: without exactly one Host it cannot be known who was meant.
    if hosts != 1 {
        return Err(Problem::new(Kind::MalformedRequest, "send one Host header"));
    }
    // RFC 9112 §6.1: both together are how requests are smuggled past a proxy.
    if transfer_encoding && content_length {
        return Err(Problem::new(Kind::MalformedRequest, "send Content-Length or Transfer-Encoding, not both"));
    }
    Ok(())
}

/// What is asked of the headers, in one look at each.
#[derive(Default)]
struct Head {
    bytes: usize,
    hosts: usize,
    transfer_encoding: bool,
    content_length: bool,
}

impl Head {
    fn of(headers: &HeaderMap) -> Self {
        let mut head = Self::default();
        for (name, value) in headers {
            head.bytes += name.as_str().len() + value.len();
            head.hosts += usize::from(name == header::HOST);
            head.transfer_encoding |= name == header::TRANSFER_ENCODING;
            head.content_length |= name == header::CONTENT_LENGTH;
        }
        head
    }
}

fn too_long(status: StatusCode, what: &str, limit: usize) -> Problem {
    Problem { limit: Some(limit), ..Problem::new(Kind::Other(status), format!("{what} may be {limit} bytes at most")) }
}
