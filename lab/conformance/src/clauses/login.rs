//! Login with JSON: the answer, and what it must not reveal.

use std::time::Duration;

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure, instant, members},
    fresh,
    request::{Request, encoded},
    visitor::{LoginWith, PASSWORD, register},
};
use serde_json::Value;
use tokio::time::Instant;

use super::{Checked, Context};

pub(super) async fn the_login_says_whose_it_is_and_until_when(context: &Context) -> Checked {
    let about = context.about()?;
    let someone = context.someone().await?;
    let body = someone.login.is_json(200)?;
    let token: &[&str] = if about.hands_out_tokens() { &["token"] } else { &[] };
    members(&body, &[&["username", "mechanism", "issued_at", "expires_at"], token].concat())?;
    someone.login.ensure(body["username"] == someone.username, "the name that logged in")?;
    someone.login.ensure(body["mechanism"] == about.mechanism, "the mechanism that /about names")?;
    let lives = instant(&body, "expires_at")?.as_second() - instant(&body, "issued_at")?.as_second();
    let is_as_said = u64::try_from(lives) == Ok(about.lifetime);
    ensure(is_as_said, format!("a login of {} s, as /about says", about.lifetime), || format!("{lives} s"))
}

/// The factor by which an answer must be faster to prove that no password was hashed, even on a busy machine.
const TELLING: u32 = 6;

/// Both refusals have the same words and a similar time. If unknown names skip the hash, their answer is many times
/// faster.
pub(super) async fn an_unknown_name_is_refused_like_a_wrong_password(context: &Context) -> Checked {
    let known = context.account().await?;
    let unknown = fresh::username("unknown");
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        of_known.push(refused(context, &known).await?);
        of_unknown.push(refused(context, &unknown).await?);
    }
    let (known, unknown) = (&of_known[0].0, &of_unknown[0].0);
    let came = || format!("{}, but {}", unknown.in_short(), known.in_short());
    ensure(words(known) == words(unknown), "the same words for an unknown name", came)?;
    let fastest = |tries: &[(Answer, Duration)]| tries.iter().map(|(_, took)| *took).min().unwrap_or_default();
    let (known, unknown) = (fastest(&of_known), fastest(&of_unknown));
    let is_alike = unknown * TELLING > known && known * TELLING > unknown;
    let came = || format!("{unknown:?} instead of {known:?}");
    ensure(is_alike, "about the same time for an unknown name", came)
}

async fn refused(context: &Context, username: &str) -> Result<(Answer, Duration), Failure> {
    let mut visitor = context.client();
    visitor.connect().await?;
    let start = Instant::now();
    let answer = visitor.send(LoginWith::Json.request(username, "not the right password")).await?;
    let took = start.elapsed();
    answer.is_problem(401, "invalid-credentials")?;
    Ok((answer, took))
}

fn words(answer: &Answer) -> Option<[Value; 4]> {
    let problem = answer.json()?;
    Some(["type", "title", "status", "detail"].map(|member| problem[member].clone()))
}

pub(super) async fn a_refused_login_hands_out_nothing(context: &Context) -> Checked {
    let username = context.account().await?;
    let (answer, _) = refused(context, &username).await?;
    answer.ensure(answer.set_cookies().all(|cookie| cookie.deletes()), "no cookie with a refusal")?;
    answer.ensure(answer.json().is_some_and(|body| body["token"].is_null()), "no token with a refusal")
}

pub(super) async fn a_link_cannot_log_anybody_in(context: &Context) -> Checked {
    let username = context.account().await?;
    let mut visitor = context.client();
    let link = format!("/login?username={}&password={}", encoded(&username), encoded(PASSWORD));
    visitor.send(Request::get(link).from_a_browser()).await?;
    visitor.send(Request::get("/mine")).await?.is_problem(401, "not-logged-in")
}

pub(super) async fn each_login_has_a_credential_of_its_own(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    // Two stamped credentials of one second may be equal. Mechanisms that list logins must still issue different ones.
    let mut other = context.elsewhere(&someone).await?;
    someone.is_logged_in().await?;
    other.is_logged_in().await?;
    if context.about()?.can.revoke_login {
        let alike = someone.credential == other.credential;
        ensure(!alike, "two credentials for two logins that can be ended apart", || "the same one twice".to_owned())?;
    }
    Ok(())
}

pub(super) async fn a_password_is_taken_as_it_is(context: &Context) -> Checked {
    let username = fresh::username("conform");
    let with_spaces = format!("  {PASSWORD}\u{3000}\t");
    context.ask(register(&username, &with_spaces)).await?.is(201)?;
    context.ask(LoginWith::Json.request(&username, &with_spaces)).await?.is(200)
}
