//! `/register` and `/password`.

use authlab_mechanism::login::{Granted, Login};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::{credentials, done, mine::mine_page, page_or_json, refused, see_other};
use crate::{
    App,
    body::Input,
    contract::{FormDescription, FreshToken, PasswordChange, Registered, Registration},
    door::{Caller, Delivered, Delivery},
    events::Event,
    pages,
    problem::{Kind, Problem},
};

/// The change cannot be undone, and a second attempt with the old password fails.
const LOGIN_NOT_REPLACED: &str = "the password was changed and all logins have ended, but this login could not be replaced; \
                         log in with the new password";

/// The registration form
#[utoipa::path(
    get, path = "/register", tag = "accounts",
    responses(
        (status = 200, description = "The form", content((FormDescription = "application/json"), (String = "text/html"))),
        (status = 403, description = "Registration is closed"),
    )
)]
pub async fn register_form(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    app.accounts.require_open_registration()?;
    Ok(page_or_json(
        &caller,
        || pages::register(app.site(), &credentials(&app, "", None, None)),
        || FormDescription { method: "POST", action: "/register", fields: vec!["username", "password"] },
    ))
}

/// Create an account
#[utoipa::path(
    post, path = "/register", tag = "accounts",
    request_body(content((Registration = "application/json"), (Registration = "application/x-www-form-urlencoded"))),
    responses(
        (status = 201, description = "Registered", body = Registered),
        (status = 303, description = "A form succeeded: redirect to /login"),
        (status = 403, description = "Registration is closed, or another site sent the request"),
        (status = 409, description = "The name is taken"),
        (status = 422, description = "The name or the password is not acceptable"),
        (status = 429, description = "Too many registrations, or too many passwords to hash at once"),
    )
)]
pub async fn register(State(app): State<App>, caller: Caller, input: Input<Registration>) -> Result<Response, Problem> {
    let Registration { username, password } = input.value;
    let registered = app.accounts.register(&username, password, caller.address).await.map_err(Problem::from);
    app.happened(Event::REGISTER, caller.address, registered.as_ref().map(|account| Some(account.id)));
    match registered {
        Ok(_) if input.is_form => Ok(see_other("/login", Delivered::default())),
        Ok(account) => Ok((StatusCode::CREATED, Json(Registered { username: account.username })).into_response()),
        // Without registration there is no form to show again.
        Err(problem) if problem.kind == Kind::RegistrationClosed => Err(problem),
        Err(problem) => refused(problem, input.is_form, &caller, |error| {
            pages::register(app.site(), &credentials(&app, &username, None, Some(error)))
        }),
    }
}

/// Change the password: replace this login, and end the others where the mechanism can
#[utoipa::path(
    post, path = "/password", tag = "accounts", security(("login" = [])),
    request_body(content((PasswordChange = "application/json"), (PasswordChange = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Changed; the body holds a fresh token", body = FreshToken),
        (status = 204, description = "Changed"),
        (status = 303, description = "A form succeeded: redirect to /mine"),
        (status = 401, description = "Not logged in, or the current password is wrong"),
        (status = 422, description = "The new password is not acceptable"),
        (status = 429, description = "Too many wrong passwords"),
    )
)]
pub async fn change_password(
    State(app): State<App>,
    caller: Caller,
    input: Input<PasswordChange>,
) -> Result<Response, Problem> {
    let recalled = app.recall(&caller.presented).await?;
    let login = recalled.login?;
    let changed = change(&app, &caller, &login, input.value).await;
    app.happened(Event::PASSWORD_CHANGE, caller.address, changed.as_ref().map(|(account, _)| Some(*account)));
    match changed {
        Ok((_, granted)) => {
            let delivery = if input.is_form { Delivery::Cookie } else { Delivery::AsItCame };
            let delivered = caller.deliver(&app.door, granted.handover, delivery)?;
            Ok(if input.is_form { see_other("/mine", delivered) } else { done(delivered) })
        }
        Err(problem) => {
            refused(problem, input.is_form, &caller, |error| mine_page(&app, &login, &recalled.items, Some(error)))
        }
    }
}

async fn change(app: &App, caller: &Caller, login: &Login, change: PasswordChange) -> Result<(i64, Granted), Problem> {
    let passwords = (change.current, change.new);
    let account = app.accounts.change_password(&login.username, passwords, caller.address).await?;
    let renewed = app.mechanism().replace_login(caller.new_login(&account, &caller.device(), None, true)).await;
    match renewed {
        Ok(granted) => Ok((account.id, granted)),
        Err(refusal) => Err(Problem { detail: LOGIN_NOT_REPLACED.into(), ..refusal.into() }),
    }
}
