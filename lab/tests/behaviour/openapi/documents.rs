//! The three OpenAPI documents, compared with each other.

use std::collections::{BTreeMap, BTreeSet};

use authlab_client::{Client, request::Request};
use authlab_fleet::Fleet;
use authlab_web::problem::Kind;
use serde_json::{Value, json};

/// Paths that only token-svc has, as the contract says.
const TOKEN_ROUTES: [&str; 1] = ["/.well-known/jwks.json"];

async fn documents() -> BTreeMap<String, Value> {
    let fleet = Fleet::start().await.unwrap();
    let mut documents = BTreeMap::new();
    for target in fleet.targets() {
        let name = target.name.clone();
        let answer = Client::new(target, "test").send(Request::get("/openapi.json")).await.unwrap();
        documents.insert(name, answer.json().unwrap());
    }
    documents
}

fn members(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn operations(document: &mut Value) -> impl Iterator<Item = (String, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object_mut().into_iter().flatten();
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

/// Keeps the schemas that the document refers to, directly or through other schemas.
fn forget_unused_schemas(document: &mut Value) {
    let mut before = usize::MAX;
    while before != members(&document["components"]["schemas"]).len() {
        before = members(&document["components"]["schemas"]).len();
        let text = document.to_string();
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_differ_in_what_the_contract_marks_and_in_nothing_else() {
    let mut documents = documents().await;
    let token = documents["token-svc"]["paths"].clone();
    for (name, document) in &mut documents {
        // Only the paths of token-svc differ.
        let own = members(&token).difference(&members(&document["paths"])).cloned().collect::<Vec<_>>();
        let expected: &[&str] = if name == "token-svc" { &[] } else { &TOKEN_ROUTES };
        assert_eq!(own, expected, "{name}");
        document["paths"].as_object_mut().unwrap().retain(|path, _| !TOKEN_ROUTES.contains(&path.as_str()));
        forget_unused_schemas(document);

        // The carriers of a credential differ.
        let schemes = document["components"]["securitySchemes"].take();
        let carriers = members(&schemes);
        let (expected, cookie): (&[&str], _) = match name.as_str() {
            "cookie-svc" => (&["cookie"], "login"),
            "session-svc" => (&["cookie"], "sessionid"),
            _ => (&["bearer", "cookie", "query"], "token"),
        };
        assert!(carriers.iter().eq(expected), "{name}: {carriers:?}");
        assert_eq!(schemes["cookie"]["name"], cookie, "{name}");

        // Only token-svc requires a login for items.
        for (operation, content) in operations(document) {
            let Some(security) = content["security"].as_array_mut() else { continue };
            let is_optional = security.contains(&json!({}));
            if operation.contains("/items") {
                assert_eq!(is_optional, name != "token-svc", "{name}: {operation}");
                content["security"].take();
            } else {
                assert_eq!(
                    is_optional,
                    operation == "post /logout" || operation.ends_with(" /verify"),
                    "{name}: {operation}"
                );
                content["security"] = is_optional.into();
            }
        }
    }
    let rest: Vec<String> = documents.values().map(|document| format!("{document:#}")).collect();
    assert_eq!(rest[0], rest[1], "cookie-svc and session-svc");
    assert_eq!(rest[1], rest[2], "session-svc and token-svc");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_of_the_contract_is_an_answer_of_some_call() {
    for (name, document) in documents().await {
        let text = document.to_string();
        for kind in Kind::NAMED.iter().filter(|kind| **kind != Kind::MethodNotAllowed) {
            let slug = kind.slug().unwrap();
            assert!(text.contains(&format!("\"/problems/{slug}\"")), "{name} does not document {slug}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_described_with_its_headers_and_every_error_with_its_type() {
    for (name, mut document) in documents().await {
        for (operation, content) in operations(&mut document) {
            for (status, response) in content["responses"].as_object().unwrap() {
                let headers = members(&response["headers"]);
                assert!(headers.contains("X-Request-Id") && headers.contains("Cache-Control"), "{name} {operation}");
                // `/readyz` answers 503 with the health check's own body, not with a problem.
                let is_error =
                    status.starts_with(['4', '5']) && (operation.as_str(), status.as_str()) != ("get /readyz", "503");
                let problem = &response["content"]["application/problem+json"]["schema"]["properties"]["type"]["enum"];
                assert_eq!(is_error, problem.is_array(), "{name}: {operation} {status}");
                assert_eq!(status == "401", headers.contains("WWW-Authenticate"), "{name}: {operation} {status}");
                let may_be_tried_again = matches!(status.as_str(), "429" | "503");
                assert_eq!(may_be_tried_again, headers.contains("Retry-After"), "{name}: {operation} {status}");
            }
        }
    }
}
