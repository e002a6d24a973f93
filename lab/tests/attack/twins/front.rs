//! Weaknesses of the layers around a mechanism: the front changes the request before the real site, or the answer after
//! it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, atomic::AtomicU32},
};

use authlab_server::Answer;
use authlab_web::site::Site;
use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

use super::head::change_head;

/// The defence that a front removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    AsItIs,
    AllowsCaching,
    AllowsEveryOrigin,
    AnswersUnknownNamesAtOnce,
    BelievesMethodHeaders,
    ChangesByGet,
    ComparesEachCookieWithEach,
    ComparesNamesByteByByte,
    CountsEachIpv6Address,
    CountsNoFailures,
    CutsEndlessPasswords,
    DropsOversizeHeaders,
    EchoesTrace,
    GoesWhereItIsTold,
    HandsCookiesToScripts,
    HandsCookiesToEveryLine,
    KnowsNoNetworkAgain,
    MayBeFramed,
    NormalisesPaths,
    NamesItself,
    ReadsCookiesAsText,
    ReadsJsonLeniently,
    ReadsJsonUnderAnyName,
    ReadsNoPorts,
    RenewsOnEveryRoute,
    TakesAnyHost,
    TakesTheLastCookie,
    TakesTokensFromAddresses,
    TrimsAllWhiteSpace,
    TrustsEverySite,
    WritesHeadersAsTheyCome,
    WritesMarkupAsItComes,
}

/// The real site behind such a front.
#[derive(Clone)]
pub(crate) struct WeakSite {
    real: Site,
    pub(super) front: Front,
    /// The registered usernames with their passwords.
    known: Arc<Mutex<HashMap<String, String>>>,
    /// The number of the next unused network.
    pub(super) networks: Arc<AtomicU32>,
}

impl WeakSite {
    pub(crate) fn new(real: Site, front: Front) -> Self {
        Self { real, front, known: Arc::default(), networks: Arc::default() }
    }
}

/// The parts of the request on which the answer may depend.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Asked {
    fn member(&self, name: &str) -> Option<String> {
        if let Ok(value) = serde_json::from_slice::<Value>(&self.body) {
            return value[name].as_str().map(str::to_owned);
        }
        let text = String::from_utf8_lossy(&self.body);
        let encoded = text.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        let plain = encoded.replace('+', " ");
        Some(percent_encoding::percent_decode_str(&plain).decode_utf8_lossy().into_owned())
    }
}

impl Answer for WeakSite {
    async fn answer(self, request: Request) -> Response {
        let (mut parts, body) = request.into_parts();
        if self.front == Front::AsItIs {
            return self.real.answer(Request::from_parts(parts, body)).await;
        }
        // The real site has its own body limit; this limit only protects the test.
        let body = to_bytes(body, 16 << 20).await.unwrap_or_default().to_vec();
        let asked = Asked {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            headers: parts.headers.clone(),
            body,
        };
        let mut body = asked.body.clone();
        if let Some(answer) = self.instead(&asked) {
            return answer;
        }
        if let Some(client) = self.client(&asked) {
            parts.extensions.insert(ConnectInfo(SocketAddr::new(client, 1)));
        }
        change_head(self.front, &asked, &mut parts);
        change_body(self.front, &asked, &mut body);
        parts.headers.remove(header::CONTENT_LENGTH);
        if !asked.body.is_empty() {
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        let answer = self.real.clone().answer(Request::from_parts(parts, Body::from(body))).await;
        self.changed(&asked, answer).await
    }
}

fn change_body(front: Front, asked: &Asked, body: &mut Vec<u8>) {
    match front {
        Front::ComparesNamesByteByByte => rewrite(body, |members| {
            if let Some(name) = members["username"].as_str() {
                members["username"] =
                    json!(authlab_secrets::random::to_hex(name.as_bytes()).chars().rev().take(140).collect::<String>());
            }
        }),
        Front::CutsEndlessPasswords => rewrite(body, |members| {
            if let Some(password) = members["password"].as_str() {
                members["password"] = json!(password.chars().take(72).collect::<String>());
            }
        }),
        // Parsing and writing the JSON keeps only the last of duplicate members.
        Front::ReadsJsonLeniently if asked.path.starts_with("/items") => rewrite(body, |_| {}),
        _ => {}
    }
}

fn rewrite(body: &mut Vec<u8>, change: impl FnOnce(&mut Value)) {
    if let Ok(mut members) = serde_json::from_slice::<Value>(body) {
        change(&mut members);
        *body = members.to_string().into_bytes();
    }
}

impl WeakSite {
    /// Whether the request is a login with the right password.
    pub(super) fn is_right(&self, asked: &Asked) -> bool {
        let known = self.known.lock().unwrap().get(&asked.member("username").unwrap_or_default()).cloned();
        asked.path == "/login" && known.is_some() && known == asked.member("password")
    }

    /// The answer that replaces the real site's, if this front has one.
    fn instead(&self, asked: &Asked) -> Option<Response> {
        let name = asked.member("username").unwrap_or_default();
        if asked.path == "/register" {
            self.known.lock().unwrap().insert(name, asked.member("password").unwrap_or_default());
            return None;
        }
        let known = self.known.lock().unwrap().contains_key(&name);
        let wrong = known && !self.is_right(asked);
        match self.front {
            Front::AnswersUnknownNamesAtOnce if asked.path == "/login" && !known => Some(refusal("not-found")),
            Front::CountsNoFailures if asked.path == "/login" && wrong => Some(refusal("invalid-credentials")),
            Front::EchoesTrace if asked.method == Method::TRACE => Some(format!("{:?}", asked.headers).into_response()),
            _ => None,
        }
    }

    async fn changed(&self, asked: &Asked, answer: Response) -> Response {
        let (mut parts, body) = answer.into_parts();
        let headers = &mut parts.headers;
        match self.front {
            Front::AllowsCaching => drop(headers.remove(header::CACHE_CONTROL)),
            Front::MayBeFramed => drop(headers.remove(header::CONTENT_SECURITY_POLICY)),
            Front::NamesItself => drop(headers.insert(header::SERVER, HeaderValue::from_static("weak/1.0"))),
            Front::AllowsEveryOrigin => {
                if let Some(origin) = asked.headers.get(header::ORIGIN) {
                    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                }
            }
            Front::RenewsOnEveryRoute if headers.get(header::CACHE_CONTROL).is_some_and(is_public) => {
                headers.extend(self.renewed(asked).await);
            }
            Front::HandsCookiesToScripts => without(headers, &["; HttpOnly"]),
            Front::HandsCookiesToEveryLine => without(headers, &["; Secure", "; SameSite=Lax"]),
            Front::GoesWhereItIsTold if parts.status == StatusCode::SEE_OTHER => {
                if let Some(next) = asked.member("next").and_then(|next| HeaderValue::from_str(&next).ok()) {
                    headers.insert(header::LOCATION, next);
                }
            }
            Front::WritesHeadersAsTheyCome => {
                let text = ["value", "next"].iter().filter_map(|name| asked.member(name)).collect::<String>();
                let lines = text.split("\r\n").skip(1).filter_map(|line| line.split_once(": "));
                for (name, value) in lines {
                    let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                    headers.append(name, HeaderValue::from_str(value).unwrap());
                }
            }
            Front::WritesMarkupAsItComes => {
                let page = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
                headers.remove(header::CONTENT_LENGTH);
                let page = page.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
                return Response::from_parts(parts, Body::from(page));
            }
            _ => {}
        }
        Response::from_parts(parts, body)
    }

    /// The cookies that a route with a login sets when it refreshes a token.
    async fn renewed(&self, asked: &Asked) -> Vec<(HeaderName, HeaderValue)> {
        let mut mine = Request::new(Body::empty());
        *mine.uri_mut() = http::Uri::from_static("/mine");
        *mine.headers_mut() = asked.headers.clone();
        let answer = self.real.clone().answer(mine).await;
        let lines = answer.headers().get_all(header::SET_COOKIE).iter();
        lines.map(|line| (header::SET_COOKIE, line.clone())).collect()
    }
}

fn is_public(cache_control: &HeaderValue) -> bool {
    cache_control.to_str().unwrap().contains("public")
}

fn refusal(slug: &str) -> Response {
    let problem = json!({"type": format!("/problems/{slug}"), "title": slug, "status": 401, "detail": slug});
    (StatusCode::UNAUTHORIZED, axum::Json(problem)).into_response()
}

/// Removes these attributes from every `Set-Cookie`.
fn without(headers: &mut HeaderMap, attributes: &[&str]) {
    let bare = |value: &HeaderValue| {
        let text =
            attributes.iter().fold(value.to_str().unwrap().to_owned(), |text, attribute| text.replace(attribute, ""));
        HeaderValue::from_str(&text).unwrap()
    };
    let cookies: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().map(bare).collect();
    headers.remove(header::SET_COOKIE);
    headers.extend(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
}
