//! The service's description, its health, and its OpenAPI document.

use authlab_client::{
    about::{Carrier, StateLives},
    expect::{ensure, text},
    request::Request,
    visitor::PASSWORD,
};
use serde_json::json;

use super::{Checked, Context};

/// Every path of the contract, as OpenAPI spells it.
const PATHS: [&str; 15] = [
    "/register",
    "/login",
    "/mine",
    "/mine/record",
    "/logout",
    "/password",
    "/verify",
    "/logins",
    "/logins/{id}",
    "/items",
    "/items/{key}",
    "/about",
    "/livez",
    "/readyz",
    "/metrics",
];

pub(super) async fn about_says_what_the_contract_lists(context: &Context) -> Checked {
    let answer = context.ask(Request::get("/about")).await?;
    let body = answer.is_json(200)?;
    let about = context.about()?;
    for member in ["mechanism", "version"] {
        answer.ensure(!text(&body, member)?.is_empty(), format!("a `{member}`"))?;
    }
    answer.ensure(about.lifetime > 0, "a lifetime in seconds")?;
    answer.ensure(about.login_lifetime >= about.lifetime, "a `login_lifetime` of at least `lifetime`")?;
    for member in ["logins_at_most", "store"] {
        answer.ensure(body.get(member).is_some(), format!("`{member}`, if only as null"))?;
    }
    answer.ensure(!about.carriers.is_empty(), "at least one carrier")?;
    let is_known = about.store.as_deref().is_none_or(|store| ["memory", "redis", "sql"].contains(&store));
    answer.ensure(is_known, "a store that is memory, redis or sql")
}

pub(super) async fn about_does_not_contradict_itself(context: &Context) -> Checked {
    let about = context.about()?;
    let by_bearer = about.carriers.contains(&Carrier::Bearer);
    let came = || format!("{about:?}");
    ensure(by_bearer == about.can.cookieless_clients, "`cookieless_clients` where the bearer is a carrier", came)?;
    let has_store = about.state_lives == StateLives::Client || about.store.is_some();
    ensure(has_store, "a store where the state lives on the server", came)?;
    ensure(!about.can.revoke_login || about.can.list_logins, "a list of the logins that can be ended", came)
}

pub(super) async fn the_service_is_alive_and_ready(context: &Context) -> Checked {
    for path in ["/livez", "/readyz"] {
        context.ask(Request::get(path)).await?.is(200)?;
    }
    Ok(())
}

pub(super) async fn metrics_are_prometheus_text(context: &Context) -> Checked {
    context.ask(Request::get("/about")).await?.is(200)?;
    let answer = context.ask(Request::get("/metrics")).await?;
    answer.is(200)?;
    answer.has_type("text/plain")?;
    let text = answer.text();
    let is_sample = |line: &str| line.rsplit_once(' ').is_some_and(|(_, value)| value.parse::<f64>().is_ok());
    let odd = text.lines().find(|line| !line.is_empty() && !line.starts_with('#') && !is_sample(line));
    ensure(odd.is_none(), "every line to be a name and a number", || odd.unwrap_or_default().to_owned())?;
    ensure(text.contains("# TYPE "), "the type of each metric", || "none".to_owned())
}

pub(super) async fn metrics_name_nobody(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("item-of-somebody", "a value to be kept quiet").await?;
    someone.ask(Request::get("/items/item-of-somebody")).await?.is(200)?;
    let credential = someone.credential.text();
    context.ask(someone.forged(credential).token_in_query(credential)).await?;
    let metrics = context.ask(Request::get("/metrics")).await?.text();
    for (what, secret) in [
        ("credential", credential),
        ("name", someone.username.as_str()),
        ("password", PASSWORD),
        ("item's key", "item-of-somebody"),
        ("item", "kept quiet"),
    ] {
        let expected = "no credential, username, item or item's key of a visitor";
        ensure(!metrics.contains(secret), expected, || format!("the {what} of one"))?;
    }
    Ok(())
}

pub(super) async fn the_interface_is_described_in_openapi(context: &Context) -> Checked {
    let answer = context.ask(Request::get("/openapi.json")).await?;
    let document = answer.is_json(200)?;
    ensure(text(&document, "openapi")?.starts_with("3.1"), "OpenAPI 3.1", || document["openapi"].to_string())?;
    let missing: Vec<&str> = PATHS.into_iter().filter(|path| document["paths"].get(path).is_none()).collect();
    ensure(missing.is_empty(), "every path of the contract", || format!("none for {}", missing.join(", ")))?;
    ensure(document["info"] != json!(null), "`info`", || "none".to_owned())
}

/// A page that loads a script or a font from another host trusts that host, and tells it who reads the page.
pub(super) async fn the_docs_load_nothing_from_elsewhere(context: &Context) -> Checked {
    let page = context.ask(Request::get("/docs").from_a_browser()).await?.is_page(200)?;
    let loaded = loaded_from_elsewhere(&page);
    ensure(loaded.is_none(), "a page that loads nothing from elsewhere", || loaded.unwrap_or_default())
}

/// The first URL of another host in an attribute or a style that makes a browser load it.
fn loaded_from_elsewhere(page: &str) -> Option<String> {
    let page = page.to_ascii_lowercase();
    let loads = ["src=", "srcset=", "@import", "url(", "<link", "data="];
    let addresses = ["http://", "https://", "\"//", "'//", "(//"];
    for place in loads.iter().flat_map(|load| page.match_indices(load)) {
        let rest = &page[place.0..];
        let end = if place.1 == "<link" { rest.find('>') } else { rest.find([' ', '>', ';', ')']) };
        let fragment = &rest[..end.unwrap_or(rest.len())];
        if addresses.iter().any(|address| fragment.contains(address)) {
            return Some(fragment.chars().take(120).collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::loaded_from_elsewhere;

    #[test]
    fn what_a_browser_would_load_is_told_from_what_it_would_link() {
        assert_eq!(loaded_from_elsewhere("<a href=\"https://example.org\">x</a><script src=/own.js>"), None);
        for page in [
            "<script src=\"https://cdn.example/x.js\">",
            "<script src='//cdn.example/x.js'>",
            "<link rel=stylesheet href=\"https://cdn.example/x.css\">",
            "<style>a { background: url(//cdn.example/x.png) }</style>",
        ] {
            assert!(loaded_from_elsewhere(page).is_some(), "{page}");
        }
    }
}
