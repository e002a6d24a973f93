//! `/items`: the state that a client carries or the server keeps for it.

use std::time::Duration;

use authlab_mechanism::items::{ItemKey, NewItem, Opening, Sealing, Which};
use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::done;
use crate::{
    App,
    body::JsonBody,
    contract::{FreshToken, ItemBody, ItemFound, ItemList, SealWord, whole_seconds},
    door::{Caller, Delivery},
    problem::{Kind, Problem},
};

/// The parameters for opening an item.
#[derive(Debug, Deserialize)]
pub struct ReadQuery {
    #[serde(default, deserialize_with = "whole_seconds")]
    max_age: Option<Duration>,
    #[serde(default)]
    seal: SealWord,
    #[serde(default)]
    salt: String,
}

/// List all items
#[utoipa::path(
    get, path = "/items", tag = "items", security(("login" = []), ()),
    responses((status = 200, description = "The items", body = ItemList))
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let recalled = app.recall(&caller.presented).await?;
    if !app.mechanism().card().anonymous_items {
        recalled.login?;
    }
    let delivered = caller.deliver(&app.door, recalled.handover, Delivery::AsItCame)?;
    Ok((delivered.headers, Json(ItemList { items: recalled.items })).into_response())
}

/// Get one item
#[utoipa::path(
    get, path = "/items/{key}", tag = "items", security(("login" = []), ()),
    params(
        ("key" = String, Path, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$", description = "The name of the item"),
        ("max_age" = Option<u64>, Query, format = "uint64", description = "cookie-svc: the maximum age of the item, in seconds"),
        ("seal" = Option<SealWord>, Query, description = "cookie-svc: how the item was protected"),
        ("salt" = Option<String>, Query, description = "cookie-svc: the purpose for which the item was signed"),
    ),
    responses(
        (status = 200, description = "The item", body = ItemFound),
        (status = 400, description = "cookie-svc: the signature is wrong, or the item is too old"),
        (status = 404, description = "No such item"),
        (status = 422, description = "The key is invalid"),
    )
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<String>,
    Query(ReadQuery { max_age, seal, salt }): Query<ReadQuery>,
) -> Result<Json<ItemFound>, Problem> {
    let key = item_key(&key)?;
    let opening = Opening { max_age, sealing: Sealing { seal: seal.into(), salt } };
    let item = app.mechanism().item(&caller.presented, &key, &opening).await?;
    let item = item.ok_or_else(|| Problem::new(Kind::NotFound, "there is no item with this key"))?;
    Ok(Json(ItemFound { key: key.into_string(), value: item.value, expires_at: item.expires_at }))
}

/// Store an item
#[utoipa::path(
    put, path = "/items/{key}", tag = "items", security(("login" = []), ()), request_body = ItemBody,
    params(("key" = String, Path, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$", description = "The name of the item")),
    responses(
        (status = 200, description = "Stored; the body holds a fresh token", body = FreshToken),
        (status = 204, description = "Stored"),
        (status = 413, description = "The item is too large; nothing was changed"),
        (status = 422, description = "The key or the body is invalid"),
    )
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<String>,
    JsonBody(body): JsonBody<ItemBody>,
) -> Result<Response, Problem> {
    let ItemBody { value, max_age, seal, salt } = body;
    let item = NewItem { key: item_key(&key)?, value, max_age, sealing: Sealing { seal: seal.into(), salt } };
    let handover = app.mechanism().put_item(&caller.presented, item).await?;
    Ok(done(caller.deliver(&app.door, handover, Delivery::AsItCame)?))
}

/// Delete an item
#[utoipa::path(
    delete, path = "/items/{key}", tag = "items", security(("login" = []), ()),
    params(("key" = String, Path, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$", description = "The name of the item")),
    responses(
        (status = 200, description = "Deleted; the body holds a fresh token", body = FreshToken),
        (status = 204, description = "Deleted, or there was none"),
        (status = 422, description = "The key is invalid"),
    )
)]
pub async fn remove(State(app): State<App>, caller: Caller, Path(key): Path<String>) -> Result<Response, Problem> {
    let key = item_key(&key)?;
    forget(&app, &caller, Which::One(&key)).await
}

/// Delete all items
#[utoipa::path(
    delete, path = "/items", tag = "items", security(("login" = []), ()),
    responses(
        (status = 200, description = "Deleted; the body holds a fresh token", body = FreshToken),
        (status = 204, description = "Deleted, or there was none"),
    )
)]
pub async fn remove_all(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    forget(&app, &caller, Which::All).await
}

async fn forget(app: &App, caller: &Caller, which: Which<'_>) -> Result<Response, Problem> {
    let handover = app.mechanism().remove_items(&caller.presented, which).await?;
    Ok(done(caller.deliver(&app.door, handover, Delivery::AsItCame)?))
}

fn item_key(text: &str) -> Result<ItemKey, Problem> {
    text.parse()
        .map_err(|error: authlab_mechanism::items::BadItemKey| Problem::new(Kind::InvalidInput, error.to_string()))
}
