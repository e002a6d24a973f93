//! The baselines, and the controls that show whether the comparison is sound.

use authlab_results::Family;

use super::{BARE, Contender, Serves};
use crate::harness::journey::Journey::{ItemRead, ItemWrite, Login, Logout, Mine};

const fn bare(name: &'static str, family: Family, more: u64) -> Contender {
    Contender::new(name, family, Serves::Bare { more })
}

pub(super) static CONTENDERS: &[Contender] = &[
    bare(BARE, Family::Null, 0)
        .about("an axum handler that gives the same answer, byte for byte, with no layer and no mechanism"),
    bare("bare again", Family::Control, 0).about("the same once more: there must be no difference"),
    bare("bare + 5 us", Family::Control, 5).about("the same with 5 µs of work: they must be found"),
    Contender::new("null", Family::Null, Serves::Null)
        .plays(&[Mine, ItemRead, ItemWrite, Login, Logout])
        .about("all layers of the services, and a mechanism that looks at nothing and does nothing"),
];
