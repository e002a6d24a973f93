//! The two steps of a matrix cell: the logins before the ending, and the ending.

use std::time::Duration;

use authlab_client::{
    answer::Answer,
    request::Request,
    visitor::{put_item, refresh},
};
use futures_util::future::join_all;
use tokio::time::sleep;

use super::{
    cell::{There, Way},
    history::{Expected, History},
    place::Place,
};
use crate::support::{
    handed::{Handed, Kind},
    instance::Instance,
    password::Password,
};

const CALLER: usize = 0;
const BYSTANDER: usize = 1;
/// How often a login and its ending follow each other.
const REPETITIONS: usize = 3;
/// Logins that start while the ending runs, `APART` from each other.
const UNDER_WAY: u64 = 8;
const APART: Duration = Duration::from_millis(12);

/// Makes the logins that exist some seconds before the ending.
pub(super) async fn prepare(history: &mut History) {
    let cell = history.cell;
    // For overlapping logins the account is registered where hashing is slow, so that the logins take long.
    let registers = if cell.there == There::UnderWay { Place::Other } else { Place::Right };
    let registers = if cell.group.places().contains(&registers) { registers } else { Place::Right };
    history.account.register(history.cluster.at(cell.group, registers)).await;
    let elsewhere = cell.group.elsewhere();
    if cell.way == Way::PasswordElsewhere {
        history.begin_at(elsewhere, cell.at, "the login that asks, at another service").await;
    } else {
        history.begin(cell.at, "the login that asks").await;
    }
    history.begin(Place::Right, "a bystander").await;
    match cell.there {
        There::Earlier if cell.at == Place::Right => {
            for place in cell.group.places() {
                // If each instance keeps its own sessions, only a password change reaches those of another instance.
                if cell.group.places().len() == Place::ALL.len() || cell.way == Way::PasswordElsewhere {
                    history.begin(*place, "from before").await;
                }
            }
            if cell.kind == Kind::Jwt {
                renew_a_bystander(history).await;
            }
            if cell.way != Way::PasswordElsewhere {
                history.begin_at(elsewhere, Place::Right, "a neighbour, at another service").await;
            }
        }
        There::Earlier => drop(history.begin(Place::Other, "from before").await),
        There::Repeated => {}
        There::UnderWay => drop(history.begin(Place::Right, "used at that very moment").await),
    }
}

/// Gives the bystander's login more than one credential: those before and after a refresh and a write.
async fn renew_a_bystander(history: &mut History) {
    let token = history.logins[BYSTANDER].handed.refresh.take().expect("a JWT comes with a refresh token");
    let instance = history.cluster.at(history.cell.group, Place::Right);
    let answer = history.account.answered(instance, refresh(&token)).await;
    keep(history, BYSTANDER, &answer, "refreshed");
    let (written, _) = history.ask(BYSTANDER, item(), Place::Right).await;
    keep(history, BYSTANDER, &written, "written");
}

fn keep(history: &mut History, login: usize, answer: &Answer, what: &'static str) {
    match Handed::by(answer) {
        Some(handed) => drop(history.add_to(login, Place::Right, handed, what)),
        None => history.complaints.add(format!("an active token was not {what}"), answer.text()),
    }
}

fn item() -> Request {
    put_item("note", "remember")
}

/// Ends the logins and begins later ones. Returns `None` if the ending was refused; then the cell stops.
pub(super) async fn end(history: &mut History) -> Option<()> {
    match history.cell.there {
        There::Earlier => after_earlier(history).await,
        There::Repeated => repeated(history).await,
        There::UnderWay => under_way(history).await,
    }
}

async fn after_earlier(history: &mut History) -> Option<()> {
    let cell = history.cell;
    let ending = cell.way.ending();
    history.begin(Place::Right, "of the same second").await;
    if cell.way.ends_one() {
        let own = (cell.group, cell.kind);
        let all = history.logins.iter().enumerate().skip(BYSTANDER + 1);
        let targets: Vec<usize> = all
            .filter(|(_, login)| (login.group, login.kind) == own && !matches!(login.what, "refreshed" | "written"))
            .map(|(target, _)| target)
            .collect();
        for target in targets {
            let ahead = history.logins[target].place.skew() > 0 && history.logins[target].kind.is_stamped();
            // A credential stamped in the future is accepted only by the instance that stamped it.
            let at = if ahead && cell.way == Way::Logout { history.logins[target].place } else { cell.at };
            let caller = if cell.way == Way::Logout { target } else { CALLER };
            history.end(ending, (caller, target), at).await?;
        }
    } else {
        history.end(ending, (CALLER, CALLER), cell.at).await?;
    }
    let later = [Place::Right, Place::Behind, Place::Ahead(20)];
    for place in later.into_iter().filter(|place| cell.group.places().contains(place)) {
        history.begin(place, "begun afterwards").await;
    }
    Some(())
}

async fn repeated(history: &mut History) -> Option<()> {
    let way = history.cell.way;
    let mut asks = CALLER;
    for _ in 0..REPETITIONS {
        let begun = history.begin(Place::Right, "of the same second").await;
        let caller = match way {
            Way::One | Way::PasswordElsewhere => asks,
            _ => begun,
        };
        history.end(way.ending(), (caller, begun), Place::Right).await?;
        if way == Way::PasswordElsewhere {
            asks = history.logins.len() - 1;
        }
    }
    history.begin(Place::Right, "begun afterwards").await;
    Some(())
}

async fn under_way(history: &mut History) -> Option<()> {
    let (cell, subject) = (history.cell, BYSTANDER + 1);
    let ending = cell.way.ending();
    // The random wait lets the ending overtake early logins in some runs and late ones in others.
    let wait = APART * u32::from(authlab_secrets::random::bytes::<1>()[0] % 8);
    let caller = if cell.way == Way::Logout { subject } else { CALLER };
    let request = match cell.way {
        Way::Logout => crate::support::ending::logout(),
        Way::One => crate::support::ending::one(&history.id(subject).await.unwrap_or_default()),
        Way::All => crate::support::ending::all(),
        Way::Others => crate::support::ending::others(),
        Way::PasswordHere | Way::PasswordElsewhere => crate::support::ending::first_password(),
    };
    let begins = join_all((0..UNDER_WAY).map(|number| log_in(history, number)));
    let ends = async {
        // The ending must overlap logins whose passwords are being hashed in real time.
        sleep(wait).await;
        history.ask(caller, request, cell.at).await
    };
    let uses = async {
        sleep(wait).await;
        use_at_once(history, subject).await
    };
    let (begun, answer, renewed) = tokio::join!(begins, ends, uses);
    history.ended(ending, (caller, subject), cell.at, &answer)?;
    for (place, answer) in begun {
        settle(history, place, &answer);
    }
    for (handed, is_spent) in renewed {
        if is_spent {
            history.logins[subject].handed.refresh = None;
        }
        history.add_to(subject, Place::Right, handed, "handed out while its login ended");
    }
    history.begin(Place::Right, "begun afterwards").await;
    Some(())
}

/// Logs in with the first password, alternately at the two right instances.
async fn log_in(history: &History, number: u64) -> (Place, Answer) {
    // The logins must start one after the other while the ending runs.
    sleep(APART * u32::try_from(number).unwrap()).await;
    let has_another = history.cell.group.places().contains(&Place::Other);
    let place = if has_another && number % 2 == 1 { Place::Other } else { Place::Right };
    let instance: &Instance = history.cluster.at(history.cell.group, place);
    (place, history.account.ask(instance, history.account.login(history.cell.kind, Password::FIRST)).await)
}

/// Refreshes and writes with a token while its login is being ended. Returns the new credentials, and whether a refresh
/// token was spent.
async fn use_at_once(history: &History, subject: usize) -> Vec<(Handed, bool)> {
    let Some(token) = history.logins[subject].handed.refresh.clone() else { return Vec::new() };
    let instance = history.cluster.at(history.cell.group, Place::Right);
    let refreshed = history.account.ask(instance, refresh(&token));
    let written = history.account.ask(instance, history.logins[subject].handed.shown_in(item()));
    let (refreshed, written) = tokio::join!(refreshed, written);
    let refreshed = Handed::by(&refreshed).map(|handed| (handed, true));
    refreshed.into_iter().chain(Handed::by(&written).map(|handed| (handed, false))).collect()
}

/// Records the expected state of a login that overlapped the ending.
fn settle(history: &mut History, place: Place, answer: &Answer) {
    let cell = history.cell;
    match Handed::by(answer) {
        Some(handed) => {
            let begun = history.add((cell.group, cell.kind), place, handed, "under way");
            history.logins[begun].expected = match cell.way {
                Way::Logout | Way::One => Expected::Active,
                Way::All | Way::Others => Expected::Either,
                // This login used a password that has been replaced.
                Way::PasswordHere | Way::PasswordElsewhere => Expected::Ended,
            };
        }
        // The login has been ended already, or the service is too busy to answer.
        None if answer.status == 503 || (answer.status == 401 && !cell.way.ends_one()) => {}
        None => history.complaints.add(format!("an overlapping login got {}: {cell}", answer.status), answer.text()),
    }
}
