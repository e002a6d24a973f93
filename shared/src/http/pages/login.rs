//! `/login`: the form.

use maud::{Markup, html};

use super::credentials::{CredentialsForm, Purpose, credentials, with_next};
use crate::login::Card;

pub fn login(card: &Card, form: &CredentialsForm<'_>) -> Markup {
    let purpose = Purpose {
        path: "/login",
        title: "Log in",
        lead: "After this the service will know you again without your password.",
        password: "current-password",
        password_hint: None,
        min_length: None,
        elsewhere: html! {
            p.soft { "No account yet? " a href=(with_next("/register", form.next)) { "Register" } "." }
        },
    };
    credentials(card, form, &purpose)
}
