//! `Accept`, one header per line: the answer depends on the content, not on the spelling or on the split into headers.

#![no_main]

use authlab_web::negotiation::prefers_html;
use http::{HeaderMap, HeaderValue, header::ACCEPT};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let values = input.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok());
    let headers = HeaderMap::from_iter(values.map(|value| (ACCEPT, value)).collect::<Vec<_>>());
    prefers_html(&headers);

    // Input that is not plain text is ignored by the parser, so there is nothing to compare.
    let Some(lines) = std::str::from_utf8(input).ok().filter(|text| text.bytes().all(is_plain)) else { return };
    let html = |lines: &str| {
        let mut headers = HeaderMap::new();
        for line in lines.lines() {
            headers.append(ACCEPT, HeaderValue::from_str(line).expect("plain text"));
        }
        prefers_html(&headers)
    };
    let answer = html(lines);
    assert_eq!(html(&lines.replace(',', "\n")), answer, "split into headers");
    assert_eq!(html(&lines.replace('\n', ",")), answer, "put into one header");
    assert_eq!(html(&lines.replace(',', " ,\t")), answer, "with space around commas");
    assert_eq!(html(&lines.replace(';', "\t; ")), answer, "with space around semicolons");
    assert_eq!(html(&lines.to_ascii_uppercase()), answer, "in capitals");
    assert_eq!(html(&format!("{lines}\nimage/png;q=0.3")), answer, "with a picture");
    let lower = lines.to_ascii_lowercase();
    if !["text/html", "text/*", "*/*"].iter().any(|range| lower.contains(range)) {
        assert!(!answer, "the header does not ask for a page");
    }
});

fn is_plain(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte) || byte == b'\n' || byte == b'\t'
}
