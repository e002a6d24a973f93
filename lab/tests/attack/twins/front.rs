//! What the layers around a mechanism may get wrong: the request is changed before the real site sees it, or the answer after.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use serde_json::{Value, json};
use shared::{http::layers::Site, serve::Answer};

/// One defence that is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    AsItIs,
    AllowsCaching,
    AllowsEveryOrigin,
    AnswersUnknownNamesAtOnce,
    BelievesMethodHeaders,
    ChangesByGet,
    ComparesNamesByteByByte,
    CountsNoFailures,
    CutsEndlessPasswords,
    DropsOversizeHeaders,
    EchoesTrace,
    GoesWhereItIsTold,
    HandsCookiesToScripts,
    HandsCookiesToEveryLine,
    MayBeFramed,
    NormalisesPaths,
    NamesItself,
    ReadsJsonLeniently,
    ReadsJsonUnderAnyName,
    TakesAnyHost,
    TakesTheLastCookie,
    TakesTokensFromAddresses,
    TrustsEverySite,
    WritesHeadersAsTheyCome,
    WritesMarkupAsItComes,
}

/// The real site behind such a front.
#[derive(Clone)]
pub(crate) struct WeakSite {
    real: Site,
    front: Front,
    /// The accounts that were registered here, with their passwords.
    known: Arc<Mutex<HashMap<String, String>>>,
}

impl WeakSite {
    pub(crate) fn new(real: Site, front: Front) -> Self {
        Self { real, front, known: Arc::default() }
    }
}

/// What of the request the answer may depend on.
struct Asked {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
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
        // The real site has its own limit; what is read whole here is read for the weakness alone.
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

fn change_head(front: Front, asked: &Asked, parts: &mut http::request::Parts) {
    let headers = &mut parts.headers;
    match front {
        Front::TrustsEverySite => {
            headers.remove("sec-fetch-site");
            headers.remove(header::ORIGIN);
        }
        Front::TakesTheLastCookie => take_the_last_cookie(headers),
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
        Front::CountsNoFailures => {
            // Whoever believes this header counts every guess for another visitor.
            let forwarded =
                headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()?.parse::<IpAddr>().ok());
            if let Some(address) = forwarded {
                parts.extensions.insert(axum::extract::ConnectInfo(SocketAddr::new(address, 1)));
            }
        }
        _ => {}
    }
}

fn take_the_last_cookie(headers: &mut HeaderMap) {
    let pairs: Vec<String> = headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| value.to_str().unwrap().split("; ").map(str::to_owned).collect::<Vec<_>>())
        .collect();
    if let Some(last) = pairs.last() {
        headers.insert(header::COOKIE, HeaderValue::from_str(last).unwrap());
    }
}

fn change_body(front: Front, asked: &Asked, body: &mut Vec<u8>) {
    match front {
        Front::ComparesNamesByteByByte => rewrite(body, |members| {
            if let Some(name) = members["username"].as_str() {
                members["username"] =
                    json!(shared::random::to_hex(name.as_bytes()).chars().rev().take(140).collect::<String>());
            }
        }),
        Front::CutsEndlessPasswords => rewrite(body, |members| {
            if let Some(password) = members["password"].as_str() {
                members["password"] = json!(password.chars().take(72).collect::<String>());
            }
        }),
        // Of two members the last is taken.
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
    /// What is answered without asking the real site.
    fn instead(&self, asked: &Asked) -> Option<Response> {
        let name = asked.member("username").unwrap_or_default();
        if asked.path == "/register" {
            self.known.lock().unwrap().insert(name, asked.member("password").unwrap_or_default());
            return None;
        }
        let known = self.known.lock().unwrap().get(&name).cloned();
        let wrong = known.is_some() && known != asked.member("password");
        match self.front {
            Front::AnswersUnknownNamesAtOnce if asked.path == "/login" && known.is_none() => Some(refusal("not-found")),
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
}

fn refusal(slug: &str) -> Response {
    let problem = json!({"type": format!("/problems/{slug}"), "title": slug, "status": 401, "detail": slug});
    (StatusCode::UNAUTHORIZED, axum::Json(problem)).into_response()
}

/// Every `Set-Cookie` without these attributes.
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
