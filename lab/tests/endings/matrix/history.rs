//! The history of one account: every credential that was handed out, and whether it should work.

use std::sync::Arc;

use authlab_client::{answer::Answer, request::Request};
use tokio::time::Instant;

use super::{
    cell::Cell,
    cluster::{Cluster, Group},
    place::Place,
};
use crate::support::{
    account::Account,
    complaints::Complaints,
    ending::{self, Ending},
    handed::{Handed, Kind},
    password::Password,
};

/// What every instance should answer to a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Active,
    Ended,
    /// The login overlapped an ending: it is active everywhere or nowhere.
    Either,
}

/// A credential.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) group: Group,
    pub(super) kind: Kind,
    /// The instance that stamped the credential.
    pub(super) place: Place,
    pub(super) handed: Handed,
    /// The name of the credential in complaints.
    pub(super) what: &'static str,
    pub(super) expected: Expected,
    pub(super) since: Instant,
    /// The index of the first credential of the same login.
    root: usize,
}

pub(super) struct History {
    pub(super) cell: Cell,
    pub(super) account: Account,
    pub(super) password: Password,
    pub(super) logins: Vec<Login>,
    pub(super) cluster: Arc<Cluster>,
    pub(super) complaints: Arc<Complaints>,
}

impl History {
    pub(super) fn new(cell: Cell, cluster: &Arc<Cluster>, complaints: &Arc<Complaints>) -> Self {
        let (cluster, complaints) = (Arc::clone(cluster), Arc::clone(complaints));
        Self { cell, account: Account::new("cell"), password: Password::FIRST, logins: Vec::new(), cluster, complaints }
    }

    /// Begins a login of the cell's kind.
    pub(super) async fn begin(&mut self, place: Place, what: &'static str) -> usize {
        self.begin_at((self.cell.group, self.cell.kind), place, what).await
    }

    pub(super) async fn begin_at(&mut self, (group, kind): (Group, Kind), place: Place, what: &'static str) -> usize {
        let handed = self.account.log_in_with(kind, self.cluster.at(group, place), self.password).await;
        self.add((group, kind), place, handed, what)
    }

    pub(super) fn add(
        &mut self,
        (group, kind): (Group, Kind),
        place: Place,
        handed: Handed,
        what: &'static str,
    ) -> usize {
        let (root, since) = (self.logins.len(), Instant::now());
        self.logins.push(Login { group, kind, place, handed, what, expected: Expected::Active, since, root });
        root
    }

    /// Adds another credential of the same login; it has the same expected state.
    pub(super) fn add_to(&mut self, login: usize, place: Place, handed: Handed, what: &'static str) -> usize {
        let former = &self.logins[login];
        let (of, expected, root) = ((former.group, former.kind), former.expected, former.root);
        let added = self.add(of, place, handed, what);
        self.logins[added].expected = expected;
        self.logins[added].root = root;
        added
    }

    /// Requests an ending with the credential of `caller` and records the expected states. Returns `None` if it was
    /// refused.
    pub(super) async fn end(&mut self, ending: Ending, (caller, target): (usize, usize), at: Place) -> Option<()> {
        let request = match ending {
            Ending::Logout => ending::logout(),
            Ending::One => ending::one(&self.id(target).await.unwrap_or_default()),
            Ending::All => ending::all(),
            Ending::Others => ending::others(),
            Ending::Password => ending::password(self.password, self.password.next()),
        };
        let answer = self.ask(caller, request, at).await;
        self.ended(ending, (caller, target), at, &answer)
    }

    /// Sends a request with the credential of a login. Returns the answer, and whether the request was retried.
    pub(super) async fn ask(&self, login: usize, request: Request, at: Place) -> (Answer, bool) {
        let Login { group, handed, .. } = &self.logins[login];
        self.account.answered_at_last(self.cluster.at(*group, at), handed.shown_in(request)).await
    }

    /// The id of the login in the list; if it is not listed, a complaint is added.
    pub(super) async fn id(&self, login: usize) -> Option<String> {
        let Login { group, place, handed, .. } = &self.logins[login];
        // Only an instance whose clock has reached the stamp accepts the credential: its own does, unless it is paused.
        let place = if *place == Place::Paused { Place::Right } else { *place };
        let listed = ending::id_of(&self.account, handed, self.cluster.at(*group, place)).await;
        listed.inspect_err(|error| self.complaints.add(format!("{}: {error}", self.cell), &self.cluster.name)).ok()
    }

    /// Records the expected states after an ending was answered.
    pub(super) fn ended(
        &mut self,
        ending: Ending,
        (caller, target): (usize, usize),
        at: Place,
        (answer, again): &(Answer, bool),
    ) -> Option<()> {
        let renewed = Handed::by(answer);
        if !(200..300).contains(&answer.status) {
            // The effect of the first request is unknown; `cases::failing_step` tests that.
            self.logins.clear();
            if *again {
                return None;
            }
            let what = format!("the ending itself got {}: {}", answer.status, self.cell);
            self.complaints.add(what, format!("{}: {}", self.cluster.name, answer.text()));
            return None;
        }
        let (group, root) = (self.logins[caller].group, self.logins[target].root);
        let (own, of) = (self.logins[caller].root, (group, self.logins[caller].kind));
        for login in &mut self.logins {
            let ends = match ending {
                Ending::Logout | Ending::One => login.root == root,
                Ending::All => login.group == group,
                Ending::Others => login.group == group && login.root != own,
                Ending::Password => true,
            };
            if ends {
                login.expected = Expected::Ended;
            } else if ending == Ending::Others && renewed.is_some() && login.group == group {
                // If the mechanism hands out a new credential, the contract does not promise that the old one works.
                login.expected = Expected::Either;
            }
        }
        if ending == Ending::Password {
            self.password = self.password.next();
        }
        match (ending, renewed) {
            (Ending::Password | Ending::Others, Some(handed)) => {
                self.add(of, at, handed, "handed out by the ending");
            }
            (Ending::Password, None) => {
                let what = format!("a password change handed out no credential: {}", self.cell);
                self.complaints.add(what, self.cluster.name.clone());
            }
            _ => {}
        }
        Some(())
    }
}

impl Login {
    /// Whether the instance at `place` can know the login.
    pub(super) fn is_known_at(&self, group: Group, place: Place) -> bool {
        self.group == group && (group != Group::SessionsInMemory || place == self.place)
    }

    /// Whether the clock at `place` has reached the time at which the credential was stamped.
    pub(super) fn has_begun_at(&self, place: Place) -> bool {
        let ahead = self.place.skew() - place.skew();
        let passed = i64::try_from(self.since.elapsed().as_secs()).unwrap();
        !self.kind.is_stamped() || ahead <= 0 || passed > ahead + 1
    }
}
