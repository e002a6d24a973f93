//! A rolling upgrade: an instance of the former version beside one of this version, on the same database and with the same key.
//! Credentials of both are known at both, and an ending at either reaches both.

use std::time::Duration;

use authlab_client::request::Request;
use futures_util::{StreamExt as _, future::join_all, stream};
use tokio::time::sleep;

use crate::support::{account::Account, complaints::Complaints, deployment::{Database, Deployment, Reach, Server, Sessions, Store, folder}, ending, former, handed::{Handed, Kind}, instance::Instance, launch::Launch};

/// What the contract allows until every instance knows. The former version tells no two events of one second apart.
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

/// The instances of both versions.
struct Both {
    name: String,
    former: Vec<Instance>,
    new: Vec<Instance>,
}

/// What is there before the ending, and what the ending hands out.
struct Logins {
    target: Handed,
    bystander: Handed,
    fresh: Option<Handed>,
}

/// One account: a login that each version handed out, and an ending at one of them.
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
        // The former version cannot start on tables of this one: it is there first, as in an upgrade.
        let launch = |service| deployment.on(Launch::former(service).expect("it is here"));
        let former = join_all(SERVICES.map(|service| async move { launch(service).start().await })).await;
        let new = join_all(SERVICES.map(|service| async move { deployment.launch(service).start().await })).await;
        Self { name: deployment.to_string(), former, new }
    }

    fn at(&self, kind: Kind, version: Version) -> &Instance {
        let service = SERVICES.iter().position(|service| *service == kind.service()).expect("each is there");
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
    /// A login of one version.
    async fn first(&self) -> Handed {
        self.account.register(self.at(self.handed_out_by)).await;
        self.account.log_in(self.kind, self.at(self.handed_out_by), 0).await
    }

    /// One of the other version, and both are known to both.
    async fn second(&self, target: Handed) -> Logins {
        let other = if self.handed_out_by == Version::New { Version::Former } else { Version::New };
        let bystander = self.account.log_in(self.kind, self.at(other), 0).await;
        self.lives(&target, "a login").await;
        self.lives(&bystander, "a login of the other version").await;
        Logins { target, bystander, fresh: None }
    }

    async fn judge(&self, logins: &Logins) {
        self.has_ended(&logins.target, "the login that ends").await;
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

    /// Asks for the ending in the name of this login; what is handed out for it.
    async fn end(&self, target: &Handed) -> Option<Handed> {
        let request = match self.way {
            Way::Logout => ending::logout(),
            Way::All => ending::all(),
            Way::Password => ending::password(0, 1),
        };
        let answer = self.account.answered(self.at(self.asked_at), target.shown_in(request)).await;
        if answer.status >= 300 {
            self.complain(&format!("the ending is answered {}", answer.status), &answer.text());
        }
        Handed::by(&answer).filter(|_| self.way == Way::Password)
    }

    /// Logins after the ending live, whichever version begins them.
    async fn begin_again(&self) {
        let password = usize::from(self.way == Way::Password);
        for version in Version::ALL {
            if password == 1 {
                let refused = self.account.ask(self.at(version), self.account.login(self.kind, 0)).await.status;
                if refused != 401 {
                    self.complain(&format!("a login with the old password is answered {refused} by {version:?}"), "");
                }
            }
            let later = self.account.log_in(self.kind, self.at(version), password).await;
            // What the former version hands out is of generation 0, and so older than an ending that the new version wrote down: too
            // much has ended then, and not too little.
            let is_older = (version, self.asked_at) == (Version::Former, Version::New) && self.way != Way::Logout;
            let at = if is_older { &[Version::Former][..] } else { &Version::ALL };
            self.is_answered(&later, "a login after it", (200, at)).await;
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
                self.complain(&format!("{what} is answered {status} by {version:?}, not {expected}"), "");
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
    // Former cookies of one second are one login.
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
    few(ended.iter().map(|(cell, logins)| cell.judge(logins))).await;
    complaints.none();
}

/// A few at the same time: what is too busy proves nothing.
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
