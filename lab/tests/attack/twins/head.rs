//! How a front changes the head of a request before the real site sees it.

use std::hint::black_box;

use http::{HeaderMap, HeaderValue, Method, Uri, header};

use super::front::{Asked, Front};

pub(super) fn change_head(front: Front, asked: &Asked, parts: &mut http::request::Parts) {
    let headers = &mut parts.headers;
    match front {
        Front::TrustsEverySite => {
            headers.remove("sec-fetch-site");
            headers.remove(header::ORIGIN);
        }
        Front::TakesTheLastCookie => take_the_last_cookie(headers),
        Front::ComparesEachCookieWithEach => compare_each_cookie_with_each(headers),
        Front::TrimsAllWhiteSpace => trim_all_white_space(headers),
        Front::ReadsCookiesAsText if cookie_lines(headers).any(|line| std::str::from_utf8(line).is_err()) => {
            headers.remove(header::COOKIE);
        }
        Front::ReadsJsonUnderAnyName if asked.body.starts_with(b"{") => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Front::ChangesByGet if asked.path == "/logout" && asked.method == Method::GET => parts.method = Method::POST,
        Front::BelievesMethodHeaders => {
            if let Some(method) = headers.get("x-http-method-override") {
                parts.method = Method::from_bytes(method.as_bytes()).unwrap();
            }
        }
        Front::TakesAnyHost => {
            headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1"));
        }
        Front::DropsOversizeHeaders => {
            let small = headers.iter().filter(|(_, value)| value.len() < 4_096);
            *headers = small.map(|(name, value)| (name.clone(), value.clone())).collect();
            parts.uri = asked.path.parse().unwrap();
        }
        Front::NormalisesPaths => {
            let plain = percent_encoding::percent_decode_str(&asked.path).decode_utf8_lossy().to_lowercase();
            if plain.contains("mine") {
                parts.uri = Uri::from_static("/mine");
            }
        }
        Front::TakesTokensFromAddresses => {
            if let Some((_, text)) = parts.uri.query().and_then(|query| query.split_once('=')) {
                let text = percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
                for name in ["login", "sessionid", "token"] {
                    headers.append(header::COOKIE, HeaderValue::from_str(&format!("{name}={text}")).unwrap());
                }
            }
        }
        _ => {}
    }
}

fn take_the_last_cookie(headers: &mut HeaderMap) {
    let last = cookie_pairs(headers).last().map(HeaderValue::from_bytes);
    if let Some(last) = last {
        headers.insert(header::COOKIE, last.unwrap());
    }
}

/// Simulates a quadratic parser, which searches all cookies for each name.
fn compare_each_cookie_with_each(headers: &HeaderMap) {
    let pairs: Vec<&[u8]> = cookie_pairs(headers).collect();
    let alike = |pair: &[u8]| pairs.iter().filter(|other| black_box(**other) == pair).count();
    black_box(pairs.iter().map(|pair| alike(pair)).sum::<usize>());
}

/// Trims all Unicode white space, not only SP and HTAB.
fn trim_all_white_space(headers: &mut HeaderMap) {
    let trimmed = |pair: &[u8]| {
        let text = String::from_utf8_lossy(pair);
        let (name, value) = text.split_once('=').unwrap_or((&text, ""));
        format!("{}={}", name.trim(), value.trim())
    };
    let pairs: Vec<String> = cookie_pairs(headers).map(trimmed).collect();
    if !pairs.is_empty() {
        headers.insert(header::COOKIE, HeaderValue::from_str(&pairs.join("; ")).unwrap());
    }
}

fn cookie_pairs(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    cookie_lines(headers).flat_map(|line| line.split(|byte| *byte == b';')).map(<[u8]>::trim_ascii)
}

fn cookie_lines(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes)
}
