//! Actions that another site can trigger in the victim's browser.

use authlab_client::{
    request::{Request, encoded},
    visitor::{LoginWith, PASSWORD, put_item},
};
use http::{HeaderName, Method, header};
use serde_json::json;

use super::{Attempt, Played, fell_if};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const EVIL: &str = "https://evil.example";

/// Every way in which a browser marks a request from another site. Older browsers send only `Origin`.
fn from_elsewhere(attempt: &Attempt, request: &Request) -> Vec<Request> {
    let other_port = format!("http://{}", attempt.target().authority().replace(':', ":1"));
    let says = |(site, origin): (&str, &str)| {
        let request = if site.is_empty() { request.clone() } else { request.clone().header(SEC_FETCH_SITE, site) };
        if origin.is_empty() { request } else { request.header(header::ORIGIN, origin) }
    };
    let cross_site = [("cross-site", EVIL), ("cross-site", "null"), ("cross-site", ""), ("", EVIL), ("", "null")];
    let same_site = [("same-site", other_port.as_str()), ("same-site", ""), ("", &other_port)];
    cross_site.into_iter().chain(same_site).map(says).collect()
}

pub(super) async fn act_for_the_victim(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    victim.store("note", "the victim's").await?;
    let requests = [
        put_item("note", "planted"),
        Request::put("/items/note").body("text/plain", json!({"value": "planted"}).to_string()),
        Request::delete("/items"),
        Request::delete("/logins"),
        Request::post("/password").form(&[("current", PASSWORD), ("new", "a password of the attacker")]),
        Request::post("/logout").form(&[]),
        Request::post("/logout"),
    ];
    for request in &requests {
        for request in from_elsewhere(attempt, request) {
            let answer = victim.ask(request).await?;
            fell_if((200..400).contains(&answer.status), format!("{} from another site was done", answer.in_short()))?;
        }
    }
    victim.is_logged_in().await?;
    let note = victim.ask(Request::get("/items/note")).await?.is_json(200)?;
    fell_if(note["value"] != "the victim's", "another site changed an item")
}

/// A victim who is silently logged in as the attacker gives the attacker everything they enter.
pub(super) async fn log_the_victim_in(attempt: &mut Attempt) -> Played {
    let attacker = attempt.account("attacker").await?;
    for with in [LoginWith::Form, LoginWith::Json] {
        for request in from_elsewhere(attempt, &with.request(&attacker, PASSWORD)) {
            let answer = attempt.somebody("victim's browser").ask(request).await?;
            let logged_in = answer.new_cookie().is_some() || answer.status == 200;
            fell_if(logged_in, "another site logged the victim in as the attacker")?;
        }
    }
    Ok(())
}

/// A form can send any text as `text/plain` without a CORS preflight; a script cannot.
pub(super) async fn send_json_as_text(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    let form = "application/x-www-form-urlencoded";
    for content_type in ["text/plain", "", "multipart/form-data; boundary=x", form, "application/csp-report"] {
        let body = json!({"value": "planted"}).to_string();
        let answer = victim.ask(Request::put("/items/note").body(content_type, body)).await?;
        fell_if(answer.status < 400, format!("JSON was read from `{content_type}`"))?;
    }
    victim.is_logged_in().await?;
    Ok(())
}

pub(super) async fn change_by_reading(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    victim.store("note", "stays").await?;
    let attacker = attempt.account("attacker").await?;
    let login = format!("/login?username={attacker}&password={}", encoded(PASSWORD));
    let writes = ["/logout", "/logout?how=flush", "/logins", "/items", "/items/note?_method=DELETE", "/password"];
    for path in writes.into_iter().chain(["/register", &login]) {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            victim.ask(Request::new(method, path).from_a_browser()).await?;
        }
    }
    let still = victim.client.whoami().await?;
    let note = victim.ask(Request::get("/items/note")).await?;
    fell_if(still.as_ref() != Some(&victim.username) || note.status != 200, "a link changed something")
}

pub(super) async fn read_across_origins(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    for origin in [EVIL, "null"] {
        let answer = victim.ask(Request::get("/mine").header(header::ORIGIN, origin)).await?;
        let allowed = answer.header("access-control-allow-origin");
        let allows = format!("`Access-Control-Allow-Origin: {}` for {origin}", allowed.unwrap_or_default());
        fell_if(allowed.is_some(), allows)?;
        let preflight = Request::new(Method::OPTIONS, "/items/note")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT");
        let answer = victim.ask(preflight).await?;
        let is_granted = answer.header("access-control-allow-origin").is_some();
        fell_if(is_granted, format!("a preflight of {origin} was granted"))?;
    }
    Ok(())
}

pub(super) async fn frame_the_page(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    for path in ["/mine", "/login", "/"] {
        let answer = victim.ask(Request::get(path).from_a_browser()).await?;
        answer.ensure(answer.status < 400, "a page")?;
        let policy = answer.header("content-security-policy").unwrap_or_default();
        fell_if(!policy.contains("frame-ancestors 'none'"), format!("{path} may be framed by anybody"))?;
    }
    Ok(())
}
