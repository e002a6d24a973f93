//! The form with username and password that `/login` and `/register` share.

use maud::{Markup, html};

use super::{
    Site,
    holdings::holdings,
    layout::{Frame, page},
    words,
};

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
pub(super) struct Purpose<'a> {
    pub(super) path: &'a str,
    pub(super) title: &'a str,
    pub(super) lead: &'a str,
    /// `current-password` or `new-password`: whether a password manager fills in a password or offers a new one.
    pub(super) password: &'a str,
    pub(super) password_hint: Option<String>,
    /// The minimum length that the browser enforces.
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

/// Never filled in again after an error: a page must not contain a password.
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

/// The link from one form to the other, which keeps `next`.
pub(super) fn with_next(path: &str, next: Option<&str>) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    match next {
        Some(next) => format!("{path}?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC)),
        None => path.to_owned(),
    }
}
