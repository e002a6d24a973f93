//! `/login` and `/register`: one form with username and password.

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Site, home::holdings, words};

/// The contents of the form: empty, or after a refusal.
#[derive(Clone, Copy, Debug)]
pub struct CredentialsForm<'a> {
    pub username: &'a str,
    /// Where to go after logging in: a local path.
    pub next: Option<&'a str>,
    pub error: Option<&'a str>,
    pub password_min_length: usize,
}

/// The differences between the two forms.
struct Purpose<'a> {
    path: &'a str,
    title: &'a str,
    lead: &'a str,
    /// `current-password` or `new-password`: whether a password manager fills in a password or offers a new one.
    password: &'a str,
    /// The minimum length that the browser enforces.
    min_length: Option<usize>,
    elsewhere: Markup,
}

pub fn login(site: Site<'_>, form: &CredentialsForm<'_>) -> Markup {
    let purpose = Purpose {
        path: "/login",
        title: "Log in",
        lead: "The service then remembers you without your password.",
        password: "current-password",
        min_length: None,
        elsewhere: html! {
            @if site.leads_to("/register") {
                p.soft { "No account yet? " a href=(with_next("/register", form.next)) { "Register" } "." }
            }
        },
    };
    credentials(site, form, &purpose)
}

pub fn register(site: Site<'_>, form: &CredentialsForm<'_>) -> Markup {
    let purpose = Purpose {
        path: "/register",
        title: "Register",
        lead: "Choose a username in any script, and a long password.",
        password: "new-password",
        min_length: Some(form.password_min_length),
        elsewhere: html! {
            p.soft { "Have an account? " a href=(with_next("/login", form.next)) { "Log in" } "." }
        },
    };
    credentials(site, form, &purpose)
}

fn credentials(site: Site<'_>, form: &CredentialsForm<'_>, purpose: &Purpose<'_>) -> Markup {
    let body = html! {
        div.pair {
            section.sheet {
                h1 { (purpose.title) }
                p { (purpose.lead) }
                @if let Some(error) = form.error { p #error role="alert" { (words::sentence(error)) } }
                form method="post" action=(purpose.path) {
                    (username(form))
                    (password(form, purpose))
                    @if let Some(next) = form.next { input type="hidden" name="next" value=(next); }
                    button { (purpose.title) }
                }
                (purpose.elsewhere)
            }
            aside.aside {
                h2.label { "What logging in does here" }
                (holdings(site.card))
                p.soft { (words::recognition(site.card)) }
            }
        }
    };
    site.page(purpose.title, purpose.path, &body)
}

fn username(form: &CredentialsForm<'_>) -> Markup {
    html! {
        div.field {
            label for="username" { "Username" }
            input #username type="text" name="username" value=(form.username) autocomplete="username"
                autocapitalize="none" spellcheck="false" required autofocus[form.username.is_empty()]
                aria-invalid=[form.error.map(|_| "true")] aria-describedby=[form.error.map(|_| "error")];
        }
    }
}

/// Never filled in again after an error: a page must not contain a password.
fn password(form: &CredentialsForm<'_>, purpose: &Purpose<'_>) -> Markup {
    html! {
        div.field {
            label for="password" { "Password" }
            input #password type="password" name="password" autocomplete=(purpose.password) required
                minlength=[purpose.min_length] autofocus[!form.username.is_empty()]
                aria-invalid=[form.error.map(|_| "true")]
                aria-describedby=[purpose.min_length.map(|_| "password-hint")];
            @if let Some(shortest) = purpose.min_length {
                small #password-hint { "At least " (shortest) " characters, for example several unrelated words." }
            }
        }
    }
}

/// The link from one form to the other, which keeps `next`.
fn with_next(path: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("{path}?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC)),
        None => path.to_owned(),
    }
}
