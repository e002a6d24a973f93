//! The cells of the matrix: the logins before an ending, and the ending.

use std::fmt;

use super::{cluster::Group, place::Place};
use crate::support::{ending::Ending, handed::Kind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Logout,
    One,
    All,
    Others,
    PasswordHere,
    PasswordElsewhere,
}

/// Which logins exist when the ending is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum There {
    /// One login at each instance some seconds before, and one in the same second.
    Earlier,
    /// Logins and endings that alternate within a second.
    Repeated,
    /// Logins, refreshes and writes that overlap the ending.
    UnderWay,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) group: Group,
    pub(super) kind: Kind,
    pub(super) way: Way,
    pub(super) there: There,
    /// The instance that gets the ending.
    pub(super) at: Place,
}

impl Way {
    const ALL: [Self; 6] =
        [Self::Logout, Self::One, Self::All, Self::Others, Self::PasswordHere, Self::PasswordElsewhere];

    pub(super) fn ending(self) -> Ending {
        match self {
            Self::Logout => Ending::Logout,
            Self::One => Ending::One,
            Self::All => Ending::All,
            Self::Others => Ending::Others,
            Self::PasswordHere | Self::PasswordElsewhere => Ending::Password,
        }
    }

    /// Whether this way ends one login only.
    pub(super) fn ends_one(self) -> bool {
        matches!(self, Self::Logout | Self::One)
    }
}

pub(super) fn cells(groups: &[Group]) -> Vec<Cell> {
    let kinds = groups.iter().flat_map(|group| group.kinds().iter().map(|kind| (*group, *kind)));
    let ways = kinds.flat_map(|(group, kind)| Way::ALL.map(|way| (group, kind, way)));
    // cookie-svc keeps no list of logins, so it cannot end one by id.
    let ways = ways.filter(|(_, kind, way)| (*kind, *way) != (Kind::Cookie, Way::One));
    ways.flat_map(|(group, kind, way)| {
        let cell = |there, at| Cell { group, kind, way, there, at };
        let right = [There::Earlier, There::Repeated, There::UnderWay].map(|there| cell(there, Place::Right));
        let has_clocks = group != Group::SessionsInMemory && way != Way::Logout;
        let askew = [Place::Behind, Place::Ahead(20)].map(|at| has_clocks.then(|| cell(There::Earlier, at)));
        right.into_iter().chain(askew.into_iter().flatten())
    })
    .collect()
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, kind, way, there, at } = self;
        write!(formatter, "{group:?} {kind:?}, {way:?} asked at {at:?}, {there:?}")
    }
}
