//! The scenarios as data: their steps in order, with a description, and the earlier steps that each step needs.

use futures_util::future::BoxFuture;

use crate::client::expect::Failure;

use super::{
    player::Player,
    scenes::{account, attacks, devices, items, leaving},
    transcript::Verdict,
};

/// A sequence of steps.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Stable: used by forms and tests.
    pub id: &'static str,
    pub title: &'static str,
    /// What the scenario shows, in a sentence.
    pub shows: &'static str,
    pub steps: &'static [Step],
}

/// One step. To add a step, write its function in `scenes`, and add its entry here in the order of the run.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Stable: used by links and tests.
    pub id: &'static str,
    pub title: &'static str,
    /// What the step shows, in a sentence.
    pub shows: &'static str,
    /// The earlier steps that must have succeeded.
    pub(super) needs: &'static [&'static str],
    pub(super) play: Play,
}

pub(super) type Play = for<'a> fn(&'a mut Player) -> BoxFuture<'a, Result<Verdict, Failure>>;

/// The scenario with this id.
pub fn find(id: &str) -> Option<&'static Scenario> {
    std::iter::once(&JOURNEY).chain(ATTACKS).find(|scenario| scenario.id == id)
}

pub const JOURNEY: Scenario = Scenario {
    id: "journey",
    title: "The journey",
    shows: "What travels, what the client holds and what the server keeps, from the first login to the last logout.",
    steps: SCRIPT,
};

/// The clearest rows of the attack matrix, as steps for people to follow.
pub const ATTACKS: &[Scenario] = &[
    Scenario {
        id: "stolen",
        title: "Steal it, log out, replay it",
        shows: "Whether a logout ends the thief's copy; with REVOCATION=off it ends only sessions.",
        steps: &[
            LOG_IN,
            STEAL,
            Step {
                id: "logout",
                title: "The victim logs out",
                shows: "The victim's device deletes the credential. Does the server end the login?",
                needs: &["log-in"],
                play: |player| Box::pin(leaving::logout(player)),
            },
            REPLAY,
        ],
    },
    Scenario {
        id: "stolen-password",
        title: "Steal it, change the password, replay it",
        shows: "Whether a password change ends the thief's copy.",
        steps: &[
            LOG_IN,
            STEAL,
            Step {
                id: "change-password",
                title: "The victim changes the password",
                shows: "The victim gets a fresh credential; the service should refuse every other one.",
                needs: &["log-in"],
                play: |player| Box::pin(attacks::change_password(player)),
            },
            REPLAY,
        ],
    },
    Scenario {
        id: "rollback",
        title: "Spend a balance, and restore it",
        shows: "Whether an old copy of the client's credential undoes a change.",
        steps: &[
            LOG_IN,
            Step {
                id: "pay-in",
                title: "Store a balance of 10, and copy the credential",
                shows: "The client carries the balance, or an id under which the server stores it.",
                needs: &["log-in"],
                play: |player| Box::pin(attacks::pay_in(player)),
            },
            Step {
                id: "spend",
                title: "Spend it: the balance is 0",
                shows: "The item is written again, so the copy is outdated.",
                needs: &["pay-in"],
                play: |player| Box::pin(attacks::spend(player)),
            },
            Step {
                id: "roll-back",
                title: "Present the old copy",
                shows: "A server that accepts the old balance lets the client spend it twice.",
                needs: &["spend"],
                play: |player| Box::pin(attacks::roll_back(player)),
            },
        ],
    },
    Scenario {
        id: "other-site",
        title: "Act for the victim from another site",
        shows: "Whether another site's page can use the cookie that the browser sends automatically.",
        steps: &[
            Step {
                id: "log-in",
                title: "The victim logs in with a browser",
                shows: "With the form, every mechanism issues a cookie, and browsers send cookies automatically.",
                needs: &[],
                play: |player| Box::pin(attacks::log_in_by_form(player)),
            },
            Step {
                id: "act",
                title: "Another site sends forms in the victim's name",
                shows: "The browser sends the cookie, and also says which site sent the request.",
                needs: &["log-in"],
                play: |player| Box::pin(attacks::act_from_elsewhere(player)),
            },
            Step {
                id: "read",
                title: "Another site asks for the victim's page",
                shows: "The server answers, but without CORS permission no other origin can read the answer.",
                needs: &["log-in"],
                play: |player| Box::pin(attacks::read_from_elsewhere(player)),
            },
        ],
    },
];

const LOG_IN: Step = Step {
    id: "log-in",
    title: "The victim logs in",
    shows: "The client receives the credential that a thief wants.",
    needs: &[],
    play: |player| Box::pin(attacks::log_in(player)),
};

const STEAL: Step = Step {
    id: "steal",
    title: "A thief copies the credential",
    shows: "The copy works on any machine, because nothing binds a credential to one.",
    needs: &["log-in"],
    play: |player| Box::pin(attacks::steal(player)),
};

const REPLAY: Step = Step {
    id: "replay",
    title: "The thief presents the copy again",
    shows: "A server that stores the login, or a list of ended logins, refuses the copy. Any other server cannot.",
    needs: &["steal"],
    play: |player| Box::pin(leaving::replay(player)),
};

pub const SCRIPT: &[Step] = &[
    Step {
        id: "about",
        title: "Ask the service what it can do",
        shows: "The capabilities of the mechanism, which decide the allowed differences below.",
        needs: &[],
        play: |player| Box::pin(account::about(player)),
    },
    Step {
        id: "register",
        title: "Register",
        shows: "Accounts are the same in every mechanism, and a registration issues no credential.",
        needs: &[],
        play: |player| Box::pin(account::register(player)),
    },
    Step {
        id: "login",
        title: "Log in",
        shows: "What the client receives, and where the login is stored.",
        needs: &["about", "register"],
        play: |player| Box::pin(account::login(player)),
    },
    Step {
        id: "mine",
        title: "Ask who I am",
        shows: "The cost of an authenticated request, in bytes.",
        needs: &["login"],
        play: |player| Box::pin(account::mine(player)),
    },
    Step {
        id: "put-item",
        title: "Store an item in Chinese and emoji",
        shows: "Where an item goes: into the client, or into the server's record.",
        needs: &["login"],
        play: |player| Box::pin(items::put(player)),
    },
    Step {
        id: "read-item",
        title: "Read it back",
        shows: "Any Unicode text is returned unchanged.",
        needs: &["put-item"],
        play: |player| Box::pin(items::read(player)),
    },
    Step {
        id: "parallel-writes",
        title: "Write five items at the same moment",
        shows: "Which of them survive, when each request starts from the same state.",
        needs: &["put-item"],
        play: |player| Box::pin(items::write_in_parallel(player)),
    },
    Step {
        id: "oversize-item",
        title: "Try to store 200,000 characters",
        shows: "A value that is too large is refused with the limit named, and changes nothing.",
        needs: &["put-item"],
        play: |player| Box::pin(items::oversize(player)),
    },
    Step {
        id: "second-device",
        title: "Log in on a second device",
        shows: "One account has two logins with different credentials.",
        needs: &["login"],
        play: |player| Box::pin(devices::second(player)),
    },
    Step {
        id: "list-logins",
        title: "List the logins",
        shows: "Only a server that stores a record of each login can list them.",
        needs: &["second-device"],
        play: |player| Box::pin(devices::list(player)),
    },
    Step {
        id: "change-password",
        title: "Change the password",
        shows: "This login goes on; whether the other device is logged out depends on the mechanism.",
        needs: &["second-device"],
        play: |player| Box::pin(devices::change_password(player)),
    },
    Step {
        id: "logout",
        title: "Log out",
        shows: "The client's credential is cleared, and the server's record is deleted.",
        needs: &["login"],
        play: |player| Box::pin(leaving::logout(player)),
    },
    Step {
        id: "logout-again",
        title: "Log out again",
        shows: "Logging out is idempotent: a second logout succeeds.",
        needs: &["logout"],
        play: |player| Box::pin(leaving::logout_again(player)),
    },
    Step {
        id: "replay",
        title: "Replay the old credential",
        shows: "Whether a copy that was stolen before the logout still works.",
        needs: &["logout"],
        play: |player| Box::pin(leaving::replay(player)),
    },
];
