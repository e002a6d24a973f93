//! The OpenAPI 3.1 document. Its head is defined here, its body comes from the handlers, and facts about every call are added once.
//!
//! * [`answers`]: the answers that any request may get
//! * [`headers`]: the headers of answers
//! * [`login`]: how a client presents a credential, and which calls need one

mod answers;
mod headers;
mod login;

use serde_json::Value;
use utoipa::OpenApi;

use super::{App, problem::ProblemBody};

#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "authlab",
        description = "One HTTP contract for a signed cookie, a server-side session and a token. Every error is `application/problem+json` (RFC 9457); a client that prefers HTML gets the same as a page. An unknown path is answered `404`, an unknown method `405` with `Allow`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemBody)),
    tags(
        (name = "accounts", description = "Usernames and passwords"),
        (name = "login", description = "Beginning, using and ending a login"),
        (name = "tokens", description = "The OAuth 2.0 endpoints of token-svc"),
        (name = "items", description = "The state that a client carries or the server keeps for it"),
        (name = "about", description = "The description and state of this service")
    )
)]
pub struct Document;

/// The document of this service.
pub fn document(app: &App, collected: &utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(collected).expect("an OpenAPI document is JSON");
    let card = app.mechanism().card();
    headers::describe(&mut document);
    let headers = document["components"]["headers"].clone();
    login::describe(card, &mut document);
    demand_long_passwords(app.accounts.policy.password_min_length, &mut document);
    for mut operation in operations(&mut document) {
        answers::complete(&mut operation);
        headers::complete(&headers, &mut operation);
        login::complete(card, &mut operation);
    }
    document
}

/// One call of the document.
struct Operation<'a> {
    path: &'a str,
    method: &'a str,
    content: &'a mut Value,
}

impl Operation<'_> {
    /// Whether the operation may change something. Such a request must come from this site.
    fn is_unsafe(&self) -> bool {
        !matches!(self.method, "get" | "head" | "options")
    }

    fn is_of(&self, tag: &str) -> bool {
        self.content["tags"][0] == tag
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = Operation<'_>> {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    items.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten();
        methods.map(move |(method, content)| Operation { path, method, content })
    })
}

/// The minimum length of a password is a setting, so the types cannot state it.
fn demand_long_passwords(min_length: usize, document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    schemas["Registration"]["properties"]["password"]["minLength"] = min_length.into();
    schemas["PasswordChange"]["properties"]["new"]["minLength"] = min_length.into();
}
