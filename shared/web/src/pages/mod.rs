//! The pages a person sees: data in, markup out. Nothing here reads a request, asks a store or sets a header.
//!
//! Every page works without script and loads nothing but [`STYLE`], so that the strictest content security policy fits.
//! What a page says about its mechanism follows from the [`Card`], so a fourth mechanism needs no
//! page of its own.

#[cfg(test)]
mod contrast;
mod credentials;
mod docs;
mod holdings;
mod home;
mod layout;
mod login;
mod mark;
mod mine;
mod problem;
mod register;
#[cfg(test)]
mod tests;
mod words;

pub use self::{
    credentials::CredentialsForm,
    docs::docs,
    home::home,
    login::login,
    mark::mark,
    mine::{PasswordForm, mine},
    problem::problem,
    register::register,
    words::sentence,
};

use authlab_accounts::Registration;
use authlab_mechanism::login::Card;

/// Whose pages they are.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    pub card: &'a Card,
    /// Where nobody can register, nothing leads there.
    pub registration: Registration,
}

/// The style sheet, served at `/style.css`; the lab page builds on it too.
pub const STYLE: &str = concat!(include_str!("tokens.css"), include_str!("style.css"), include_str!("docs/docs.css"));
