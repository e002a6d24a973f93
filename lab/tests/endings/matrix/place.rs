//! The instances that each service has in a field, by what is particular about them.

use crate::support::wall_clock::WallClock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// With the right time. Most endings are asked here.
    Right,
    /// With the right time too.
    Other,
    /// With a clock so many seconds ahead.
    Ahead(i64),
    /// With a clock 90 seconds behind.
    Behind,
    /// With the right time, and stopped while everything happens.
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

    /// Seconds that its clock is ahead.
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
