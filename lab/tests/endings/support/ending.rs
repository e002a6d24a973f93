//! The calls that end logins.

use authlab_client::request::{Request, encoded};
use serde_json::json;

use super::{account::Account, handed::Handed, instance::Instance, password::Password};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ending {
    /// `POST /logout`
    Logout,
    /// `DELETE /logins/{id}`
    One,
    /// `DELETE /logins`
    All,
    /// `DELETE /logins?except=current`
    Others,
    /// `POST /password`
    Password,
}

pub(crate) fn logout() -> Request {
    Request::post("/logout")
}

pub(crate) fn one(id: &str) -> Request {
    Request::delete(format!("/logins/{}", encoded(id)))
}

pub(crate) fn all() -> Request {
    Request::delete("/logins")
}

pub(crate) fn others() -> Request {
    Request::delete("/logins?except=current")
}

/// Changes the first password to the second.
pub(crate) fn first_password() -> Request {
    password(Password::FIRST, Password::SECOND)
}

pub(crate) fn password(from: Password, to: Password) -> Request {
    Request::post("/password").json(&json!({"current": from.text(), "new": to.text()}))
}

/// The id of this login in the list of logins.
pub(crate) async fn id_of(account: &Account, handed: &Handed, at: &Instance) -> Result<String, String> {
    let answer = account.answered(at, handed.shown_in(Request::get("/logins"))).await;
    let body = answer.json().unwrap_or_default();
    let current = body["logins"].as_array().into_iter().flatten().find(|login| login["current"] == true);
    let id = current.and_then(|login| login["id"].as_str()).map(str::to_owned);
    id.ok_or_else(|| format!("an active login is not listed; the list got {}: {}", answer.status, answer.text()))
}
