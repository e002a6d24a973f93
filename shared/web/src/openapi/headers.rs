//! The headers of answers: those of all answers, described once, and those of a status.

use serde_json::{Value, json};

use super::Operation;

/// Describes the headers of all answers under `components/headers`.
pub(super) fn describe(document: &mut Value) {
    let text = json!({"type": "string"});
    document["components"]["headers"] = json!({
        "X-Request-Id": required(
            "The id of this request in the log; the client's own id if it has this form",
            &json!({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}),
        ),
        "Cache-Control": required("`no-store`, unless the answer is the same for all clients", &text),
        "Content-Security-Policy": required("A page loads its own style sheet and nothing else, and runs no script", &text),
        "Cross-Origin-Resource-Policy": required("No other site may embed the answer", &json!({"const": "same-origin"})),
        "Referrer-Policy": required(
            "`no-referrer` if the address contains a token",
            &json!({"enum": ["same-origin", "no-referrer"]}),
        ),
        "X-Content-Type-Options": required(
            "Browsers must not guess another type than `Content-Type`",
            &json!({"const": "nosniff"}),
        ),
        "Strict-Transport-Security": optional("Sent if cookies are `Secure`"),
    });
}

/// Names the headers of each answer. `common` are those of all answers.
pub(super) fn complete(common: &Value, operation: &mut Operation<'_>) {
    let hands_over = !operation.is_of("about");
    for (status, response) in operation.content["responses"].as_object_mut().into_iter().flatten() {
        let headers = &mut response["headers"];
        for (name, _) in common.as_object().into_iter().flatten() {
            headers[name] = json!({"$ref": format!("#/components/headers/{name}")});
        }
        match status.as_str() {
            "303" => headers["Location"] = required("The address to go to", &json!({"type": "string"})),
            "401" => {
                let description = "How to authenticate (RFC 9110 §11.6.1)";
                headers["WWW-Authenticate"] = required(description, &json!({"type": "string"}));
            }
            "429" | "503" => headers["Retry-After"] = required("Seconds", &json!({"type": "integer", "minimum": 1})),
            _ => {}
        }
        if hands_over && status.starts_with(['2', '3']) {
            headers["Set-Cookie"] = optional("New cookies, for clients that use cookies");
        }
    }
}

fn required(description: &str, schema: &Value) -> Value {
    json!({"description": description, "required": true, "schema": schema})
}

fn optional(description: &str) -> Value {
    json!({"description": description, "schema": {"type": "string"}})
}
