//! How a client presents a credential, and which calls need one.

use authlab_mechanism::login::{Card, Carrier, Scheme};
use serde_json::{Value, json};

use super::Operation;

/// Describes each carrier of the mechanism as a security scheme.
pub(super) fn describe(card: &Card, document: &mut Value) {
    let schemes = &mut document["components"]["securitySchemes"];
    for (name, scheme) in schemes_of(card) {
        schemes[name] = scheme;
    }
}

/// Handlers document whether a login is required (`login`) or optional (also an empty alternative). This replaces `login` by the
/// mechanism's carriers. Items need no login if the mechanism keeps them for anonymous clients.
pub(super) fn complete(card: &Card, operation: &mut Operation<'_>) {
    let Some(listed) = operation.content["security"].as_array() else { return };
    let is_optional = listed.contains(&json!({})) && (card.anonymous_items || !operation.is_of("items"));
    let mut ways: Vec<Value> = schemes_of(card).map(|(name, _)| json!({name: []})).collect();
    if is_optional {
        ways.push(json!({}));
    }
    operation.content["security"] = ways.into();
}

/// The security schemes by their names.
fn schemes_of(card: &Card) -> impl Iterator<Item = (&'static str, Value)> {
    let cookie = match &card.scheme {
        Scheme::Cookie(name) => name,
        Scheme::Bearer(cookies) => cookies.access,
    };
    card.carriers.iter().map(move |carrier| match carrier {
        Carrier::Cookie => {
            ("cookie", json!({"type": "apiKey", "in": "cookie", "name": cookie, "description": "Set by `POST /login`"}))
        }
        Carrier::Bearer => {
            ("bearer", json!({"type": "http", "scheme": "bearer", "description": "The token of `POST /login`"}))
        }
        Carrier::Query => (
            "query",
            json!({
                "type": "apiKey", "in": "query", "name": "token",
                "description": "Only for the lab, since addresses end up in logs (RFC 9700 §4.3.2)",
            }),
        ),
    })
}
