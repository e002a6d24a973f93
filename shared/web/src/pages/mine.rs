//! `/mine`: the login, its items, the form for a new password, and the logout button.

use std::collections::BTreeMap;

use authlab_mechanism::login::Login;
use jiff::Timestamp;
use maud::{Markup, html};

use super::{Site, words};

/// The form that changes the password.
#[derive(Clone, Copy, Debug)]
pub struct PasswordForm<'a> {
    /// Why the password was not changed.
    pub error: Option<&'a str>,
    /// In characters.
    pub min_length: usize,
}

pub fn mine(site: Site<'_>, login: &Login, items: &BTreeMap<String, String>, form: PasswordForm<'_>) -> Markup {
    let body = html! {
        section.sheet {
            p.label { "Logged in as" }
            h1 { bdi { (login.username) } }
            dl.facts {
                div { dt.label { "Since" } dd { (time(login.issued_at)) } }
                div { dt.label { "Until" } dd { (time(login.expires_at)) } }
                div { dt.label { "Credential" } dd { (words::credential(site.card)) } }
            }
            form method="post" action="/logout" { button { "Log out" } }
        }
        div.pair {
            section.sheet { (password(login, form)) }
            section.sheet {
                h2 { "Items" }
                (table(items))
            }
        }
    };
    site.page("Mine", "/mine", &body)
}

fn time(instant: Timestamp) -> Markup {
    html! { time datetime=(instant.to_string()) { (words::instant(instant)) } }
}

fn table(items: &BTreeMap<String, String>) -> Markup {
    if items.is_empty() {
        return html! { p.soft { "None. A program stores an item with " code { "PUT /items/{key}" } "." } };
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label="Items" {
            table {
                thead { tr { th scope="col" { "Key" } th scope="col" { "Value" } } }
                tbody {
                    @for (key, value) in items {
                        tr { th scope="row" { code { (key) } } td { code dir="auto" { (value) } } }
                    }
                }
            }
        }
    }
}

fn password(login: &Login, form: PasswordForm<'_>) -> Markup {
    html! {
        h2 #password { "Change the password" }
        @if let Some(error) = form.error { p role="alert" { (words::sentence(error)) } }
        form method="post" action="/password" {
            // Password managers need the username. Without a `name` it is not sent.
            input type="text" value=(login.username) autocomplete="username" hidden;
            div.field {
                label for="current" { "Current password" }
                input #current type="password" name="current" autocomplete="current-password" required;
            }
            div.field {
                label for="new" { "New password" }
                input #new type="password" name="new" autocomplete="new-password" minlength=(form.min_length) required;
            }
            button { "Change password" }
        }
    }
}
