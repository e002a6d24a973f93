//! `/verify`, which a gateway asks before it passes a request to an application.

use authlab_client::{
    expect::{Failure, ensure, instant},
    request::Request,
    visitor::{LoginWith, PASSWORD, Visitor, register},
};
use http::{HeaderName, Method, header};
use serde_json::json;

use super::{Checked, Context};
const METHODS: [&str; 8] = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "HEAD"];
const PATHS: [&str; 4] = ["/verify", "/verify/", "/verify/docs/a.html", "/verify/search?q=a&refresh=on&redirect=on"];

fn asked(method: &str, path: &str) -> Request {
    Request::new(Method::from_bytes(method.as_bytes()).unwrap_or_default(), path)
}

pub(super) async fn a_gateway_learns_who_is_calling(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let answer = someone.ask(Request::get("/verify")).await?;
    answer.is_empty(200)?;
    answer.is_not_stored()?;
    answer.has_header("remote-user", &someone.username)?;
    for id in ["x-account-id", "x-login-id"] {
        answer.ensure(answer.header(id).is_some_and(|id| !id.is_empty()), id)?;
    }
    let times = json!({"from": answer.header("x-login-issued-at"), "until": answer.header("x-login-expires-at")});
    let mine = someone.ask(Request::get("/mine")).await?.is_json(200)?;
    answer.ensure(instant(&times, "from")? == instant(&mine, "issued_at")?, "the beginning that /mine says")?;
    answer.ensure(instant(&times, "from")? < instant(&times, "until")?, "an expiry after the beginning")
}

pub(super) async fn any_name_travels_in_a_header(context: &Context) -> Checked {
    let name = format!("Zoë %/中 {}", context.account().await?);
    context.ask(register(&name, PASSWORD)).await?.is(201)?;
    let mut visitor = Visitor::log_in(context.client(), &name, LoginWith::Json).await?;
    let answer = visitor.ask(Request::get("/verify")).await?;
    let user = answer.header("remote-user").unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
    answer.ensure(user.bytes().all(plain), "nothing but unreserved characters and percent signs")?;
    answer.ensure(user.starts_with("Zo%C3%AB%20%25%2F%E4%B8%AD%20"), "the name in UTF-8, percent-encoded")
}

pub(super) async fn every_method_and_path_is_answered(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for (method, path) in METHODS.iter().flat_map(|method| PATHS.map(|path| (method, path))) {
        let answer = someone.ask(asked(method, path)).await?;
        answer.is_empty(200)?;
        answer.has_header("remote-user", &someone.username)?;
        answer.ensure(
            answer.set_cookies().next().is_none(),
            "no cookie: the gateway did not say that it passes cookies on",
        )?;
        context.ask(asked(method, path)).await?.is(401)?;
    }
    Ok(())
}

pub(super) async fn without_a_login_it_is_401(context: &Context) -> Checked {
    let answer = context.ask(Request::get("/verify")).await?;
    answer.is_problem(401, "not-logged-in")?;
    answer.is_not_stored()?;
    answer.ensure(answer.header("www-authenticate").is_some(), "a WWW-Authenticate header")?;
    let location = answer.header("x-login-location").unwrap_or_default();
    answer.ensure(location.starts_with("/login"), "X-Login-Location: /login")?;
    let mut someone = context.someone().await?;
    someone.log_out().await?;
    someone.ask(Request::get("/verify")).await?.is(401)
}

pub(super) async fn what_is_400_elsewhere_is_401_here(context: &Context) -> Checked {
    let someone = context.someone().await?;
    let contradiction = Request::get("/verify").bearer(someone.credential.text()).cookie("token", "another");
    let unreadable = [
        contradiction,
        Request::get("/verify").header(header::AUTHORIZATION, "Bearer a b"),
        Request::get(format!("/verify/{}", "a".repeat(9_000))),
        Request::get("/verify").header(HeaderName::from_static("x-large"), &"a".repeat(17_000)),
    ];
    context.refuses(unreadable, (401, "not-logged-in")).await
}

pub(super) async fn another_site_may_have_caused_the_request(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    let request = Request::post("/verify").header(HeaderName::from_static("sec-fetch-site"), "cross-site");
    let request = request.header(header::ORIGIN, "https://evil.example").body("application/json", "{");
    someone.ask(request).await?.is_empty(200)
}

pub(super) async fn a_browser_is_led_to_the_login_if_the_gateway_wants_it(context: &Context) -> Checked {
    let led = context.ask(Request::get("/verify?redirect=on").from_a_browser()).await?;
    led.is(303)?;
    led.ensure(led.header("location").is_some_and(|to| to.starts_with("/login")), "the way to /login")?;
    for request in [
        Request::get("/verify?redirect=on"),
        Request::get("/verify").from_a_browser(),
        Request::get("/verify/page?redirect=on").from_a_browser(),
        Request::post("/verify?redirect=on").from_a_browser(),
        Request::get("/verify?redirect=on")
            .from_a_browser()
            .header(HeaderName::from_static("x-forwarded-method"), "POST"),
    ] {
        context.ask(request).await?.is(401)?;
    }
    let mut someone = context.in_a_browser().await?;
    someone.ask(Request::get("/verify?redirect=on").from_a_browser()).await?.is_empty(200)
}

pub(super) async fn each_login_has_an_id_of_its_own(context: &Context) -> Checked {
    let mut one = context.someone().await?;
    let mut other = context.elsewhere(&one).await?;
    let (one, other) = (ids(&mut one).await?, ids(&mut other).await?);
    ensure(one.0 == other.0, "one account id for both logins", || format!("{} and {}", one.0, other.0))?;
    ensure(one.1 != other.1, "two login ids", || format!("twice {}", one.1))?;
    let mut stranger = context.someone().await?;
    let stranger = ids(&mut stranger).await?;
    ensure(stranger.0 != one.0, "another account id for another account", || stranger.0.clone())
}

/// The account's id and the login's.
async fn ids(visitor: &mut Visitor) -> Result<(String, String), Failure> {
    let answer = visitor.ask(Request::get("/verify")).await?;
    answer.is_empty(200)?;
    let header = |name| answer.header(name).unwrap_or_default().to_owned();
    Ok((header("x-account-id"), header("x-login-id")))
}

pub(super) async fn the_id_is_that_of_the_list(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    if !context.about()?.can.list_logins {
        return Ok(());
    }
    let listed = someone.login_id().await?;
    let (_, id) = ids(&mut someone).await?;
    ensure(id == listed, "the id that /logins lists", || id.clone())
}
