//! The journey as data: the steps in order, what each shows, and on which earlier ones it builds.

use futures_util::future::BoxFuture;

use crate::client::expect::Failure;

use super::{
    player::Player,
    scenes::{account, devices, items, leaving},
    transcript::Verdict,
};

/// One step. To add one, write its scene, and its line here at the place where it is played.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Stable, for links and tests.
    pub id: &'static str,
    pub title: &'static str,
    /// What it shows, in a sentence.
    pub shows: &'static str,
    /// The steps without which it says nothing.
    pub(super) needs: &'static [&'static str],
    pub(super) play: Play,
}

pub(super) type Play = for<'a> fn(&'a mut Player) -> BoxFuture<'a, Result<Verdict, Failure>>;

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
