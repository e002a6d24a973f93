//! Opaque tokens: random, with all data on the server.

use authlab_client::{
    expect::{ensure, members},
    request::Request,
    visitor::{LoginWith, PASSWORD, Visitor},
};
use futures_util::future::join_all;

use super::{Checked, Context, credentials::tampered, logins::end};

const OPAQUE: LoginWith<'_> = LoginWith::Kind("opaque");

pub(super) async fn an_opaque_token_keeps_its_items_in_its_row(context: &Context) -> Checked {
    let mut someone = context.someone_with(OPAQUE).await?;
    someone.put("note", "kept").await?.is_empty(204)?;
    someone.has_item("note", "kept").await?;
    let record = someone.ask(Request::get("/mine/record")).await?.is_json(200)?;
    members(&record, &["where", "bytes", "record"])?;
    ensure(record["where"] == "sql" || record["where"] == "redis", "`where` to be sql or redis", || {
        record.to_string()
    })?;
    let has_record = record["bytes"] != 0 && record["record"].is_object();
    ensure(has_record, "the record and its size in bytes", || record.to_string())?;
    someone.ask(Request::delete("/items/note")).await?.is_empty(204)?;
    someone.ask(Request::delete("/items")).await?.is_empty(204)
}

pub(super) async fn items_written_at_once_to_an_opaque_token_survive(context: &Context) -> Checked {
    let mut someone = context.someone_with(OPAQUE).await?;
    let keys: Vec<String> = (0..5).map(|number| format!("item{number}")).collect();
    let mut copies: Vec<Visitor> = keys.iter().map(|_| someone.copy()).collect();
    let writes = copies.iter_mut().zip(&keys).map(|(copy, key)| copy.put(key, "at once"));
    for answer in join_all(writes).await {
        answer?.is_empty(204)?;
    }
    let items = someone.items().await?;
    ensure(items.as_object().is_some_and(|items| items.len() == keys.len()), "all five items", || items.to_string())
}

pub(super) async fn an_opaque_token_is_random_and_taken_whole(context: &Context) -> Checked {
    let (someone, other) = (context.someone_with(OPAQUE).await?, context.someone_with(OPAQUE).await?);
    let (own, others) = (someone.credential.text(), other.credential.text());
    ensure(own != others && own.len() >= 22, "at least 128 random bits", || "fewer".to_owned())?;
    let forgeries = [tampered(own), own[..own.len() - 1].to_owned(), format!("{own}0"), own.to_uppercase()];
    context.refuses(forgeries.map(|forgery| someone.forged(&forgery)), (401, "not-logged-in")).await?;
    context.ask(Request::get("/mine").bearer(own)).await?.is(200)?;
    context.ask(Request::get("/mine").cookie("token", own)).await?.is(200)
}

pub(super) async fn an_opaque_login_ends_at_once(context: &Context) -> Checked {
    let mut someone = context.someone_with(OPAQUE).await?;
    let mut copy = someone.copy();
    someone.log_out().await?.is_empty(204)?;
    copy.is_logged_out().await
}

pub(super) async fn logins_of_either_kind_stand_in_one_list(context: &Context) -> Checked {
    let mut someone = context.someone_with(LoginWith::Kind("jwt")).await?;
    let mut other = Visitor::log_in(context.client(), &someone.username, OPAQUE).await?;
    if !context.about()?.can.list_logins {
        return someone.ask(Request::get("/logins")).await?.is_problem(501, "mechanism-cannot");
    }
    let logins = someone.logins().await?;
    ensure(logins.len() == 2, "both logins", || format!("{logins:?}"))?;
    let opaque = someone.other_login_id().await?;
    someone.ask(end(&opaque)).await?.is_empty(204)?;
    other.is_logged_out().await?;
    someone.is_logged_in().await
}

pub(super) async fn an_unknown_kind_is_refused(context: &Context) -> Checked {
    let someone = context.someone().await?;
    let login = LoginWith::Kind("paseto").request(&someone.username, PASSWORD);
    context.ask(login).await?.is_problem(422, "invalid-input")
}
