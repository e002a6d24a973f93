//! A rolling upgrade: the former and the new version run at the same time on one database and one key. Each accepts the
//! credentials of both, and an ending at either reaches both.

use std::time::Duration;

use authlab_client::request::Request;
use futures_util::{StreamExt as _, future::join_all, stream};
use tokio::time::sleep;

use crate::support::{
    account::Account,
    complaints::Complaints,
    deployment::{Database, Deployment, Reach, Server, Sessions, Store, folder},
    ending, former,
    handed::{Handed, Kind},
    instance::Instance,
    launch::Launch,
    password::Password,
};

/// The contract allows an ending one second to reach every instance. The former version stamps with a resolution of a
/// second.
const ONE_SECOND: Duration = Duration::from_millis(1_100);
const AT_ONCE: usize = 4;
const SERVICES: [&str; 3] = ["cookie-svc", "session-svc", "token-svc"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Former,
    New,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Logout,
    All,
    Password,
}

/// One instance of each service in each version.
struct Both {
    name: String,
    former: Vec<Instance>,
    new: Vec<Instance>,
}

/// The logins before the ending, and the one that the ending hands out.
struct Logins {
    target: Handed,
    bystander: Handed,
    fresh: Option<Handed>,
}

/// One account with a login of each version, and an ending at one version.
struct Cell<'b> {
    both: &'b Both,
    kind: Kind,
    handed_out_by: Version,
    asked_at: Version,
    way: Way,
    account: Account,
    complaints: &'b Complaints,
}

impl Version {
    const ALL: [Self; 2] = [Self::Former, Self::New];
}

impl Both {
    async fn start(deployment: &Deployment) -> Self {
        // As in an upgrade, the former version starts first: it refuses to start on tables of the new version.
        let launch = |service| deployment.on(Launch::former(service).expect("the former version is built"));
        let former = join_all(SERVICES.map(|service| async move { launch(service).start().await })).await;
        let new = join_all(SERVICES.map(|service| async move { deployment.launch(service).start().await })).await;
        Self { name: deployment.to_string(), former, new }
    }

    fn at(&self, kind: Kind, version: Version) -> &Instance {
        let service = SERVICES.iter().position(|service| *service == kind.service()).expect("each service is started");
        match version {
            Version::Former => &self.former[service],
            Version::New => &self.new[service],
        }
    }

    fn cells<'b>(&'b self, complaints: &'b Complaints) -> Vec<Cell<'b>> {
        let mut cells = Vec::new();
        for kind in Kind::ALL {
            for handed_out_by in Version::ALL {
                for asked_at in Version::ALL {
                    for way in [Way::Logout, Way::All, Way::Password] {
                        let account = Account::new("upgraded");
                        cells.push(Cell { both: self, kind, handed_out_by, asked_at, way, account, complaints });
                    }
                }
            }
        }
        cells
    }
}

impl Cell<'_> {
    /// Registers the account and begins a login at one version.
    async fn first(&self) -> Handed {
        self.account.register(self.at(self.handed_out_by)).await;
        self.account.log_in(self.kind, self.at(self.handed_out_by)).await
    }

    /// Begins a login at the other version. Both versions must accept both logins.
    async fn second(&self, target: Handed) -> Logins {
        let other = if self.handed_out_by == Version::New { Version::Former } else { Version::New };
        let bystander = self.account.log_in(self.kind, self.at(other)).await;
        self.lives(&target, "a login").await;
        self.lives(&bystander, "a login of the other version").await;
        Logins { target, bystander, fresh: None }
    }

    async fn check(&self, logins: &Logins) {
        self.has_ended(&logins.target, "the ended login").await;
        match self.way {
            Way::Logout => self.lives(&logins.bystander, "the other login").await,
            Way::All | Way::Password => self.has_ended(&logins.bystander, "the other login").await,
        }
        if let Some(fresh) = &logins.fresh {
            self.lives(fresh, "the login that changed the password").await;
        }
        self.begin_again().await;
    }

    fn at(&self, version: Version) -> &Instance {
        self.both.at(self.kind, version)
    }

    /// Requests the ending with this login. Returns the credential that a password change hands out.
    async fn end(&self, target: &Handed) -> Option<Handed> {
        let request = match self.way {
            Way::Logout => ending::logout(),
            Way::All => ending::all(),
            Way::Password => ending::first_password(),
        };
        let answer = self.account.answered(self.at(self.asked_at), target.shown_in(request)).await;
        if answer.status >= 300 {
            self.complain(&format!("the ending got {}", answer.status), &answer.text());
        }
        Handed::by(&answer).filter(|_| self.way == Way::Password)
    }

    /// Logins after the ending must work, whichever version begins them.
    async fn begin_again(&self) {
        let password = if self.way == Way::Password { Password::SECOND } else { Password::FIRST };
        for version in Version::ALL {
            if password == Password::SECOND {
                let refused =
                    self.account.ask(self.at(version), self.account.login(self.kind, Password::FIRST)).await.status;
                if refused != 401 {
                    self.complain(&format!("a login with the old password got {refused} from {version:?}"), "");
                }
            }
            let later = self.account.log_in_with(self.kind, self.at(version), password).await;
            // The former version stamps logins with generation 0. After an ending by the new version, the new version
            // refuses them: one login too many ends, but none survives wrongly.
            let is_older = (version, self.asked_at) == (Version::Former, Version::New) && self.way != Way::Logout;
            let at = if is_older { &[Version::Former][..] } else { &Version::ALL };
            self.is_answered(&later, "a login after the ending", (200, at)).await;
        }
    }

    async fn lives(&self, handed: &Handed, what: &str) {
        self.is_answered(handed, what, (200, &Version::ALL)).await;
    }

    async fn has_ended(&self, handed: &Handed, what: &str) {
        self.is_answered(handed, what, (401, &Version::ALL)).await;
    }

    async fn is_answered(&self, handed: &Handed, what: &str, (expected, at): (u16, &[Version])) {
        for version in at {
            let request = handed.shown_in(Request::get("/mine"));
            let status = self.account.answered(self.at(*version), request).await.status;
            if status != expected {
                self.complain(&format!("{what} got {status} from {version:?}, not {expected}"), "");
            }
        }
    }

    fn complain(&self, what: &str, particulars: &str) {
        let Self { kind, handed_out_by, asked_at, way, .. } = self;
        let cell = format!("{kind:?} handed out by {handed_out_by:?}, {way:?} asked at {asked_at:?}");
        self.complaints.add(format!("{cell}: {what}"), format!("{} {particulars}", self.both.name));
    }
}

async fn upgrade(deployment: &Deployment) {
    let both = Both::start(deployment).await;
    let complaints = Complaints::default();
    let cells = both.cells(&complaints);
    let first = few(cells.iter().map(|cell| async move { (cell, cell.first().await) })).await;
    // Former cookies of one account and one second count as one login.
    sleep(ONE_SECOND).await;
    let both_logins =
        few(first.into_iter().map(|(cell, target)| async move { (cell, cell.second(target).await) })).await;
    sleep(ONE_SECOND).await;
    let ended = both_logins.into_iter().map(|(cell, mut logins)| async move {
        logins.fresh = cell.end(&logins.target).await;
        (cell, logins)
    });
    let ended = few(ended).await;
    sleep(ONE_SECOND).await;
    few(ended.iter().map(|(cell, logins)| cell.check(logins))).await;
    complaints.none();
}

/// Runs few at a time: an overloaded service answers 503, and that proves nothing.
async fn few<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    stream::iter(futures).buffer_unordered(AT_ONCE).collect().await
}

#[tokio::test(flavor = "multi_thread")]
async fn during_an_upgrade_on_sqlite_endings_reach_both_versions() {
    if !former::is_here() {
        return;
    }
    let files = folder();
    upgrade(&Deployment::new(Database::sqlite(&files), Reach::Feed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn during_an_upgrade_on_postgresql_endings_reach_both_versions() {
    if !former::is_here() {
        return;
    }
    let Some(server) = Server::start().await else { return };
    upgrade(&Deployment::new(server.database(), Reach::Feed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn during_an_upgrade_with_sessions_in_redis_endings_reach_both_versions() {
    if !former::is_here() {
        return;
    }
    let Some(store) = Store::start().await else { return };
    let files = folder();
    let deployment =
        Deployment::new(Database::sqlite(&files), Reach::Feed).with_sessions(Sessions::Redis(store.url(0)));
    upgrade(&deployment.during_an_upgrade()).await;
}
