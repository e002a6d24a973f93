//! The instances of each service in a cluster, by clock.

use crate::support::wall_clock::WallClock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Its clock is right. Most endings are requested here.
    Right,
    /// Its clock is right. It hashes passwords at production cost.
    Other,
    /// Its clock is this many seconds ahead.
    Ahead(i64),
    /// Its clock is 90 seconds behind.
    Behind,
    /// Its clock is right, and its process is paused during the endings.
    Paused,
}

impl Place {
    pub(super) const ALL: [Self; 8] = [
        Self::Right,
        Self::Other,
        Self::Ahead(1),
        Self::Ahead(3),
        Self::Ahead(20),
        Self::Ahead(60),
        Self::Behind,
        Self::Paused,
    ];

    /// How many seconds its clock is ahead.
    pub(super) fn skew(self) -> i64 {
        match self {
            Self::Right | Self::Other | Self::Paused => 0,
            Self::Ahead(seconds) => seconds,
            Self::Behind => -90,
        }
    }

    pub(super) fn wall_clock(self) -> WallClock {
        match self.skew() {
            0 => WallClock::Right,
            seconds => WallClock::Off(seconds),
        }
    }
}
