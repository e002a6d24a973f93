//! Where a browser may be sent after a login.

/// A path on this service, to which a browser may be redirected after a login.
///
/// Browsers read a backslash as a slash and drop tabs and line ends, so `/\evil` and `/<tab>/evil` would lead to another site.
pub fn local_path(next: &str) -> Option<&str> {
    let harmless = next.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    (harmless && next.starts_with('/') && !next.starts_with("//")).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_a_path_of_this_service_is_followed() {
        for good in ["/", "/mine", "/mine?a=b", "/login?next=//x", "/a/../b", "/%2f%2fevil.example"] {
            assert_eq!(local_path(good), Some(good));
        }
        let elsewhere =
            ["//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"];
        let other = ["", "mine", "http://evil.example", "javascript:alert(1)", "/\n/evil", " /mine", "/mi ne", "/ä"];
        for bad in elsewhere.iter().chain(&other) {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
