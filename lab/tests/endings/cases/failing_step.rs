//! Every table in turn refuses writes while a login is ended. The client tries again, and the second try must do what
//! the first one should have done.

use std::time::Duration;

use authlab_client::{answer::Answer, request::Request, visitor::refresh};
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::support::{
    account::Account,
    complaints::Complaints,
    deployment::{Deployment, Reach, Server},
    ending::{self, Ending},
    handed::{Handed, Kind},
    instance::Instance,
};

/// The contract allows an ending one second to reach every instance.
const ONE_SECOND: Duration = Duration::from_secs(1);
const SERVICES: [&str; 3] = ["cookie-svc", "session-svc", "token-svc"];
const ENDINGS: [Ending; 5] = [Ending::Logout, Ending::One, Ending::All, Ending::Others, Ending::Password];

/// A table refuses writes while its name is in the table `failing`.
const TRIGGERS: &str = "
    CREATE TABLE failing (name TEXT NOT NULL);
    CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM failing WHERE name = TG_TABLE_NAME) THEN
            RAISE EXCEPTION 'this table fails for a test';
        END IF;
        RETURN NULL;
    END $$;
    DO $$
    DECLARE named TEXT;
    BEGIN
        FOR named IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('failing', '_sqlx_migrations')
        LOOP
            EXECUTE format('CREATE TRIGGER fails BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION fails()', named);
        END LOOP;
    END $$";

struct Cell<'i> {
    kind: Kind,
    ending: Ending,
    table: &'i str,
    at: &'i [Instance; 2],
    account: Account,
    caller: Handed,
    target: Handed,
    bystander: Handed,
}

impl<'i> Cell<'i> {
    async fn prepare(kind: Kind, ending: Ending, table: &'i str, at: &'i [Instance; 2]) -> Self {
        let account = Account::new("retried");
        account.register(&at[0]).await;
        let caller = account.log_in(kind, &at[0]).await;
        let target = account.log_in(kind, &at[0]).await;
        let bystander = account.log_in(kind, &at[1]).await;
        Self { kind, ending, table, at, account, caller, target, bystander }
    }

    async fn request(&self) -> Request {
        match self.ending {
            Ending::Logout => ending::logout(),
            Ending::One => ending::one(&ending::id_of(&self.account, &self.target, &self.at[0]).await.unwrap()),
            Ending::All => ending::all(),
            Ending::Others => ending::others(),
            Ending::Password => ending::first_password(),
        }
    }

    async fn ask(&self, request: &Request) -> Answer {
        let shows = if self.ending == Ending::Logout { &self.target } else { &self.caller };
        self.account.ask(&self.at[0], shows.shown_in(request.clone())).await
    }

    /// Ended logins must stay ended, and the other logins must still work, whichever try ended them.
    async fn check(&self, last: &Answer, complaints: &Complaints) {
        let is_done = (200..300).contains(&last.status);
        // 401 is right if the first try ended the login that asks or replaced the password: then the others have ended
        // too.
        if !is_done && last.status != 401 {
            self.complain(complaints, &format!("the second try got {}", last.status), &last.text());
            return;
        }
        self.has_ended(&self.target, "the target", complaints).await;
        match self.ending {
            Ending::Logout | Ending::One => {
                self.lives(&self.bystander, "a bystander", complaints).await;
                if is_done {
                    self.lives(&self.caller, "the asking login", complaints).await;
                }
            }
            Ending::All | Ending::Others | Ending::Password => {
                self.has_ended(&self.bystander, "a bystander", complaints).await;
            }
        }
        let goes_on = match self.ending {
            Ending::Others => Some(Handed::by(last).unwrap_or_else(|| self.caller.clone())),
            Ending::Password => Handed::by(last),
            _ => None,
        };
        if let Some(handed) = goes_on.filter(|_| is_done) {
            self.lives(&handed, "the login that goes on", complaints).await;
        }
    }

    async fn lives(&self, handed: &Handed, what: &str, complaints: &Complaints) {
        for at in self.at {
            let status = self.account.status(at, handed).await;
            if status != 200 {
                self.complain(complaints, &format!("{what} should work, got {status}"), "");
            }
        }
    }

    async fn has_ended(&self, handed: &Handed, what: &str, complaints: &Complaints) {
        for at in self.at {
            let status = self.account.status(at, handed).await;
            if status != 401 {
                self.complain(complaints, &format!("{what} should have ended, got {status}"), "");
            }
        }
        if let Some(token) = &handed.refresh
            && Handed::by(&self.account.ask(&self.at[1], refresh(token)).await).is_some()
        {
            self.complain(complaints, &format!("{what} should have ended but was refreshed"), "");
        }
    }

    fn complain(&self, complaints: &Complaints, what: &str, particulars: &str) {
        let Self { kind, ending, table, .. } = self;
        complaints.add(format!("{kind:?}, {ending:?}, `{table}` failed: {what}"), particulars);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_try_does_what_the_first_one_should_have_done() {
    let Some(server) = Server::start().await else { return };
    let deployment = Deployment::new(server.own_database(), Reach::Feed);
    let starts = SERVICES.map(|service| {
        let launch = deployment.launch(service);
        async move { [launch.start().await, launch.start().await] }
    });
    let instances: Vec<[Instance; 2]> = join_all(starts).await;
    server.ask(TRIGGERS);
    let tables = server.ask("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'fails' ORDER BY 1");
    let (mut tried, mut failures) = (Vec::new(), 0);
    for table in tables.lines() {
        let cells = Kind::ALL.into_iter().flat_map(|kind| ENDINGS.map(|ending| (kind, ending)));
        let cells = cells.filter(|cell| *cell != (Kind::Cookie, Ending::One)).map(|(kind, ending)| {
            let service = SERVICES.iter().position(|service| *service == kind.service()).unwrap();
            Cell::prepare(kind, ending, table, &instances[service])
        });
        let cells = join_all(cells).await;
        let requests = join_all(cells.iter().map(Cell::request)).await;
        server.ask(&format!("INSERT INTO failing VALUES ('{table}')"));
        let first = join_all(cells.iter().zip(&requests).map(|(cell, request)| cell.ask(request))).await;
        server.ask("DELETE FROM failing");
        for ((cell, request), first) in cells.into_iter().zip(requests).zip(first) {
            let failed = first.status >= 500;
            failures += usize::from(failed);
            let last = if failed { cell.ask(&request).await } else { first };
            tried.push((cell, last));
        }
    }
    assert!(failures > 0, "no ending writes to any of {tables}");
    sleep(ONE_SECOND).await;
    let complaints = Complaints::default();
    join_all(tried.iter().map(|(cell, last)| cell.check(last, &complaints))).await;
    complaints.none();
}
