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
        shows: "Whether a logout reaches the copy in the thief's hands; with REVOCATION=off it reaches sessions alone.",
        steps: &[
            LOG_IN,
            STEAL,
            Step {
                id: "logout",
                title: "The victim logs out",
                shows: "The victim's device forgets the credential; what the server does with it is the question.",
                needs: &["log-in"],
                play: |player| Box::pin(leaving::logout(player)),
            },
            REPLAY,
        ],
    },
    Scenario {
        id: "stolen-password",
        title: "Steal it, change the password, replay it",
        shows: "Whether the victim can throw the thief out.",
        steps: &[
            LOG_IN,
            STEAL,
            Step {
                id: "change-password",
                title: "The victim changes the password",
                shows: "The victim goes on with a fresh credential; every other one should be worth nothing.",
                needs: &["log-in"],
                play: |player| Box::pin(attacks::change_password(player)),
            },
            REPLAY,
        ],
    },
    Scenario {
        id: "rollback",
        title: "Spend it, and bring it back",
        shows: "Whether an old copy of what the client holds undoes a change.",
        steps: &[
            LOG_IN,
            Step {
                id: "pay-in",
                title: "Keep a balance of 10, and a copy of what one holds",
                shows: "The client carries the balance, or an id under which the server keeps it.",
                needs: &["log-in"],
                play: |player| Box::pin(attacks::pay_in(player)),
            },
            Step {
                id: "spend",
                title: "Spend it: the balance is 0",
                shows: "The item is written anew; the copy from before is older now.",
                needs: &["pay-in"],
                play: |player| Box::pin(attacks::spend(player)),
            },
            Step {
                id: "roll-back",
                title: "Show the copy from before",
                shows: "Who believes the old balance has a customer who spends it twice.",
                needs: &["spend"],
                play: |player| Box::pin(attacks::roll_back(player)),
            },
        ],
    },
    Scenario {
        id: "other-site",
        title: "Act for the victim from another site",
        shows: "Whether a page elsewhere can use the cookie that the browser sends along.",
        steps: &[
            Step {
                id: "log-in",
                title: "The victim logs in with a browser",
                shows: "By form, every mechanism hands out a cookie, and browsers send cookies by themselves.",
                needs: &[],
                play: |player| Box::pin(attacks::log_in_by_form(player)),
            },
            Step {
                id: "act",
                title: "Another site sends forms in the victim's name",
                shows: "The cookie comes along; the browser also says where the request comes from.",
                needs: &["log-in"],
                play: |player| Box::pin(attacks::act_from_elsewhere(player)),
            },
            Step {
                id: "read",
                title: "Another site asks for the victim's page",
                shows: "It is answered, but the browser lets no other origin read it without leave.",
                needs: &["log-in"],
                play: |player| Box::pin(attacks::read_from_elsewhere(player)),
            },
        ],
    },
];

const LOG_IN: Step = Step {
    id: "log-in",
    title: "The victim logs in",
    shows: "What the victim holds from now on is what a thief is after.",
    needs: &[],
    play: |player| Box::pin(attacks::log_in(player)),
};

const STEAL: Step = Step {
    id: "steal",
    title: "A thief copies the credential",
    shows: "Whoever shows it is taken for its owner: nothing binds it to one machine.",
    needs: &["log-in"],
    play: |player| Box::pin(attacks::steal(player)),
};

const REPLAY: Step = Step {
    id: "replay",
    title: "The thief shows the copy again",
    shows: "A server that keeps the login, or knows what has ended, refuses it. Any other cannot.",
    needs: &["steal"],
    play: |player| Box::pin(leaving::replay(player)),
};

pub const SCRIPT: &[Step] = &[
    Step {
        id: "about",
        title: "Ask the service what it can",
        shows: "What the mechanism says of itself; by this the differences below are judged.",
        needs: &[],
        play: |player| Box::pin(account::about(player)),
    },
    Step {
        id: "register",
        title: "Register",
        shows: "An account is the same in every mechanism: nothing is handed out yet.",
        needs: &[],
        play: |player| Box::pin(account::register(player)),
    },
    Step {
        id: "login",
        title: "Log in",
        shows: "What the client is handed, and where the server keeps the login.",
        needs: &["about", "register"],
        play: |player| Box::pin(account::login(player)),
    },
    Step {
        id: "mine",
        title: "Ask who I am",
        shows: "What it costs to be known again, in bytes that travel each time.",
        needs: &["login"],
        play: |player| Box::pin(account::mine(player)),
    },
    Step {
        id: "put-item",
        title: "Keep an item in Chinese and emoji",
        shows: "Where an item goes: into the client, or into the server's record.",
        needs: &["login"],
        play: |player| Box::pin(items::put(player)),
    },
    Step {
        id: "read-item",
        title: "Read it back",
        shows: "Any Unicode text comes back as it was.",
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
        title: "Try to keep 200,000 characters",
        shows: "Too much is refused with the limit named, and nothing is changed.",
        needs: &["put-item"],
        play: |player| Box::pin(items::oversize(player)),
    },
    Step {
        id: "second-device",
        title: "Log in on a second device",
        shows: "One account, two logins, each with a credential of its own.",
        needs: &["login"],
        play: |player| Box::pin(devices::second(player)),
    },
    Step {
        id: "list-logins",
        title: "List the logins",
        shows: "Only a server that keeps a record of each login can list them.",
        needs: &["second-device"],
        play: |player| Box::pin(devices::list(player)),
    },
    Step {
        id: "change-password",
        title: "Change the password",
        shows: "This login goes on; whether the other device is thrown out depends on what the server can reach.",
        needs: &["second-device"],
        play: |player| Box::pin(devices::change_password(player)),
    },
    Step {
        id: "logout",
        title: "Log out",
        shows: "The credential is cleared, and what the server keeps is gone.",
        needs: &["login"],
        play: |player| Box::pin(leaving::logout(player)),
    },
    Step {
        id: "logout-again",
        title: "Log out again",
        shows: "Logging out is idempotent: nobody is told that they did it wrong.",
        needs: &["logout"],
        play: |player| Box::pin(leaving::logout_again(player)),
    },
    Step {
        id: "replay",
        title: "Replay the old credential",
        shows: "Whether a copy that was stolen before the logout still opens the door.",
        needs: &["logout"],
        play: |player| Box::pin(leaving::replay(player)),
    },
];
