//! Requests that another site triggers in a browser: refused if they would change something.

use authlab_client::{expect::ensure, request::Request, visitor::PASSWORD};
use http::{HeaderName, header};

use crate::{
    clause::{Standing, Stands::Holds},
    context::Context,
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The headers by which a browser marks a request from another site.
fn from_another_site(request: Request) -> [Request; 3] {
    [
        request.clone().header(SEC_FETCH_SITE, "cross-site").header(header::ORIGIN, "https://evil.example"),
        request.clone().header(header::ORIGIN, "https://evil.example"),
        request.header(header::ORIGIN, "null"),
    ]
}

pub(super) async fn another_site_changes_nothing(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    let username = someone.username.clone();
    for request in [
        Request::post("/logout"),
        Request::post("/logout").form(&[]),
        Request::post("/password").form(&[("current", PASSWORD), ("new", "a password of the attacker")]),
        Request::put("/items/note").json(&serde_json::json!({"value": "planted"})),
        Request::delete("/items"),
        Request::delete("/logins"),
        Request::post("/register").form(&[("username", "planted"), ("password", PASSWORD)]),
        // Logging the victim in to the attacker's account is an attack too.
        Request::post("/login").form(&[("username", username.as_str()), ("password", PASSWORD)]),
    ] {
        for request in from_another_site(request) {
            someone.ask(request).await?.is_problem(403, "cross-site-request")?;
        }
    }
    someone.is_logged_in().await?;
    Ok(Holds)
}

pub(super) async fn this_site_and_no_browser_at_all_pass(context: &Context) -> Standing {
    let own_origin = context.target().url();
    for request in [
        Request::post("/logout"),
        Request::post("/logout").header(SEC_FETCH_SITE, "same-origin"),
        Request::post("/logout").header(SEC_FETCH_SITE, "none"),
        Request::post("/logout").header(header::ORIGIN, &own_origin),
    ] {
        context.ask(request).await?.is_empty(204)?;
    }
    Ok(Holds)
}

/// A link to this site must work, and it is harmless because GET changes nothing.
pub(super) async fn a_link_from_another_site_may_be_followed(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    let link = Request::get("/mine").header(SEC_FETCH_SITE, "cross-site").from_a_browser();
    someone.ask(link).await?.is_page(200)?;
    Ok(Holds)
}

pub(super) async fn reading_never_logs_out(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    for path in ["/logout", "/logout?how=flush", "/password", "/login", "/register", "/logins", "/items", "/"] {
        for request in [Request::get(path), Request::get(path).from_a_browser()] {
            someone.ask(request).await?;
        }
    }
    someone.is_logged_in().await?;
    Ok(Holds)
}

pub(super) async fn a_method_cannot_be_overridden(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    someone.put("note", "stays").await?;
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let reading = Request::get("/items/note").header(HeaderName::from_static(name), "DELETE");
        someone.ask(reading).await?.is_json(200)?;
    }
    someone.ask(Request::get("/items/note?_method=DELETE")).await?.is_json(200)?;
    let items = someone.items().await?;
    ensure(items["note"] == "stays", "the item to stay", || items.to_string())?;
    Ok(Holds)
}
