//! `/login`: the form.

use maud::{Markup, html};

use super::{
    Site,
    credentials::{CredentialsForm, Purpose, credentials, with_next},
};

pub fn login(site: Site<'_>, form: &CredentialsForm<'_>) -> Markup {
    let purpose = Purpose {
        path: "/login",
        title: "Log in",
        lead: "The service then remembers you without your password.",
        password: "current-password",
        password_hint: None,
        min_length: None,
        elsewhere: html! {
            @if site.leads_to("/register") {
                p.soft { "No account yet? " a href=(with_next("/register", form.next)) { "Register" } "." }
            }
        },
    };
    credentials(site, form, &purpose)
}
