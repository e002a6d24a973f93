//! Text that must stay text: it could become a header, markup, another username or another site's address.

use authlab_client::{
    answer::Answer,
    expect::ensure,
    fresh,
    request::{Request, encoded},
    visitor::{LoginWith, Visitor, login_leading_to, registration},
};
use serde_json::json;

use super::{Attempt, Played, fell_if};

/// Adds header lines if the service writes it unescaped.
const HEADER: &str = "a\r\nSet-Cookie: injected=1; Path=/\r\nX-Injected: 1\r\n\r\n<script>";

pub(super) async fn split_the_headers(attempt: &mut Attempt) -> Played {
    let mut person = attempt.person("attacker").await?;
    for value in [HEADER, "\0\u{1b}[31m\u{7f}", "\u{2028}\u{2029}", "%0d%0aSet-Cookie:injected=1"] {
        for seal in ["signed", "plain", "private"] {
            let body = json!({"value": value, "seal": seal});
            let answer = person.ask(Request::put("/items/note").json(&body)).await?;
            fell_if(is_split(&answer), "the text of an item became a header")?;
        }
        let read = person.ask(Request::get("/items/note?seal=private")).await?;
        fell_if(is_split(&read), "the text of an item became a header when it was read")?;
    }
    let login = login_leading_to("/mine\r\nX-Injected: 1", &person.username);
    let answer = attempt.somebody("victim").ask(login).await?;
    fell_if(is_split(&answer), "`next` became a header")?;
    let answer = attempt.somebody("attacker").ask(Request::get("/items/a%0d%0aX-Injected:%201")).await?;
    fell_if(is_split(&answer), "a key became a header")
}

fn is_split(answer: &Answer) -> bool {
    answer.header("x-injected").is_some() || answer.set_cookie("injected").is_some()
}

/// A username and an item that run as a script if a page shows them unescaped.
pub(super) async fn put_markup_into_a_page(attempt: &mut Attempt) -> Played {
    const MARKUP: &str = "<script>alert(1)</script>";
    let username = format!("{MARKUP}{}", fresh::username("x"));
    attempt.somebody("attacker").ask(registration(&username)).await?.is(201)?;
    let mut person = Visitor::log_in(attempt.somebody("attacker"), &username, LoginWith::Form).await?;
    person.store("note", "\"><img src=x onerror=alert(1)>").await?;
    let reflected = format!("/login?next=/%22%3E{}", encoded(MARKUP));
    for path in ["/mine", "/", &reflected] {
        let page = person.ask(Request::get(path).from_a_browser()).await?.text();
        let has_markup = page.contains(MARKUP) || page.contains("<img src=x");
        fell_if(has_markup, format!("the page {path} contains unescaped markup"))?;
    }
    let wrong = Request::post("/login").form(&[("username", &username), ("password", "not the right password")]);
    let page = attempt.somebody("attacker").once(wrong.from_a_browser()).await?;
    fell_if(page.text().contains(MARKUP), "the login form contains unescaped markup")
}

/// Names that look equal, or that become equal when normalized twice (Spotify, 2013).
pub(super) async fn register_a_twin_name(attempt: &mut Attempt) -> Played {
    let base = format!("fi\u{e9}-{}", fresh::username("bob"));
    attempt.somebody("victim").ask(registration(&base)).await?.is(201)?;
    let full_width: String = base.chars().map(|c| if c.is_ascii_lowercase() { widened(c) } else { c }).collect();
    let twins = [
        base.to_uppercase(),
        format!(" {base}"),
        format!("{base} "),
        format!("{base}\u{200b}"),
        format!("\u{2060}{base}"),
        base.replace('\u{e9}', "e\u{301}"),
        base.replace("fi", "\u{fb01}"),
        base.replace("bob", "\u{1d2e}\u{1d3c}\u{1d2e}"),
        full_width,
        format!("{base}\u{202e}"),
        format!("{base}\0"),
    ];
    for twin in twins {
        let answer = attempt.somebody("attacker").ask(registration(&twin)).await?;
        fell_if(answer.status == 201, format!("`{}` was registered although `{base}` exists", twin.escape_debug()))?;
        answer.ensure(matches!(answer.status, 409 | 422), "409 or 422")?;
    }
    Ok(())
}

/// The full-width form of an ASCII letter.
fn widened(letter: char) -> char {
    char::from_u32(u32::from(letter) - u32::from('a') + 0xff41).unwrap_or(letter)
}

/// Addresses that look like a local path, but that browsers resolve to another site.
const ELSEWHERE: [&str; 17] = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\n/evil.example",
    "http:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
];

pub(super) async fn redirect_elsewhere(attempt: &mut Attempt) -> Played {
    let username = attempt.account("victim").await?;
    for next in ELSEWHERE {
        let answer = attempt.somebody("victim").ask(login_leading_to(next, &username)).await?;
        answer.is(303)?;
        let location = answer.header("location").unwrap_or_default();
        fell_if(!is_local(location), format!("the login redirects to `{}`", location.escape_debug()))?;
    }
    let answer = attempt.somebody("victim").ask(login_leading_to("/items", &username)).await?;
    let location = answer.header("location");
    Ok(ensure(location == Some("/items"), "a local `next` to be followed", || format!("{location:?}"))?)
}

/// Reads the address as browsers do: they drop white space and treat a backslash as a slash (WHATWG URL §4.4).
fn is_local(location: &str) -> bool {
    let plain: String = location.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let plain = plain.replace('\\', "/");
    plain.starts_with('/') && !plain.starts_with("//")
}
