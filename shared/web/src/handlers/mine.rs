//! `/mine`: the caller's login and its items.

use std::collections::BTreeMap;

use authlab_mechanism::login::{Login, Recalled};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use maud::Markup;

use super::{html, see_other};
use crate::{
    App,
    contract::{Mine, RecordBody},
    door::{Caller, Delivery},
    pages::{self, PasswordForm},
    problem::Problem,
};

/// Get the caller's login and its items
#[utoipa::path(
    get, path = "/mine", tag = "login", security(("login" = [])),
    responses(
        (status = 200, description = "The login and its items", content((Mine = "application/json"), (String = "text/html"))),
        (status = 303, description = "A browser that is not logged in: redirect to /login"),
    )
)]
pub async fn mine(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let card = app.mechanism().card();
    let Recalled { login, items, handover } = app.recall(&caller.presented).await?;
    let delivered = caller.deliver(&app.door, handover, Delivery::AsItCame)?;
    match login {
        Err(denied) if caller.prefers_html => {
            app.watch_for(&denied.into(), Some(caller.address));
            Ok(see_other("/login?next=/mine", delivered))
        }
        Err(denied) => Err(denied.into()),
        Ok(login) if caller.prefers_html => {
            let page = html(http::StatusCode::OK, mine_page(&app, &login, &items, None));
            Ok((delivered.headers, page).into_response())
        }
        Ok(login) => Ok((delivered.headers, Json(Mine::new(card, login, items))).into_response()),
    }
}

/// The page, with the form that changes the password and the error of that form.
pub(super) fn mine_page(app: &App, login: &Login, items: &BTreeMap<String, String>, error: Option<&str>) -> Markup {
    let form = PasswordForm { error, min_length: app.accounts.policy.password_min_length };
    pages::mine(app.site(), login, items, form)
}

/// Get what the server keeps for this login
#[utoipa::path(
    get, path = "/mine/record", tag = "login", security(("login" = [])),
    responses((status = 200, description = "The place, the number of bytes, and the record", body = RecordBody))
)]
pub async fn record(State(app): State<App>, caller: Caller) -> Result<Json<RecordBody>, Problem> {
    Ok(Json(app.mechanism().record(&caller.presented).await?.into()))
}
