//! `/verify` in the document: any method, and few answers.

use serde_json::Value;

use super::SAME_AS;
use crate::handlers::verify::PATH;

/// Every method that OpenAPI 3.1 knows, except `get`.
const OTHER_METHODS: [&str; 7] = ["put", "post", "delete", "options", "head", "patch", "trace"];
const ANSWERS: [&str; 4] = ["200", "303", "401", "503"];

/// Removes the answers that this call never gives, and documents the other methods like `get`.
pub(super) fn describe(document: &mut Value) {
    let Some(methods) = document["paths"][PATH].as_object_mut() else { return };
    let get = &mut methods["get"];
    if let Some(responses) = get["responses"].as_object_mut() {
        responses.retain(|status, _| ANSWERS.contains(&status.as_str()));
    }
    let get = get.clone();
    for method in OTHER_METHODS {
        let mut other = get.clone();
        other["operationId"] = format!("verify_{method}").into();
        other[SAME_AS] = "get".into();
        methods.insert(method.to_owned(), other);
    }
}
