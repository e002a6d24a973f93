//! Sessions of the former version stay valid in Redis, although this version uses other key names.

use crate::support::{
    account::Account,
    deployment::{Database, Deployment, Reach, Sessions, Store, folder},
    ending, former,
    handed::Kind,
    launch::Launch,
};

/// The new version starts without the settings that only the former version needed.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_the_former_version_in_redis_go_on_after_the_upgrade() {
    if !former::is_here() {
        return;
    }
    let Some(store) = Store::start().await else { return };
    let files = folder();
    let deployment =
        Deployment::new(Database::sqlite(&files), Reach::Feed).with_sessions(Sessions::Redis(store.url(0)));
    let before = deployment.on(Launch::former("session-svc").expect("the former version is built")).start().await;
    let account = Account::new("upgraded");
    account.register(&before).await;
    let (one, other) = (account.log_in(Kind::Session, &before).await, account.log_in(Kind::Session, &before).await);
    before.stop().await;
    let after = deployment.launch("session-svc").start().await;
    assert_eq!(account.status(&after, &one).await, 200);
    let all = account.answered(&after, one.shown_in(ending::all())).await;
    assert_eq!(all.status, 204, "{}", all.text());
    for login in [&one, &other] {
        assert_eq!(account.status(&after, login).await, 401);
    }
}
