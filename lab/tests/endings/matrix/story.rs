//! What happened to one account: every credential that was ever handed out, and what has to become of it.

use std::sync::Arc;

use authlab_client::{answer::Answer, request::Request};
use tokio::time::Instant;

use crate::support::{account::Account, complaints::Complaints, ending::{self, Ending}, handed::{Handed, Kind}};
use super::{cell::Cell, field::{Field, Group}, place::Place};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Lives,
    Ended,
    /// It was under way when others ended: it lives everywhere or nowhere.
    Either,
}

/// One credential.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) group: Group,
    pub(super) kind: Kind,
    /// Who stamped it.
    pub(super) place: Place,
    pub(super) handed: Handed,
    /// For complaints.
    pub(super) what: &'static str,
    pub(super) fate: Fate,
    pub(super) since: Instant,
    /// The first credential of the same login.
    root: usize,
}

pub(super) struct Story {
    pub(super) cell: Cell,
    pub(super) account: Account,
    pub(super) password: usize,
    pub(super) logins: Vec<Login>,
    pub(super) field: Arc<Field>,
    pub(super) complaints: Arc<Complaints>,
}

impl Story {
    pub(super) fn new(cell: Cell, field: &Arc<Field>, complaints: &Arc<Complaints>) -> Self {
        let (field, complaints) = (Arc::clone(field), Arc::clone(complaints));
        Self { cell, account: Account::new("cell"), password: 0, logins: Vec::new(), field, complaints }
    }

    /// A login of the cell's own kind.
    pub(super) async fn begin(&mut self, place: Place, what: &'static str) -> usize {
        self.begin_at((self.cell.group, self.cell.kind), place, what).await
    }

    pub(super) async fn begin_at(&mut self, (group, kind): (Group, Kind), place: Place, what: &'static str) -> usize {
        let handed = self.account.log_in(kind, self.field.at(group, place), self.password).await;
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
        self.logins.push(Login { group, kind, place, handed, what, fate: Fate::Lives, since, root });
        root
    }

    /// One more credential of the same login, of the same fate.
    pub(super) fn add_to(&mut self, login: usize, place: Place, handed: Handed, what: &'static str) -> usize {
        let former = &self.logins[login];
        let (of, fate, root) = ((former.group, former.kind), former.fate, former.root);
        let added = self.add(of, place, handed, what);
        self.logins[added].fate = fate;
        self.logins[added].root = root;
        added
    }

    /// Asks for an ending in the name of one login, and writes down what it has to bring about.
    /// `None` if it was not done.
    pub(super) async fn end(&mut self, ending: Ending, (actor, target): (usize, usize), at: Place) -> Option<()> {
        let request = match ending {
            Ending::Logout => ending::logout(),
            Ending::One => ending::one(&self.id(target).await.unwrap_or_default()),
            Ending::All => ending::all(),
            Ending::Others => ending::others(),
            Ending::Password => ending::password(self.password, self.password + 1),
        };
        let answer = self.ask(actor, request, at).await;
        self.ended(ending, (actor, target), at, &answer)
    }

    /// A request in the name of a login; its answer, and whether it had to be made again.
    pub(super) async fn ask(&self, login: usize, request: Request, at: Place) -> (Answer, bool) {
        let Login { group, handed, .. } = &self.logins[login];
        self.account.answered_at_last(self.field.at(*group, at), handed.shown_in(request)).await
    }

    /// Its id in the list, or a complaint.
    pub(super) async fn id(&self, login: usize) -> Option<String> {
        let Login { group, place, handed, .. } = &self.logins[login];
        // What another clock stamped is asked for where it was stamped, unless that instance is paused.
        let place = if *place == Place::Paused { Place::Right } else { *place };
        let listed = ending::id_of(&self.account, handed, self.field.at(*group, place)).await;
        listed.inspect_err(|error| self.complaints.add(format!("{}: {error}", self.cell), &self.field.name)).ok()
    }

    /// What an ending that was answered brings about.
    pub(super) fn ended(
        &mut self,
        ending: Ending,
        (actor, target): (usize, usize),
        at: Place,
        (answer, again): &(Answer, bool),
    ) -> Option<()> {
        let renewed = Handed::by(answer);
        if !(200..300).contains(&answer.status) {
            // Nobody can tell how much the first request did: that is the subject of another test.
            self.logins.clear();
            if *again {
                return None;
            }
            let what = format!("the ending itself is answered {}: {}", answer.status, self.cell);
            self.complaints.add(what, format!("{}: {}", self.field.name, answer.text()));
            return None;
        }
        let (group, root) = (self.logins[actor].group, self.logins[target].root);
        let (own, of) = (self.logins[actor].root, (group, self.logins[actor].kind));
        for login in &mut self.logins {
            let ends = match ending {
                Ending::Logout | Ending::One => login.root == root,
                Ending::All => login.group == group,
                Ending::Others => login.group == group && login.root != own,
                Ending::Password => true,
            };
            if ends {
                login.fate = Fate::Ended;
            } else if ending == Ending::Others && renewed.is_some() && login.group == group {
                // Where the mechanism needs a fresh credential, the one before it is no promise.
                login.fate = Fate::Either;
            }
        }
        if ending == Ending::Password {
            self.password += 1;
        }
        match (ending, renewed) {
            (Ending::Password | Ending::Others, Some(handed)) => {
                self.add(of, at, handed, "handed out by the ending");
            }
            (Ending::Password, None) => {
                let what = format!("a password change hands nothing out: {}", self.cell);
                self.complaints.add(what, self.field.name.clone());
            }
            _ => {}
        }
        Some(())
    }
}

impl Login {
    /// The instances that know of it.
    pub(super) fn is_known_at(&self, group: Group, place: Place) -> bool {
        self.group == group && (group != Group::SessionsInMemory || place == self.place)
    }

    /// Whether the clock there has come to the instant at which it was stamped.
    pub(super) fn has_begun_at(&self, place: Place) -> bool {
        let ahead = self.place.skew() - place.skew();
        let passed = i64::try_from(self.since.elapsed().as_secs()).unwrap();
        !self.kind.is_stamped() || ahead <= 0 || passed > ahead + 1
    }
}
