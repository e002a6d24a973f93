//! The headers of answers: those of all answers, described once, and those of a status.

use serde_json::{Value, json};

use super::Operation;

/// Describes the headers of all answers under `components/headers`.
pub(super) fn describe(document: &mut Value) {
    document["components"]["headers"] = json!({
        "X-Request-Id": {
            "description": "The id of this request in the log; the client's own id if it has this form",
            "required": true,
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
        },
        "Cache-Control": {
            "description": "`no-store`, unless the answer is the same for all clients",
            "required": true,
            "schema": {"type": "string"},
        },
        "Content-Security-Policy": {
            "description": "A page loads its own style sheet and nothing else, and runs no script",
            "required": true,
            "schema": {"type": "string"},
        },
        "Cross-Origin-Resource-Policy": {
            "description": "No other site may embed the answer",
            "required": true,
            "schema": {"const": "same-origin"},
        },
        "Referrer-Policy": {
            "description": "`no-referrer` if the address contains a token",
            "required": true,
            "schema": {"enum": ["same-origin", "no-referrer"]},
        },
        "X-Content-Type-Options": {
            "description": "Browsers must not guess another type than `Content-Type`",
            "required": true,
            "schema": {"const": "nosniff"},
        },
        "Strict-Transport-Security": {
            "description": "Sent if cookies are `Secure`",
            "schema": {"type": "string"},
        },
    });
}

pub(super) fn complete(operation: &mut Operation<'_>) {
    let hands_over = !operation.is_of("about");
    for (status, response) in operation.content["responses"].as_object_mut().into_iter().flatten() {
        response["headers"] = json!({});
        for name in [
            "X-Request-Id",
            "Cache-Control",
            "Content-Security-Policy",
            "Cross-Origin-Resource-Policy",
            "Referrer-Policy",
            "X-Content-Type-Options",
            "Strict-Transport-Security",
        ] {
            response["headers"][name] = json!({"$ref": format!("#/components/headers/{name}")});
        }
        if let Some((name, header)) = header_of_status(status) {
            response["headers"][name] = header;
        }
        if hands_over && status.starts_with(['2', '3']) {
            response["headers"]["Set-Cookie"] = optional("New cookies, for clients that use cookies");
        }
    }
}

fn header_of_status(status: &str) -> Option<(&'static str, Value)> {
    Some(match status {
        "303" => ("Location", required("The address to go to", &json!({"type": "string"}))),
        "401" => ("WWW-Authenticate", required("How to authenticate (RFC 9110 §11.6.1)", &json!({"type": "string"}))),
        "429" | "503" => ("Retry-After", required("Seconds", &json!({"type": "integer", "minimum": 1}))),
        _ => return None,
    })
}

fn required(description: &str, schema: &Value) -> Value {
    json!({"description": description, "required": true, "schema": schema})
}

fn optional(description: &str) -> Value {
    json!({"description": description, "schema": {"type": "string"}})
}
