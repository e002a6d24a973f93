//! Credentials in answers that a shared cache stores and hands to other clients.

use authlab_client::request::Request;

use super::{Attempt, Played, fell_if, not_applicable};

/// Public answers come first, because caches store public answers.
const PATHS: [&str; 14] = [
    "/style.css",
    "/.well-known/jwks.json",
    "/openapi.json",
    "/docs",
    "/livez",
    "/readyz",
    "/metrics",
    "/about",
    "/login",
    "/register",
    "/",
    "/mine",
    "/items",
    "/nowhere",
];

/// When a login has ended, the next answer of any route hands the browser a fresh credential. A cache must not store
/// it.
pub(super) async fn take_a_credential_from_a_cache(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    let (name, _) = victim.cookie().map_err(|_| not_applicable("a form is handed no cookie here"))?;
    let name = name.to_owned();
    for has_ended in [false, true] {
        for path in PATHS {
            if has_ended {
                victim.client.jar_mut().forget(&name);
            }
            let answer = victim.ask(Request::get(path).from_a_browser()).await?;
            let may_be_stored = answer.new_cookie().is_some() && !answer.forbids_storing();
            let cache_control = answer.header("cache-control").unwrap_or("nothing");
            fell_if(may_be_stored, format!("{path} sets a cookie, with `Cache-Control: {cache_control}`"))?;
        }
    }
    Ok(())
}
