//! Requests that another site triggers in a browser: refused if they would change something.

use authlab_client::{
    request::Request,
    visitor::{PASSWORD, put_item},
};
use http::{HeaderName, header};

use super::{Checked, Context};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The headers by which a browser marks a request from another site.
fn from_another_site(request: Request) -> [Request; 3] {
    [
        request.clone().header(SEC_FETCH_SITE, "cross-site").header(header::ORIGIN, "https://evil.example"),
        request.clone().header(header::ORIGIN, "https://evil.example"),
        request.header(header::ORIGIN, "null"),
    ]
}

pub(super) async fn another_site_changes_nothing(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    let requests = [
        Request::post("/logout"),
        Request::post("/logout").form(&[]),
        Request::post("/password").form(&[("current", PASSWORD), ("new", "a password of the attacker")]),
        put_item("note", "planted"),
        Request::delete("/items"),
        Request::delete("/logins"),
        Request::post("/register").form(&[("username", "planted"), ("password", PASSWORD)]),
        // Logging the victim in to the attacker's account is an attack too.
        Request::post("/login").form(&[("username", &someone.username), ("password", PASSWORD)]),
    ];
    let requests = requests.map(from_another_site).into_iter().flatten();
    someone.is_refused(requests, (403, "cross-site-request")).await?;
    someone.is_logged_in().await
}

pub(super) async fn this_site_and_no_browser_at_all_pass(context: &Context) -> Checked {
    let own_origin = context.target().url();
    for request in [
        Request::post("/logout"),
        Request::post("/logout").header(SEC_FETCH_SITE, "same-origin"),
        Request::post("/logout").header(SEC_FETCH_SITE, "none"),
        Request::post("/logout").header(header::ORIGIN, &own_origin),
    ] {
        context.ask(request).await?.is_empty(204)?;
    }
    Ok(())
}

/// A link to this site must work, and it is harmless because GET changes nothing.
pub(super) async fn a_link_from_another_site_may_be_followed(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    let link = Request::get("/mine").header(SEC_FETCH_SITE, "cross-site").from_a_browser();
    someone.ask(link).await?.is_page(200)?;
    Ok(())
}

pub(super) async fn reading_never_logs_out(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    for path in ["/logout", "/logout?how=flush", "/password", "/login", "/register", "/logins", "/items", "/"] {
        for request in [Request::get(path), Request::get(path).from_a_browser()] {
            someone.ask(request).await?;
        }
    }
    someone.is_logged_in().await
}

pub(super) async fn a_method_cannot_be_overridden(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    someone.put("note", "stays").await?;
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let reading = Request::get("/items/note").header(HeaderName::from_static(name), "DELETE");
        someone.ask(reading).await?.is_json(200)?;
    }
    someone.ask(Request::get("/items/note?_method=DELETE")).await?.is_json(200)?;
    someone.has_item("note", "stays").await
}
