//! How a client presents a credential, and which calls need one.

use authlab_mechanism::login::{Card, Carrier, Scheme};
use serde_json::{Map, Value, json};

use super::Operation;

/// Describes each carrier of the mechanism as a security scheme.
pub(super) fn describe(card: &Card, document: &mut Value) {
    let schemes = card.carriers.iter().map(|carrier| (name(*carrier).to_owned(), scheme(card, *carrier)));
    document["components"]["securitySchemes"] = schemes.collect::<Map<_, _>>().into();
}

/// Handlers document whether a login is required (`login`) or optional (also an empty alternative). This replaces `login` by the
/// mechanism's carriers. Items need no login if the mechanism keeps them for anonymous clients.
pub(super) fn complete(card: &Card, operation: &mut Operation<'_>) {
    let Some(listed) = operation.content["security"].as_array() else { return };
    let is_optional = listed.contains(&json!({})) && (card.anonymous_items || !operation.is_of("items"));
    let mut ways: Vec<Value> = card.carriers.iter().map(|carrier| json!({name(*carrier): []})).collect();
    if is_optional {
        ways.push(json!({}));
    }
    operation.content["security"] = ways.into();
}

fn name(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Cookie => "cookie",
        Carrier::Bearer => "bearer",
        Carrier::Query => "query",
    }
}

fn scheme(card: &Card, carrier: Carrier) -> Value {
    match carrier {
        Carrier::Cookie => {
            let name = match &card.scheme {
                Scheme::Cookie(name) => name,
                Scheme::Bearer(cookies) => cookies.access,
            };
            json!({"type": "apiKey", "in": "cookie", "name": name, "description": "Set by `POST /login`"})
        }
        Carrier::Bearer => json!({"type": "http", "scheme": "bearer", "description": "The token of `POST /login`"}),
        Carrier::Query => json!({
            "type": "apiKey", "in": "query", "name": "token",
            "description": "Only for the lab, since addresses end up in logs (RFC 9700 §4.3.2)",
        }),
    }
}
