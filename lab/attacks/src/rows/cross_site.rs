//! Actions that another site can trigger in the victim's browser.

use authlab_client::{
    expect::Failure,
    request::Request,
    visitor::{LoginWith, PASSWORD, Visitor},
};
use authlab_results::attacks::Outcome;
use http::{HeaderName, Method, header};
use serde_json::json;

use crate::{attempt::Attempt, row::Played};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const EVIL: &str = "https://evil.example";

/// Every way in which a browser marks a request from another site. Older browsers send only `Origin`.
fn from_elsewhere(attempt: &Attempt, request: &Request) -> Vec<Request> {
    let other_port = format!("http://{}", attempt.target().authority().replace(':', ":1"));
    let says = |site: &str, origin: &str| {
        let request = if site.is_empty() { request.clone() } else { request.clone().header(SEC_FETCH_SITE, site) };
        if origin.is_empty() { request } else { request.header(header::ORIGIN, origin) }
    };
    let ways = [
        ("cross-site", EVIL),
        ("cross-site", "null"),
        ("cross-site", ""),
        ("same-site", &other_port),
        ("same-site", ""),
        ("", EVIL),
        ("", "null"),
        ("", &other_port),
    ];
    ways.map(|(site, origin)| says(site, origin)).to_vec()
}

pub(super) async fn act_for_the_victim(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    victim.store("note", "the victim's").await?;
    let planted = json!({"value": "planted"});
    let requests = [
        Request::put("/items/note").json(&planted),
        Request::put("/items/note").body("text/plain", planted.to_string()),
        Request::delete("/items"),
        Request::delete("/logins"),
        Request::post("/password").form(&[("current", PASSWORD), ("new", "a password of the attacker")]),
        Request::post("/logout").form(&[]),
        Request::post("/logout"),
    ];
    for request in &requests {
        for request in from_elsewhere(attempt, request) {
            let answer = victim.ask(request).await?;
            if (200..400).contains(&answer.status) {
                return Ok(Outcome::fell(format!("{} from another site was done", answer.in_short())));
            }
        }
    }
    victim.is_logged_in().await?;
    let note = victim.ask(Request::get("/items/note")).await?.is_json(200)?;
    Ok(if note["value"] == "the victim's" { Outcome::Held } else { Outcome::fell("another site changed an item") })
}

/// A victim who is silently logged in as the attacker gives the attacker everything they enter.
pub(super) async fn log_the_victim_in(attempt: &mut Attempt) -> Played {
    let attacker = attempt.account("attacker").await?;
    let json = LoginWith::Json.request(&attacker, PASSWORD);
    for request in [LoginWith::Form.request(&attacker, PASSWORD), json] {
        for request in from_elsewhere(attempt, &request) {
            let answer = attempt.somebody("victim's browser").ask(request).await?;
            if answer.set_cookies().any(|cookie| !cookie.deletes()) || answer.status == 200 {
                return Ok(Outcome::fell("another site logged the victim in as the attacker"));
            }
        }
    }
    Ok(Outcome::Held)
}

/// A form can send any text as `text/plain` without a CORS preflight; a script cannot.
pub(super) async fn send_json_as_text(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    for content_type in [
        "text/plain",
        "",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/csp-report",
    ] {
        let body = json!({"value": "planted"}).to_string();
        let answer = victim.ask(Request::put("/items/note").body(content_type, body)).await?;
        if answer.status < 400 {
            return Ok(Outcome::fell(format!("JSON was read from `{content_type}`")));
        }
    }
    victim.is_logged_in().await?;
    Ok(Outcome::Held)
}

pub(super) async fn change_by_reading(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    victim.store("note", "stays").await?;
    let attacker = attempt.account("attacker").await?;
    let link = format!("/login?username={attacker}&password={}", authlab_client::request::encoded(PASSWORD));
    let paths = [
        "/logout",
        "/logout?how=flush",
        "/logins",
        "/items",
        "/items/note?_method=DELETE",
        "/password",
        "/register",
        &link,
    ];
    for path in paths {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            victim.ask(Request::new(method, path).from_a_browser()).await?;
        }
    }
    let still = victim.client.whoami().await?;
    let note = victim.ask(Request::get("/items/note")).await?;
    if still.as_ref() != Some(&victim.username) || note.status != 200 {
        return Ok(Outcome::fell("a link changed something"));
    }
    Ok(Outcome::Held)
}

pub(super) async fn read_across_origins(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    for origin in [EVIL, "null"] {
        let answer = victim.ask(Request::get("/mine").header(header::ORIGIN, origin)).await?;
        if let Some(allowed) = answer.header("access-control-allow-origin") {
            return Ok(Outcome::fell(format!("`Access-Control-Allow-Origin: {allowed}` for {origin}")));
        }
        let preflight = Request::new(Method::OPTIONS, "/items/note")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT");
        let answer = victim.ask(preflight).await?;
        if answer.header("access-control-allow-origin").is_some() {
            return Ok(Outcome::fell(format!("a preflight of {origin} was granted")));
        }
    }
    Ok(Outcome::Held)
}

pub(super) async fn frame_the_page(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    for path in ["/mine", "/login", "/"] {
        let answer = page(&mut victim, path).await?;
        let policy = answer.header("content-security-policy").unwrap_or_default();
        if !policy.contains("frame-ancestors 'none'") {
            return Ok(Outcome::fell(format!("{path} may be framed by anybody")));
        }
    }
    Ok(Outcome::Held)
}

async fn page(victim: &mut Visitor, path: &str) -> Result<authlab_client::answer::Answer, Failure> {
    let answer = victim.ask(Request::get(path).from_a_browser()).await?;
    answer.ensure(answer.status < 400, "a page")?;
    Ok(answer)
}
