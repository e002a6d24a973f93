//! The baselines, and the controls that show whether the comparison is sound.

use authlab_results::Family;

use super::{BARE, Carrier, Contender, Serves, Store};
use crate::harness::journey::Journey;

pub(super) const MINE: &[Journey] = &[Journey::Mine];

pub(super) const fn bare(name: &'static str, family: Family, more: u64, about: &'static str) -> Contender {
    Contender {
        name,
        family,
        about,
        serves: Serves::Bare { more },
        flags: &[],
        store: Store::None,
        carrier: Carrier::Cookie,
        seal: None,
        plays: MINE,
    }
}

pub(super) static CONTENDERS: &[Contender] = &[
    bare(
        BARE,
        Family::Null,
        0,
        "an axum handler that gives the same answer, byte for byte, with no layer and no mechanism",
    ),
    bare("bare again", Family::Control, 0, "the same once more: there must be no difference"),
    bare("bare + 5 us", Family::Control, 5, "the same with 5 µs of work: they must be found"),
    Contender {
        serves: Serves::Null,
        plays: &[Journey::Mine, Journey::ItemRead, Journey::ItemWrite, Journey::Login, Journey::Logout],
        ..bare(
            "null",
            Family::Null,
            0,
            "all layers of the services, and a mechanism that looks at nothing and does nothing",
        )
    },
];
