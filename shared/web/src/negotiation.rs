//! Chooses between JSON and HTML (RFC 9110 §12.5.1).

use authlab_server::white_space::trimmed;
use http::{HeaderMap, HeaderValue, header::ACCEPT};

/// Whether the client prefers HTML. A client that accepts anything gets JSON.
pub fn prefers_html(headers: &HeaderMap) -> bool {
    // Most clients that do not want HTML do not name a text type at all.
    let of_text = |value: &HeaderValue| value.as_bytes().windows(5).any(|part| part.eq_ignore_ascii_case(b"text/"));
    if !headers.get_all(ACCEPT).iter().any(of_text) {
        return false;
    }
    // Compared as bytes: one that is not text makes only its own range invalid.
    let lines = headers.get_all(ACCEPT).iter().map(HeaderValue::as_bytes);
    let accept: Vec<&[u8]> = lines.flat_map(|line| line.split(|byte| *byte == b',')).collect();
    quality(&accept, ["text/html", "text/*", "*/*"]) > quality(&accept, ["application/json", "application/*", "*/*"])
}

/// The weight, in thousandths, of the most specific of `ranges` that the client names. `ranges` starts with the exact type.
fn quality(accept: &[&[u8]], ranges: [&str; 3]) -> u16 {
    ranges.iter().find_map(|range| accept.iter().find_map(|entry| weight(entry, range))).unwrap_or(0)
}

fn weight(entry: &[u8], range: &str) -> Option<u16> {
    let mut parts = entry.split(|byte| *byte == b';').map(trimmed);
    if !parts.next()?.eq_ignore_ascii_case(range.as_bytes()) {
        return None;
    }
    let weight = parts.find_map(|part| part.strip_prefix(b"q=").or_else(|| part.strip_prefix(b"Q=")));
    Some(weight.map_or(1_000, |weight| std::str::from_utf8(weight).map_or(0, thousandths)))
}

/// `0.8` is 800. An invalid weight is 0.
fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match whole {
        "1" => 1_000,
        "0" if fraction.len() <= 3 && digits(fraction) => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::ACCEPT};
    use proptest::prelude::*;

    use super::prefers_html;

    fn html(accept: &str) -> bool {
        prefers_html(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_str(accept).unwrap())]))
    }

    #[test]
    fn browsers_get_pages_and_everyone_else_json() {
        assert!(html("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(html("application/json;q=0.5, text/html"));
        for accept in
            ["*/*", "application/json", "application/json, text/html;q=0.9", "text/html;q=0", "", "text/plain"]
        {
            assert!(!html(accept), "{accept}");
        }
        assert!(!prefers_html(&HeaderMap::new()));
    }

    #[test]
    fn what_is_no_text_hides_nothing_else() {
        let accept =
            |bytes: &[u8]| prefers_html(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_bytes(bytes).unwrap())]));
        assert!(accept(b"text/x-\xff, text/html"));
        assert!(!accept("\u{a0}text/html".as_bytes()));
    }

    proptest! {
        #[test]
        fn any_header_has_an_answer(accept in "[ -~]{0,80}") {
            html(&accept);
        }
    }
}
