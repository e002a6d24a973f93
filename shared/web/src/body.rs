//! Reading request bodies: JSON everywhere, HTML forms where the contract takes them.

use axum::{
    Form, Json,
    extract::{
        DefaultBodyLimit, FromRequest, Request,
        rejection::{FormRejection, JsonRejection},
    },
};
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::{
    App,
    problem::{Kind, Problem},
};

/// Maximum size of a body in bytes. An item of 64 KiB fits, even with each character escaped as six.
pub const MAX_BODY_SIZE: usize = 512 * 1024;

/// A JSON body.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

/// A JSON body or a form.
#[derive(Debug)]
pub struct Input<T> {
    pub value: T,
    /// Whether the body was a form. A successful form is answered with a redirect.
    pub is_form: bool,
}

/// A form from an OAuth 2.0 client. Every error has the code that these clients know (RFC 6749 §5.2).
#[derive(Debug)]
pub struct OauthForm<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Problem> {
        DefaultBodyLimit::max(MAX_BODY_SIZE).apply(&mut request);
        refuse_other_charsets(request.headers())?;
        Ok(Self(Json::from_request(request, app).await.map_err(json_problem)?.0))
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if is_form(request.headers()) {
            return Ok(Self { value: form(request, app).await?, is_form: true });
        }
        let JsonBody(value) = JsonBody::from_request(request, app).await?;
        Ok(Self { value, is_form: false })
    }
}

impl<T: DeserializeOwned> FromRequest<App> for OauthForm<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let parsed = if is_form(request.headers()) {
            form(request, app).await
        } else {
            let detail = "send the body as `Content-Type: application/x-www-form-urlencoded`";
            Err(Problem::new(Kind::UnsupportedMediaType, detail))
        };
        parsed.map(Self).map_err(|problem| {
            // Invalid input is usually a parameter that occurs twice.
            let kind = if problem.kind == Kind::InvalidInput { Kind::MalformedRequest } else { problem.kind };
            Problem { kind, error: Some("invalid_request"), ..problem }
        })
    }
}

fn content_type(headers: &HeaderMap) -> (&str, Option<&str>) {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let charset = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("charset").then_some(value.trim_matches('"'))
    });
    (essence.trim(), charset)
}

/// Whether the body is a form. The body may be absent.
pub fn is_form(headers: &HeaderMap) -> bool {
    content_type(headers).0.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// JSON is UTF-8 (RFC 8259 §8.1).
fn refuse_other_charsets(headers: &HeaderMap) -> Result<(), Problem> {
    match content_type(headers).1 {
        Some(charset) if !charset.eq_ignore_ascii_case("utf-8") => {
            Err(Problem::new(Kind::UnsupportedMediaType, "send JSON as UTF-8"))
        }
        _ => Ok(()),
    }
}

async fn form<T: DeserializeOwned>(mut request: Request, app: &App) -> Result<T, Problem> {
    DefaultBodyLimit::max(MAX_BODY_SIZE).apply(&mut request);
    match Form::from_request(request, app).await {
        Ok(Form(value)) => Ok(value),
        Err(FormRejection::FailedToDeserializeFormBody(error)) => {
            Err(Problem::new(Kind::InvalidInput, innermost(&error)))
        }
        Err(rejection) => Err(unreadable(rejection.status())),
    }
}

fn json_problem(rejection: JsonRejection) -> Problem {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => {
            Problem::new(Kind::UnsupportedMediaType, "send the body as `Content-Type: application/json`")
        }
        JsonRejection::JsonDataError(error) => Problem::new(Kind::InvalidInput, innermost(&error)),
        JsonRejection::JsonSyntaxError(error) => {
            Problem::new(Kind::MalformedRequest, format!("the body is not JSON: {}", innermost(&error)))
        }
        other => unreadable(other.status()),
    }
}

fn unreadable(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large("a body", MAX_BODY_SIZE),
        _ => Problem::new(Kind::MalformedRequest, "cannot read the whole body"),
    }
}

/// The parser's message, without the wrappers around it.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
