//! Answers for a browser: pages, forms, and redirects within this service.

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure},
    fresh,
    request::{Request, encoded},
    visitor::{LoginWith, NEW_PASSWORD, PASSWORD, Visitor, login_leading_to, registration},
};

use super::{Checked, Context};

/// The path of this service that the answer leads to: not `//host`, and without backslashes, which browsers read as
/// slashes.
fn leads_on(answer: &Answer) -> Result<&str, Failure> {
    answer.is(303)?;
    let location = answer.header("location").unwrap_or_default();
    let odd = location.starts_with("//") || location.contains('\\') || location.chars().any(char::is_control);
    let is_local = location.starts_with('/') && !odd;
    ensure(is_local, "303 to a path of this service", || format!("303 to `{}`", location.escape_debug()))?;
    Ok(location)
}

pub(super) async fn a_browser_gets_pages(context: &Context) -> Checked {
    for (path, holds) in [("/", "<html"), ("/login", "<form"), ("/register", "<form")] {
        let page = context.ask(Request::get(path).from_a_browser()).await?.is_page(200)?.to_ascii_lowercase();
        ensure(page.contains(holds), format!("`{holds}` in the page {path}"), || format!("{} characters", page.len()))?;
    }
    Ok(())
}

pub(super) async fn the_forms_post_what_the_calls_take(context: &Context) -> Checked {
    for path in ["/login", "/register"] {
        let page = context.ask(Request::get(path).from_a_browser()).await?.is_page(200)?.to_ascii_lowercase();
        for part in ["method=\"post\"", "name=\"username\"", "name=\"password\"", "type=\"password\""] {
            ensure(page.contains(part), format!("`{part}` in the form {path}"), || "a form without it".to_owned())?;
        }
    }
    Ok(())
}

pub(super) async fn an_anonymous_browser_is_led_to_the_login(context: &Context) -> Checked {
    let answer = context.ask(Request::get("/mine").from_a_browser()).await?;
    let location = leads_on(&answer)?;
    answer.ensure(location == "/login?next=/mine", "303 to /login?next=/mine")?;
    let form = context.ask(Request::get(location).from_a_browser()).await?.is_page(200)?;
    ensure(form.contains("/mine"), "a form that contains the path for `next`", || "no /mine in it".to_owned())
}

pub(super) async fn a_form_registers_and_leads_on(context: &Context) -> Checked {
    let username = fresh::username("conform");
    let fields = [("username", username.as_str()), ("password", PASSWORD)];
    let answer = context.ask(Request::post("/register").form(&fields).from_a_browser()).await?;
    leads_on(&answer)?;
    Visitor::log_in(context.client(), &username, LoginWith::Json).await.map(drop)
}

pub(super) async fn a_form_logs_in_with_a_cookie(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    leads_on(&someone.login)?;
    someone.login.ensure(someone.login.set_cookies().next().is_some(), "the credential in a cookie")?;
    someone.is_logged_in().await?;
    let page = someone.ask(Request::get("/mine").from_a_browser()).await?.is_page(200)?;
    ensure(page.contains(&someone.username), "a page with the name in it", || "no name".to_owned())
}

pub(super) async fn a_login_leads_on_within_this_service_alone(context: &Context) -> Checked {
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
        let answer = context.ask(login_leading_to(next, &username)).await?;
        let location = leads_on(&answer)?;
        answer.ensure(next != "/items" || location == next, "the path that was asked for")?;
        answer.ensure(answer.header("x-evil").is_none(), "no header injected by the caller")?;
    }
    Ok(())
}

pub(super) async fn a_form_logs_out_and_leads_on(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    leads_on(&someone.ask(Request::post("/logout").form(&[]).from_a_browser()).await?)?;
    someone.is_logged_out().await
}

pub(super) async fn a_form_changes_the_password(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    let fields = [("current", PASSWORD), ("new", NEW_PASSWORD)];
    leads_on(&someone.ask(Request::post("/password").form(&fields).from_a_browser()).await?)?;
    someone.is_logged_in().await?;
    context.ask(LoginWith::Json.request(&someone.username, NEW_PASSWORD)).await?.is(200)
}

pub(super) async fn nothing_that_was_typed_becomes_markup(context: &Context) -> Checked {
    let markup = "\"><script>alert(1)</script>";
    let link = format!("/login?next={}", encoded(&format!("/{markup}")));
    let page = context.ask(Request::get(link).from_a_browser()).await?.is_page(200)?;
    ensure(!page.contains(markup), "the path escaped in the form", || "the script as it is".to_owned())?;
    let username = fresh::username(markup);
    context.ask(registration(&username)).await?.is(201)?;
    let mut visitor = Visitor::log_in(context.client(), &username, LoginWith::Form).await?;
    let page = visitor.ask(Request::get("/mine").from_a_browser()).await?.is_page(200)?;
    ensure(!page.contains(markup), "the name escaped in the page", || "the script as it is".to_owned())
}

pub(super) async fn who_asks_for_json_gets_json(context: &Context) -> Checked {
    let accept = |value| Request::get("/mine").header(http::header::ACCEPT, value);
    let prefer_json = ["application/json", "*/*", "application/json, text/html;q=0.5"];
    context.refuses(prefer_json.map(accept), (401, "not-logged-in")).await?;
    context.ask(accept("text/html, application/json;q=0.5")).await?.is(303)
}
