//! The two steps of a matrix cell: the logins before the ending, and the ending.

use std::time::Duration;

use authlab_client::{answer::Answer, request::Request, visitor::put_item};
use futures_util::future::join_all;
use tokio::time::sleep;

use super::{
    cell::{There, Way},
    place::Place,
    story::{Fate, Story},
};
use crate::support::{
    handed::{Handed, Kind, refresh},
    instance::Instance,
};

const OWNER: usize = 0;
const BYSTANDER: usize = 1;
/// How often a login and its ending follow each other.
const REPETITIONS: usize = 3;
/// Logins that start while the ending runs, `APART` from each other.
const UNDER_WAY: u64 = 8;
const APART: Duration = Duration::from_millis(12);

/// Makes the logins that exist some seconds before the ending.
pub(super) async fn prepare(story: &mut Story) {
    let cell = story.cell;
    // For overlapping logins the account is registered where hashing is slow, so that the logins take long.
    let registers = if cell.there == There::UnderWay { Place::Other } else { Place::Right };
    let registers = if cell.group.places().contains(&registers) { registers } else { Place::Right };
    story.account.register(story.field.at(cell.group, registers)).await;
    let elsewhere = cell.group.elsewhere();
    if cell.way == Way::PasswordElsewhere {
        story.begin_at(elsewhere, cell.at, "the login that asks, at another service").await;
    } else {
        story.begin(cell.at, "the login that asks").await;
    }
    story.begin(Place::Right, "a bystander").await;
    match cell.there {
        There::Earlier if cell.at == Place::Right => {
            for place in cell.group.places() {
                // If each instance keeps its own sessions, only a password change reaches those of another instance.
                if cell.group.places().len() == Place::ALL.len() || cell.way == Way::PasswordElsewhere {
                    story.begin(*place, "from before").await;
                }
            }
            if cell.kind == Kind::Jwt {
                renew_a_bystander(story).await;
            }
            if cell.way != Way::PasswordElsewhere {
                story.begin_at(elsewhere, Place::Right, "a neighbour, at another service").await;
            }
        }
        There::Earlier => drop(story.begin(Place::Other, "from before").await),
        There::Repeated => {}
        There::UnderWay => drop(story.begin(Place::Right, "used at that very moment").await),
    }
}

/// Gives the bystander's login more than one credential: those before and after a refresh and a write.
async fn renew_a_bystander(story: &mut Story) {
    let token = story.logins[BYSTANDER].handed.refresh.take().expect("a JWT comes with a refresh token");
    let instance = story.field.at(story.cell.group, Place::Right);
    let answer = story.account.answered(instance, refresh(&token)).await;
    keep(story, BYSTANDER, &answer, "refreshed");
    let (written, _) = story.ask(BYSTANDER, item(), Place::Right).await;
    keep(story, BYSTANDER, &written, "written");
}

fn keep(story: &mut Story, login: usize, answer: &Answer, what: &'static str) {
    match Handed::by(answer) {
        Some(handed) => drop(story.add_to(login, Place::Right, handed, what)),
        None => story.complaints.add(format!("an active token was not {what}"), answer.text()),
    }
}

fn item() -> Request {
    put_item("note", "remember")
}

/// Ends the logins and begins later ones. Returns `None` if the ending was refused; then the cell stops.
pub(super) async fn act(story: &mut Story) -> Option<()> {
    match story.cell.there {
        There::Earlier => after_earlier(story).await,
        There::Repeated => repeated(story).await,
        There::UnderWay => under_way(story).await,
    }
}

async fn after_earlier(story: &mut Story) -> Option<()> {
    let cell = story.cell;
    let ending = cell.way.ending();
    story.begin(Place::Right, "of the same second").await;
    if cell.way.ends_one() {
        let own = (cell.group, cell.kind);
        let all = story.logins.iter().enumerate().skip(BYSTANDER + 1);
        let targets: Vec<usize> = all
            .filter(|(_, login)| (login.group, login.kind) == own && !matches!(login.what, "refreshed" | "written"))
            .map(|(target, _)| target)
            .collect();
        for target in targets {
            let ahead = story.logins[target].place.skew() > 0 && story.logins[target].kind.is_stamped();
            // A credential stamped in the future is accepted only by the instance that stamped it.
            let at = if ahead && cell.way == Way::Logout { story.logins[target].place } else { cell.at };
            let actor = if cell.way == Way::Logout { target } else { OWNER };
            story.end(ending, (actor, target), at).await?;
        }
    } else {
        story.end(ending, (OWNER, OWNER), cell.at).await?;
    }
    let later = [Place::Right, Place::Behind, Place::Ahead(20)];
    for place in later.into_iter().filter(|place| cell.group.places().contains(place)) {
        story.begin(place, "begun afterwards").await;
    }
    Some(())
}

async fn repeated(story: &mut Story) -> Option<()> {
    let way = story.cell.way;
    let mut asks = OWNER;
    for _ in 0..REPETITIONS {
        let begun = story.begin(Place::Right, "of the same second").await;
        let actor = match way {
            Way::One | Way::PasswordElsewhere => asks,
            _ => begun,
        };
        story.end(way.ending(), (actor, begun), Place::Right).await?;
        if way == Way::PasswordElsewhere {
            asks = story.logins.len() - 1;
        }
    }
    story.begin(Place::Right, "begun afterwards").await;
    Some(())
}

async fn under_way(story: &mut Story) -> Option<()> {
    let (cell, subject) = (story.cell, BYSTANDER + 1);
    let ending = cell.way.ending();
    // The random wait lets the ending overtake early logins in some runs and late ones in others.
    let wait = APART * u32::from(authlab_secrets::random::bytes::<1>()[0] % 8);
    let actor = if cell.way == Way::Logout { subject } else { OWNER };
    let request = match cell.way {
        Way::Logout => crate::support::ending::logout(),
        Way::One => crate::support::ending::one(&story.id(subject).await.unwrap_or_default()),
        Way::All => crate::support::ending::all(),
        Way::Others => crate::support::ending::others(),
        Way::PasswordHere | Way::PasswordElsewhere => crate::support::ending::password(0, 1),
    };
    let begins = join_all((0..UNDER_WAY).map(|number| log_in(story, number)));
    let ends = async {
        // The ending must overlap logins whose passwords are being hashed in real time.
        sleep(wait).await;
        story.ask(actor, request, cell.at).await
    };
    let uses = async {
        sleep(wait).await;
        use_at_once(story, subject).await
    };
    let (begun, answer, renewed) = tokio::join!(begins, ends, uses);
    story.ended(ending, (actor, subject), cell.at, &answer)?;
    for (place, answer) in begun {
        settle(story, place, &answer);
    }
    for (handed, is_spent) in renewed {
        if is_spent {
            story.logins[subject].handed.refresh = None;
        }
        story.add_to(subject, Place::Right, handed, "handed out while its login ended");
    }
    story.begin(Place::Right, "begun afterwards").await;
    Some(())
}

/// Logs in with the first password, alternately at the two right instances.
async fn log_in(story: &Story, number: u64) -> (Place, Answer) {
    // The logins must start one after the other while the ending runs.
    sleep(APART * u32::try_from(number).unwrap()).await;
    let has_another = story.cell.group.places().contains(&Place::Other);
    let place = if has_another && number % 2 == 1 { Place::Other } else { Place::Right };
    let instance: &Instance = story.field.at(story.cell.group, place);
    (place, story.account.ask(instance, story.account.login(story.cell.kind, 0)).await)
}

/// Refreshes and writes with a token while its login is being ended. Returns the new credentials, and whether a refresh
/// token was spent.
async fn use_at_once(story: &Story, subject: usize) -> Vec<(Handed, bool)> {
    let Some(token) = story.logins[subject].handed.refresh.clone() else { return Vec::new() };
    let instance = story.field.at(story.cell.group, Place::Right);
    let refreshed = story.account.ask(instance, refresh(&token));
    let written = story.account.ask(instance, story.logins[subject].handed.shown_in(item()));
    let (refreshed, written) = tokio::join!(refreshed, written);
    let refreshed = Handed::by(&refreshed).map(|handed| (handed, true));
    refreshed.into_iter().chain(Handed::by(&written).map(|handed| (handed, false))).collect()
}

/// Records the expected fate of a login that overlapped the ending.
fn settle(story: &mut Story, place: Place, answer: &Answer) {
    let cell = story.cell;
    match Handed::by(answer) {
        Some(handed) => {
            let begun = story.add((cell.group, cell.kind), place, handed, "under way");
            story.logins[begun].fate = match cell.way {
                Way::Logout | Way::One => Fate::Lives,
                Way::All | Way::Others => Fate::Either,
                // This login used a password that has been replaced.
                Way::PasswordHere | Way::PasswordElsewhere => Fate::Ended,
            };
        }
        // The login has been ended already, or the service is too busy to answer.
        None if answer.status == 503 || (answer.status == 401 && !cell.way.ends_one()) => {}
        None => story.complaints.add(format!("an overlapping login got {}: {cell}", answer.status), answer.text()),
    }
}
