//! Answers for a browser: pages, forms, and redirects within this service.

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure},
    fresh,
    request::{Request, encoded},
    visitor::{LoginWith, NEW_PASSWORD, PASSWORD, Visitor, registration},
};

use crate::{
    clause::{Standing, Stands::Holds},
    context::Context,
};

fn leads_to(answer: &Answer) -> Result<&str, Failure> {
    answer.is(303)?;
    answer.header("location").ok_or_else(|| Failure::new("303 with a Location", answer.in_short()))
}

/// Whether the location is a path of this service: not `//host`, and without backslashes, which browsers read as
/// slashes.
fn is_local(location: &str) -> bool {
    let controls = location.chars().any(char::is_control);
    location.starts_with('/') && !location.starts_with("//") && !location.contains('\\') && !controls
}

pub(super) async fn a_browser_gets_pages(context: &Context) -> Standing {
    for (path, holds) in [("/", "<html"), ("/login", "<form"), ("/register", "<form")] {
        let page = context.ask(Request::get(path).from_a_browser()).await?.is_page(200)?;
        let page = page.to_ascii_lowercase();
        ensure(page.contains(holds), format!("`{holds}` in the page {path}"), || format!("{} characters", page.len()))?;
    }
    Ok(Holds)
}

pub(super) async fn the_forms_post_what_the_calls_take(context: &Context) -> Standing {
    for path in ["/login", "/register"] {
        let page = context.ask(Request::get(path).from_a_browser()).await?.is_page(200)?.to_ascii_lowercase();
        for part in ["method=\"post\"", "name=\"username\"", "name=\"password\"", "type=\"password\""] {
            ensure(page.contains(part), format!("`{part}` in the form {path}"), || "a form without it".to_owned())?;
        }
    }
    Ok(Holds)
}

pub(super) async fn an_anonymous_browser_is_led_to_the_login(context: &Context) -> Standing {
    let answer = context.ask(Request::get("/mine").from_a_browser()).await?;
    let location = leads_to(&answer)?;
    answer.ensure(location == "/login?next=/mine", "303 to /login?next=/mine")?;
    let form = context.ask(Request::get(location).from_a_browser()).await?.is_page(200)?;
    ensure(form.contains("/mine"), "a form that contains the path for `next`", || "no /mine in it".to_owned())?;
    Ok(Holds)
}

pub(super) async fn a_form_registers_and_leads_on(context: &Context) -> Standing {
    let username = fresh::username("conform");
    let fields = [("username", username.as_str()), ("password", PASSWORD)];
    let answer = context.ask(Request::post("/register").form(&fields).from_a_browser()).await?;
    answer.ensure(is_local(leads_to(&answer)?), "a path of this service")?;
    Visitor::log_in(context.client(), &username, LoginWith::Json).await?;
    Ok(Holds)
}

pub(super) async fn a_form_logs_in_with_a_cookie(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    someone.login.ensure(is_local(leads_to(&someone.login)?), "a path of this service")?;
    someone.login.ensure(someone.login.set_cookies().next().is_some(), "the credential in a cookie")?;
    someone.is_logged_in().await?;
    let page = someone.ask(Request::get("/mine").from_a_browser()).await?.is_page(200)?;
    ensure(page.contains(&someone.username), "a page with the name in it", || "no name".to_owned())?;
    Ok(Holds)
}

pub(super) async fn a_login_leads_on_within_this_service_alone(context: &Context) -> Standing {
    let username = context.account().await?;
    for next in [
        "/items",
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "///evil.example",
        "evil.example",
        "/items\r\nX-Evil: 1",
    ] {
        let fields = [("username", username.as_str()), ("password", PASSWORD), ("next", next)];
        let answer = context.ask(Request::post("/login").form(&fields).from_a_browser()).await?;
        let location = leads_to(&answer)?;
        answer.ensure(is_local(location), format!("a path of this service for next={next:?}"))?;
        answer.ensure(next != "/items" || location == next, "the path that was asked for")?;
        answer.ensure(answer.header("x-evil").is_none(), "no header injected by the caller")?;
    }
    Ok(Holds)
}

pub(super) async fn a_form_logs_out_and_leads_on(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    let answer = someone.ask(Request::post("/logout").form(&[]).from_a_browser()).await?;
    answer.ensure(is_local(leads_to(&answer)?), "a path of this service")?;
    someone.is_logged_out().await?;
    Ok(Holds)
}

pub(super) async fn a_form_changes_the_password(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    let fields = [("current", PASSWORD), ("new", NEW_PASSWORD)];
    let answer = someone.ask(Request::post("/password").form(&fields).from_a_browser()).await?;
    answer.ensure(is_local(leads_to(&answer)?), "a path of this service")?;
    someone.is_logged_in().await?;
    context.ask(LoginWith::Json.request(&someone.username, NEW_PASSWORD)).await?.is(200)?;
    Ok(Holds)
}

pub(super) async fn nothing_that_was_typed_becomes_markup(context: &Context) -> Standing {
    let markup = "\"><script>alert(1)</script>";
    let link = format!("/login?next={}", encoded(&format!("/{markup}")));
    let page = context.ask(Request::get(link).from_a_browser()).await?.is_page(200)?;
    ensure(!page.contains(markup), "the path escaped in the form", || "the script as it is".to_owned())?;
    let username = fresh::username(markup);
    context.ask(registration(&username)).await?.is(201)?;
    let mut visitor = Visitor::log_in(context.client(), &username, LoginWith::Form).await?;
    let page = visitor.ask(Request::get("/mine").from_a_browser()).await?.is_page(200)?;
    ensure(!page.contains(markup), "the name escaped in the page", || "the script as it is".to_owned())?;
    Ok(Holds)
}

pub(super) async fn who_asks_for_json_gets_json(context: &Context) -> Standing {
    let accept = |value| Request::get("/mine").header(http::header::ACCEPT, value);
    for value in ["application/json", "*/*", "application/json, text/html;q=0.5"] {
        context.ask(accept(value)).await?.is_problem(401, "not-logged-in")?;
    }
    context.ask(accept("text/html, application/json;q=0.5")).await?.is(303)?;
    Ok(Holds)
}
