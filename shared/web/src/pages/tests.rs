//! Facts about every page: hostile text is escaped, nothing is loaded from other hosts, forms are labelled.

use std::{collections::BTreeMap, time::Duration};

use authlab_accounts::Registration;
use authlab_mechanism::{
    cookie_attributes::CookieAttributes,
    login::{Card, Carrier, Login, Place, Scheme, StateLives, TokenCookies},
};
use jiff::Timestamp;
use serde_json::json;

use super::{CredentialsForm, PasswordForm, STYLE, Site, docs, home, login, mine, problem, register, words};

const HOSTILE: &str = "<script>alert(1)</script>\"'&";
const WEEKS: Duration = Duration::from_hours(14 * 24);

fn open(card: &Card) -> Site<'_> {
    Site { card, registration: Registration::Open }
}

fn cookie() -> Card {
    Card {
        mechanism: "cookie",
        state_lives: StateLives::Client,
        store: None,
        carriers: &[Carrier::Cookie],
        scheme: Scheme::Cookie("login".into()),
        cookies: CookieAttributes::DEFAULT,
        lifetime: WEEKS,
        login_lifetime: WEEKS,
        logins_at_most: None,
        staleness: Duration::ZERO,
        anonymous_items: true,
        concurrent_item_writes: true,
    }
}

fn session() -> Card {
    Card {
        mechanism: "session",
        state_lives: StateLives::Server,
        store: Some(Place::Redis),
        scheme: Scheme::Cookie("sessionid".into()),
        ..cookie()
    }
}

fn token() -> Card {
    Card {
        mechanism: "token",
        carriers: &[Carrier::Bearer, Carrier::Cookie],
        scheme: Scheme::Bearer(TokenCookies { access: "token", refresh: "refresh" }),
        lifetime: Duration::from_mins(5),
        login_lifetime: Duration::from_mins(5),
        anonymous_items: false,
        concurrent_item_writes: false,
        ..cookie()
    }
}

fn form<'a>(username: &'a str, error: Option<&'a str>) -> CredentialsForm<'a> {
    CredentialsForm { username, next: Some("/mine"), error, password_min_length: 15 }
}

fn alice(username: &str) -> Login {
    Login {
        username: username.to_owned(),
        issued_at: Timestamp::from_second(1_700_000_000).unwrap(),
        expires_at: Timestamp::from_second(1_701_209_600).unwrap(),
    }
}

/// `/mine` of somebody without items.
fn mine_of(card: &Card, username: &str) -> String {
    let form = PasswordForm { error: None, min_length: 15 };
    mine(open(card), &alice(username), &BTreeMap::new(), form).into_string()
}

fn document() -> serde_json::Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "authlab", "version": "0.1.0", "description": HOSTILE},
        "tags": [{"name": "login", "description": "Beginning and ending a login"}, {"name": "empty"}],
        "paths": {
            "/items/{key}": {
                "put": {
                    "tags": ["login"],
                    "summary": "Keep an item",
                    "parameters": [{"name": "key", "in": "path", "required": true, "schema": {"type": "string"}}],
                    "requestBody": {
                        "required": true,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewItem"}}}
                    },
                    "responses": {"204": {"description": "It is kept"}, "413": {"description": "`too-large`"}}
                }
            },
            "/login": {
                "post": {"tags": ["login"], "summary": HOSTILE, "responses": {"200": {"description": "Logged in"}}}
            }
        },
        "components": {"schemas": {"NewItem": {
            "type": "object",
            "required": ["value"],
            "properties": {
                "value": {"type": "string", "description": "any text"},
                "max_age": {"type": ["integer", "null"], "format": "int64"}
            }
        }}}
    })
}

fn every_page() -> Vec<String> {
    let items = BTreeMap::from([(HOSTILE.to_owned(), HOSTILE.to_owned())]);
    let mut pages = vec![docs(open(&cookie()), &document())];
    for card in [cookie(), session(), token()] {
        let (site, form) = (open(&card), form(HOSTILE, Some(HOSTILE)));
        let password = PasswordForm { error: Some(HOSTILE), min_length: 15 };
        pages.extend([home(site, Some(HOSTILE)), home(site, None), problem(site, HOSTILE, HOSTILE)]);
        pages.extend([login(site, &form), register(site, &form), mine(site, &alice(HOSTILE), &items, password)]);
    }
    pages.into_iter().map(maud::PreEscaped::into_string).collect()
}

/// The values of all occurrences of an attribute.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    page.split(&format!(" {attribute}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn hostile_text_stays_text_wherever_it_comes_from() {
    for page in every_page() {
        assert!(!page.contains("<script") && !page.contains("&amp;amp;"), "{page}");
    }
    let page = home(open(&cookie()), Some(HOSTILE)).into_string();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;'&amp;"), "{page}");
}

#[test]
fn pages_load_nothing_from_elsewhere_and_carry_no_style_of_their_own() {
    for page in every_page() {
        for address in ["src", "href", "action"].iter().flat_map(|attribute| values(&page, attribute)) {
            let stays_here = address.starts_with('/') && !address.starts_with("//");
            assert!(stays_here || address.starts_with('#') || address.starts_with("data:image/"), "{address}");
            assert!(!address.contains("http://") && !address.contains("https://"), "{address}");
        }
        assert!(!page.contains(" style=") && !page.contains("<style"), "{page}");
    }
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
}

#[test]
fn a_refused_login_keeps_the_name_and_says_why_and_forgets_the_password() {
    let page = login(open(&cookie()), &form("alice", Some("Wrong name or password."))).into_string();
    assert!(page.contains("role=\"alert\">Wrong name or password.<"), "{page}");
    assert!(page.contains("value=\"alice\"") && page.contains("aria-invalid=\"true\""));
    assert!(page.contains("<input type=\"hidden\" name=\"next\" value=\"/mine\">"));
    assert_eq!(values(&page, "value"), ["alice", "/mine"]);
}

#[test]
fn a_fresh_form_shows_no_alert() {
    let page = login(open(&cookie()), &form("", None)).into_string();
    assert!(!page.contains("role=\"alert\"") && !page.contains("aria-invalid"));
}

#[test]
fn password_managers_are_told_which_password_is_meant() {
    let login = login(open(&cookie()), &form("", None)).into_string();
    assert_eq!(values(&login, "autocomplete"), ["username", "current-password"]);
    assert!(!login.contains("minlength"));
    let register = register(open(&cookie()), &form("", None)).into_string();
    assert_eq!(values(&register, "autocomplete"), ["username", "new-password"]);
    assert!(register.contains("minlength=\"15\"") && register.contains("At least 15 characters"));
    assert_eq!(values(&mine_of(&cookie(), "alice"), "autocomplete"), ["username", "current-password", "new-password"]);
}

#[test]
fn every_field_has_a_label() {
    for page in every_page() {
        for id in values(&page, "id").into_iter().filter(|id| page.contains(&format!("<input id=\"{id}\""))) {
            assert!(page.contains(&format!("<label for=\"{id}\"")), "{id} has no label");
        }
    }
}

#[test]
fn the_way_between_the_forms_keeps_where_the_person_wanted_to_go() {
    let page = login(open(&cookie()), &form("", None)).into_string();
    assert!(page.contains("href=\"/register?next=%2Fmine\""), "{page}");
}

#[test]
fn mine_tells_since_when_and_until_when_for_people_and_for_programs() {
    let page = mine_of(&session(), "爱丽丝");
    assert!(page.contains("<bdi>爱丽丝</bdi>"));
    assert!(page.contains("<time datetime=\"2023-11-14T22:13:20Z\">2023-11-14 22:13:20 UTC</time>"), "{page}");
    assert!(page.contains("action=\"/logout\"") && page.contains("action=\"/password\""));
}

#[test]
fn a_home_page_follows_from_its_card() {
    assert!(home(open(&cookie()), None).into_string().contains("By a signed cookie."));
    assert!(home(open(&session()), None).into_string().contains("a record in Redis"));
    assert!(home(open(&token()), None).into_string().contains("5 minutes"));
}

#[test]
fn clauses_become_sentences() {
    let told = ["this name is taken; choose another", "Is it?", "wait…", "élan"].map(words::sentence);
    assert_eq!(told, ["This name is taken; choose another.", "Is it?", "Wait…", "Élan."]);
}

#[test]
fn durations_are_told_in_the_largest_unit_that_divides_them() {
    let told = [1, 59, 60, 300, 3_601, 86_400, 1_209_600].map(|s| words::duration(Duration::from_secs(s)));
    assert_eq!(told, ["1 second", "59 seconds", "1 minute", "5 minutes", "3601 seconds", "1 day", "2 weeks"]);
}

#[test]
fn the_docs_show_every_call_with_its_fields_under_its_tag() {
    let page = docs(open(&cookie()), &document()).into_string();
    assert!(page.contains("href=\"#put--items--key-\"") && page.contains("id=\"put--items--key-\""), "{page}");
    assert!(page.contains("<code>key</code><br><span class=\"must\">required</span>"));
    assert!(page.contains("href=\"#schema-newitem\"") && page.contains("id=\"schema-newitem\""));
    assert!(page.contains("integer or null (int64)"));
    assert!(page.contains("<code>too-large</code>"));
    assert!(page.contains("id=\"tag-login\"") && !page.contains("id=\"tag-empty\""));
}

#[test]
fn where_nobody_can_register_no_page_leads_there() {
    let card = cookie();
    let closed = Site { card: &card, registration: Registration::Closed };
    for page in [home(closed, None), login(closed, &form("", None)), problem(closed, "Not found", "nothing is here")] {
        assert!(!page.into_string().contains("/register"));
    }
}
