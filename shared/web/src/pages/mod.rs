//! The HTML pages. Functions from data to markup: no request, store or header is touched here.
//!
//! Every page works without scripts and loads nothing but [`STYLE`], so that the strictest content security policy applies.
//! The texts about a mechanism follow from its [`Card`], so a new mechanism needs no page of its own.

#[cfg(test)]
mod contrast;
mod credentials;
mod docs;
mod home;
mod layout;
mod mark;
mod mine;
mod problem;
#[cfg(test)]
mod tests;
mod words;

pub use self::{
    credentials::{CredentialsForm, login, register},
    docs::docs,
    home::home,
    mark::mark,
    mine::{PasswordForm, mine},
    problem::problem,
    words::sentence,
};

use authlab_accounts::Registration;
use authlab_mechanism::login::Card;

/// The service that the pages belong to.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    pub card: &'a Card,
    /// If registration is closed, no page links to it.
    pub registration: Registration,
}

/// The style sheet, served at `/style.css`. The lab's page uses it too.
pub const STYLE: &str = concat!(include_str!("tokens.css"), include_str!("style.css"), include_str!("docs/docs.css"));
