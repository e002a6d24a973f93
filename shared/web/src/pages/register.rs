//! `/register`: the form.

use maud::{Markup, html};

use super::{
    Site,
    credentials::{CredentialsForm, Purpose, credentials, with_next},
};

pub fn register(site: Site<'_>, form: &CredentialsForm<'_>) -> Markup {
    let shortest = form.password_min_length;
    let purpose = Purpose {
        path: "/register",
        title: "Register",
        lead: "Choose a username in any script, and a long password.",
        password: "new-password",
        password_hint: Some(format!("At least {shortest} characters, for example several unrelated words.")),
        min_length: Some(shortest),
        elsewhere: html! {
            p.soft { "Have an account? " a href=(with_next("/login", form.next)) { "Log in" } "." }
        },
    };
    credentials(site, form, &purpose)
}
