//! The answers that any request may get, and the form of all errors.

use serde_json::{Value, json};

use super::Operation;
use crate::{gateway, problem::Kind};

const PROBLEM: &str = "application/problem+json";

const ANY_REQUEST: [(&str, &str); 5] = [
    ("400", "Not exactly one valid `Host`, or an invalid path, query or header, or two different credentials"),
    ("408", "The request took too long"),
    ("414", "The path and the query are too long"),
    ("431", "The headers are too large"),
    ("500", "The service failed; its log names the cause under this `X-Request-Id`"),
];
const LOGIN_REQUEST: (&str, &str) = ("401", "Not logged in");
const ITEM_REQUEST: (&str, &str) = ("401", "This mechanism keeps items only for logins");
const UNSAFE_REQUEST: (&str, &str) = ("403", "Another site sent the request");
const STORE_REQUEST: (&str, &str) = ("503", "A store cannot be reached; nothing was changed");
const BODY_REQUEST: [(&str, &str); 3] = [
    ("413", "The body is too large"),
    ("415", "The body has an unsupported media type"),
    ("422", "The body has an invalid value"),
];

/// Adds the answers that the handler does not document itself.
pub(super) fn complete(operation: &mut Operation<'_>) {
    // A gateway understands few answers, so `/verify` gives no others.
    let is_for_gateways = operation.path == gateway::PATH;
    let mut also = if is_for_gateways { Vec::new() } else { ANY_REQUEST.to_vec() };
    if operation.is_of("items") {
        also.push(ITEM_REQUEST);
    } else if operation.content["security"] == json!([{"login": []}]) {
        also.push(LOGIN_REQUEST);
    }
    if operation.is_unsafe() {
        also.push(UNSAFE_REQUEST);
    }
    if !operation.is_of("about") {
        also.push(STORE_REQUEST);
    }
    if operation.content["requestBody"].is_object() {
        also.extend(BODY_REQUEST);
    }
    let Some(responses) = operation.content["responses"].as_object_mut() else { return };
    for (status, description) in also {
        responses.entry(status).or_insert_with(|| json!({"description": description}));
    }
    responses.sort_keys();
    for (status, response) in responses {
        // Errors are problems, unless the handler names another body.
        if status.starts_with(['4', '5']) && response["content"].is_null() {
            response["content"] = problem(status);
        }
    }
}

/// The problems of this status, as JSON and as HTML.
fn problem(status: &str) -> Value {
    let has_it = |kind: &&Kind| kind.status().as_str() == status;
    let slugs = Kind::NAMED.iter().filter(has_it).filter_map(|kind| kind.slug());
    let mut types: Vec<String> = slugs.map(|slug| format!("/problems/{slug}")).collect();
    if types.is_empty() {
        types.push("about:blank".to_owned());
    }
    let number: Value = status.parse::<u16>().ok().into();
    let narrowed = json!({"type": {"enum": types}, "status": {"const": number}});
    json!({
        PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemBody", "properties": narrowed}},
        "text/html": {"schema": {"type": "string"}},
    })
}
