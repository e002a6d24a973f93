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

/// One step. To add a step, write its function in `steps`, and add its entry here in the order of the run.
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

impl Step {
    const fn new(id: &'static str, title: &'static str, check: StepCheck) -> Self {
        Self { id, title, shows: "", needs: &[], check }
    }

    const fn needs(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    const fn shows(self, shows: &'static str) -> Self {
        Self { shows, ..self }
    }
}

type StepCheck = for<'a> fn(&'a mut TargetRun) -> BoxFuture<'a, Result<StepVerdict, Failure>>;

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
            Step::new("logout", "The victim logs out", |run| Box::pin(leaving::logout(run))).needs(&["log-in"]).shows(
                "The victim's device deletes the credential. Whether the server ends the login is the question.",
            ),
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
            Step::new("change-password", "The victim changes the password", |run| {
                Box::pin(attacks::change_password(run))
            })
            .needs(&["log-in"])
            .shows("The victim gets a fresh credential. Every other one should stop working."),
            REPLAY,
        ],
    },
    Scenario {
        id: "rollback",
        title: "Spend a balance, and restore it",
        shows: "Whether an old copy of the client's credential undoes a change.",
        steps: &[
            LOG_IN,
            Step::new("pay-in", "Store a balance of 10, and copy what the client holds", |run| {
                Box::pin(attacks::pay_in(run))
            })
            .needs(&["log-in"])
            .shows("The client carries the balance, or an id under which the server keeps it."),
            Step::new("spend", "Spend it: the balance is 0", |run| Box::pin(attacks::spend(run)))
                .needs(&["pay-in"])
                .shows("The item is overwritten; the copy holds the old value."),
            Step::new("roll-back", "Present the copy from before", |run| Box::pin(attacks::roll_back(run)))
                .needs(&["spend"])
                .shows("A service that accepts the old balance lets the customer spend it twice."),
        ],
    },
    Scenario {
        id: "other-site",
        title: "Act for the victim from another site",
        shows: "Whether another site can use the cookie that the browser attaches.",
        steps: &[
            Step::new("log-in", "The victim logs in with a browser", |run| Box::pin(attacks::log_in_by_form(run)))
                .shows(
                    "After a login by form the credential is a cookie, and browsers attach cookies to every request.",
                ),
            Step::new("act", "Another site sends forms in the victim's name", |run| {
                Box::pin(attacks::act_from_elsewhere(run))
            })
            .needs(&["log-in"])
            .shows("The browser attaches the cookie, and also says where the request comes from."),
            Step::new("read", "Another site asks for the victim's page", |run| {
                Box::pin(attacks::read_from_elsewhere(run))
            })
            .needs(&["log-in"])
            .shows("The service answers, but the browser lets no other origin read the answer without permission."),
        ],
    },
];

const LOG_IN: Step = Step::new("log-in", "The victim logs in", |run| Box::pin(attacks::log_in(run)))
    .shows("From now on the victim holds a credential, which a thief wants.");

const STEAL: Step = Step::new("steal", "A thief copies the credential", |run| Box::pin(attacks::steal(run)))
    .needs(&["log-in"])
    .shows("The service takes the thief for the owner: nothing binds the credential to one machine.");

const REPLAY: Step = Step::new("replay", "The thief presents the copy again", |run| Box::pin(leaving::replay(run)))
    .needs(&["steal"])
    .shows("A server that stores logins, or ended logins, refuses the copy. Others cannot.");

pub const JOURNEY_STEPS: &[Step] = &[
    Step::new("about", "Ask the service what it can", |run| Box::pin(account::about(run)))
        .shows("What the mechanism says that it can. The differences below are judged by this."),
    Step::new("register", "Register", |run| Box::pin(account::register(run)))
        .shows("Accounts are the same in every mechanism, and a registration issues no credential."),
    Step::new("login", "Log in", |run| Box::pin(account::login(run)))
        .needs(&["about", "register"])
        .shows("What the client receives, and where the login is stored."),
    Step::new("mine", "Ask who I am", |run| Box::pin(account::mine(run)))
        .needs(&["login"])
        .shows("The cost of an authenticated request, in bytes on the wire."),
    Step::new("put-item", "Store an item in Chinese and emoji", |run| Box::pin(items::put(run)))
        .needs(&["login"])
        .shows("Where an item goes: into the client, or into the server's record."),
    Step::new("read-item", "Read it back", |run| Box::pin(items::read(run)))
        .needs(&["put-item"])
        .shows("Any Unicode text is returned unchanged."),
    Step::new("parallel-writes", "Write five items at the same moment", |run| Box::pin(items::write_in_parallel(run)))
        .needs(&["put-item"])
        .shows("Which of them survive, when each request starts from the same state."),
    Step::new("oversize-item", "Try to store 200,000 characters", |run| Box::pin(items::oversize(run)))
        .needs(&["put-item"])
        .shows("Too much is refused with the limit named, and nothing is changed."),
    Step::new("second-device", "Log in on a second device", |run| Box::pin(devices::second(run)))
        .needs(&["login"])
        .shows("One account has two logins with different credentials."),
    Step::new("list-logins", "List the logins", |run| Box::pin(devices::list(run)))
        .needs(&["second-device"])
        .shows("Only a server that stores a record of each login can list them."),
    Step::new("change-password", "Change the password", |run| Box::pin(devices::change_password(run)))
        .needs(&["second-device"])
        .shows("This login goes on. Whether the other login ends depends on what the server stores."),
    Step::new("logout", "Log out", |run| Box::pin(leaving::logout(run)))
        .needs(&["login"])
        .shows("The client's credential is cleared, and the server's record is deleted."),
    Step::new("logout-again", "Log out again", |run| Box::pin(leaving::logout_again(run)))
        .needs(&["logout"])
        .shows("Logging out twice is no error."),
    Step::new("replay", "Replay the old credential", |run| Box::pin(leaving::replay(run)))
        .needs(&["logout"])
        .shows("Whether a copy that was stolen before the logout still works."),
];
