//! A name and a password: the form that `/login` and `/register` have in common.

use maud::{Markup, html};

use super::{
    Site,
    holdings::holdings,
    layout::{Frame, page},
    words,
};

/// What a credentials form is shown with, empty or after it was refused.
#[derive(Clone, Copy, Debug)]
pub struct CredentialsForm<'a> {
    pub username: &'a str,
    /// Where to go after logging in: a local path.
    pub next: Option<&'a str>,
    pub error: Option<&'a str>,
    pub password_min_length: usize,
}

/// How the two forms differ.
pub(super) struct Purpose<'a> {
    pub(super) path: &'a str,
    pub(super) title: &'a str,
    pub(super) lead: &'a str,
    /// `current-password` or `new-password`: what a password manager should fill in or offer to make.
    pub(super) password: &'a str,
    pub(super) password_hint: Option<String>,
    /// The shortest password that the browser lets through.
    pub(super) min_length: Option<usize>,
    pub(super) elsewhere: Markup,
}

pub(super) fn credentials(site: Site<'_>, form: &CredentialsForm<'_>, purpose: &Purpose<'_>) -> Markup {
    let frame = Frame { site, title: purpose.title, path: purpose.path };
    page(
        &frame,
        &html! {
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
        },
    )
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

/// The password is never filled in again: a page must not hold one.
fn password(form: &CredentialsForm<'_>, purpose: &Purpose<'_>) -> Markup {
    html! {
        div.field {
            label for="password" { "Password" }
            input #password type="password" name="password" autocomplete=(purpose.password) required
                minlength=[purpose.min_length] autofocus[!form.username.is_empty()]
                aria-invalid=[form.error.map(|_| "true")]
                aria-describedby=[purpose.password_hint.as_ref().map(|_| "password-hint")];
            @if let Some(hint) = &purpose.password_hint { small #password-hint { (hint) } }
        }
    }
}

/// The way from one form to the other keeps where the person wanted to go.
pub(super) fn with_next(path: &str, next: Option<&str>) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    match next {
        Some(next) => format!("{path}?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC)),
        None => path.to_owned(),
    }
}
