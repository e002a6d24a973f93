//! The scenarios as data: their steps in order, with a description, and the earlier steps that each step needs.

use authlab_client::expect::Failure;
use futures_util::future::BoxFuture;

use super::{
    steps::{account, attacks, devices, items, leaving},
    target_run::TargetRun,
    transcript::StepVerdict,
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
    pub(super) check: StepCheck,
}

pub(super) type StepCheck = for<'a> fn(&'a mut TargetRun) -> BoxFuture<'a, Result<StepVerdict, Failure>>;

/// The scenario with this id.
pub fn find(id: &str) -> Option<&'static Scenario> {
    std::iter::once(&JOURNEY).chain(ATTACKS).find(|scenario| scenario.id == id)
}

pub const JOURNEY: Scenario = Scenario {
    id: "journey",
    title: "The journey",
    shows: "What travels, what the client holds and what the server keeps, from the first login to the last logout.",
    steps: JOURNEY_STEPS,
};

/// The clearest rows of the attack matrix, as steps for people to follow.
pub const ATTACKS: &[Scenario] = &[
    Scenario {
        id: "stolen",
        title: "Steal it, log out, replay it",
        shows: "Whether a logout ends the thief's copy. With REVOCATION=off it ends only sessions.",
        steps: &[
            LOG_IN,
            STEAL,
            Step {
                id: "logout",
                title: "The victim logs out",
                shows: "The victim's device deletes the credential. Whether the server ends the login is the question.",
                needs: &["log-in"],
                check: |run| Box::pin(leaving::logout(run)),
            },
            REPLAY,
        ],
    },
    Scenario {
        id: "stolen-password",
        title: "Steal it, change the password, replay it",
        shows: "Whether a password change stops the thief.",
        steps: &[
            LOG_IN,
            STEAL,
            Step {
                id: "change-password",
                title: "The victim changes the password",
                shows: "The victim gets a fresh credential. Every other one should stop working.",
                needs: &["log-in"],
                check: |run| Box::pin(attacks::change_password(run)),
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
                title: "Store a balance of 10, and copy what the client holds",
                shows: "The client carries the balance, or an id under which the server keeps it.",
                needs: &["log-in"],
                check: |run| Box::pin(attacks::pay_in(run)),
            },
            Step {
                id: "spend",
                title: "Spend it: the balance is 0",
                shows: "The item is overwritten; the copy holds the old value.",
                needs: &["pay-in"],
                check: |run| Box::pin(attacks::spend(run)),
            },
            Step {
                id: "roll-back",
                title: "Present the copy from before",
                shows: "A service that accepts the old balance lets the customer spend it twice.",
                needs: &["spend"],
                check: |run| Box::pin(attacks::roll_back(run)),
            },
        ],
    },
    Scenario {
        id: "other-site",
        title: "Act for the victim from another site",
        shows: "Whether another site can use the cookie that the browser attaches.",
        steps: &[
            Step {
                id: "log-in",
                title: "The victim logs in with a browser",
                shows: "After a login by form the credential is a cookie, and browsers attach cookies to every request.",
                needs: &[],
                check: |run| Box::pin(attacks::log_in_by_form(run)),
            },
            Step {
                id: "act",
                title: "Another site sends forms in the victim's name",
                shows: "The browser attaches the cookie, and also says where the request comes from.",
                needs: &["log-in"],
                check: |run| Box::pin(attacks::act_from_elsewhere(run)),
            },
            Step {
                id: "read",
                title: "Another site asks for the victim's page",
                shows: "The service answers, but the browser lets no other origin read the answer without permission.",
                needs: &["log-in"],
                check: |run| Box::pin(attacks::read_from_elsewhere(run)),
            },
        ],
    },
];

const LOG_IN: Step = Step {
    id: "log-in",
    title: "The victim logs in",
    shows: "From now on the victim holds a credential, which a thief wants.",
    needs: &[],
    check: |run| Box::pin(attacks::log_in(run)),
};

const STEAL: Step = Step {
    id: "steal",
    title: "A thief copies the credential",
    shows: "The service takes the thief for the owner: nothing binds the credential to one machine.",
    needs: &["log-in"],
    check: |run| Box::pin(attacks::steal(run)),
};

const REPLAY: Step = Step {
    id: "replay",
    title: "The thief presents the copy again",
    shows: "A server that stores logins, or ended logins, refuses the copy. Others cannot.",
    needs: &["steal"],
    check: |run| Box::pin(leaving::replay(run)),
};

pub const JOURNEY_STEPS: &[Step] = &[
    Step {
        id: "about",
        title: "Ask the service what it can",
        shows: "What the mechanism says that it can. The differences below are judged by this.",
        needs: &[],
        check: |run| Box::pin(account::about(run)),
    },
    Step {
        id: "register",
        title: "Register",
        shows: "Accounts are the same in every mechanism, and a registration issues no credential.",
        needs: &[],
        check: |run| Box::pin(account::register(run)),
    },
    Step {
        id: "login",
        title: "Log in",
        shows: "What the client receives, and where the login is stored.",
        needs: &["about", "register"],
        check: |run| Box::pin(account::login(run)),
    },
    Step {
        id: "mine",
        title: "Ask who I am",
        shows: "The cost of an authenticated request, in bytes on the wire.",
        needs: &["login"],
        check: |run| Box::pin(account::mine(run)),
    },
    Step {
        id: "put-item",
        title: "Store an item in Chinese and emoji",
        shows: "Where an item goes: into the client, or into the server's record.",
        needs: &["login"],
        check: |run| Box::pin(items::put(run)),
    },
    Step {
        id: "read-item",
        title: "Read it back",
        shows: "Any Unicode text is returned unchanged.",
        needs: &["put-item"],
        check: |run| Box::pin(items::read(run)),
    },
    Step {
        id: "parallel-writes",
        title: "Write five items at the same moment",
        shows: "Which of them survive, when each request starts from the same state.",
        needs: &["put-item"],
        check: |run| Box::pin(items::write_in_parallel(run)),
    },
    Step {
        id: "oversize-item",
        title: "Try to store 200,000 characters",
        shows: "Too much is refused with the limit named, and nothing is changed.",
        needs: &["put-item"],
        check: |run| Box::pin(items::oversize(run)),
    },
    Step {
        id: "second-device",
        title: "Log in on a second device",
        shows: "One account has two logins with different credentials.",
        needs: &["login"],
        check: |run| Box::pin(devices::second(run)),
    },
    Step {
        id: "list-logins",
        title: "List the logins",
        shows: "Only a server that stores a record of each login can list them.",
        needs: &["second-device"],
        check: |run| Box::pin(devices::list(run)),
    },
    Step {
        id: "change-password",
        title: "Change the password",
        shows: "This login goes on. Whether the other login ends depends on what the server stores.",
        needs: &["second-device"],
        check: |run| Box::pin(devices::change_password(run)),
    },
    Step {
        id: "logout",
        title: "Log out",
        shows: "The client's credential is cleared, and the server's record is deleted.",
        needs: &["login"],
        check: |run| Box::pin(leaving::logout(run)),
    },
    Step {
        id: "logout-again",
        title: "Log out again",
        shows: "Logging out twice is no error.",
        needs: &["logout"],
        check: |run| Box::pin(leaving::logout_again(run)),
    },
    Step {
        id: "replay",
        title: "Replay the old credential",
        shows: "Whether a copy that was stolen before the logout still works.",
        needs: &["logout"],
        check: |run| Box::pin(leaving::replay(run)),
    },
];
