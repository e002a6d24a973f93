//! Promises that only cookie-svc makes: the login and every item are signed cookies.

use authlab_client::{expect::ensure, request::Request};
use serde_json::json;

use super::{Checked, Context, credentials::tampered};

pub(super) async fn the_login_is_a_signed_cookie(context: &Context) -> Checked {
    let someone = context.someone().await?;
    let (name, value) = someone.cookie()?;
    ensure(name == "login", "the cookie `login`", || name.to_owned())?;
    // The format of Django's `signing.dumps`: value, time stamp and signature, each safe in a URL.
    let parts: Vec<&str> = value.split(':').collect();
    let safe = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    ensure(parts.len() == 3 && parts.iter().all(safe), "value:stamp:signature", || format!("{} parts", parts.len()))
}

pub(super) async fn an_item_is_a_cookie_of_its_own(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let answer = someone.put("note", "一").await?;
    let names: Vec<String> = answer.set_cookies().map(|cookie| cookie.name().to_owned()).collect();
    ensure(names == ["note"], "the cookie `note` and no other", || names.join(", "))?;
    let removed = someone.ask(Request::delete("/items/note")).await?;
    removed.ensure(removed.deletes_cookie("note"), "the cookie `note` deleted")
}

pub(super) async fn a_changed_item_is_a_bad_signature(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("note", "signed").await?;
    let value = someone.client.jar().value("note").unwrap_or_default().to_owned();
    someone.client.jar_mut().replace("note", tampered(&value));
    someone.ask(Request::get("/items/note")).await?.is_problem(400, "bad-signature")?;
    // The signature includes the cookie's name, so the value is invalid under another name.
    someone.client.jar_mut().replace("other", value);
    someone.ask(Request::get("/items/other")).await?.is_problem(400, "bad-signature")?;
    someone.has_items(&json!({})).await?;
    someone.is_logged_in().await
}

pub(super) async fn the_name_of_the_login_is_reserved(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    someone.put("login", "anything").await?.is_problem(422, "invalid-input")?;
    someone.is_logged_in().await
}
