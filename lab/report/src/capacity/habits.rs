//! How often a user does each kind of request.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::json;

/// An average day of one user.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Habits {
    /// Requests of a logged-in user, in addition to the kinds below.
    pub requests: f64,
    /// Changes of an item.
    pub writes: f64,
    pub logins: f64,
    pub logouts: f64,
    /// Token refreshes, in designs with refresh tokens.
    pub refreshes: f64,
    /// Simultaneous logins of one user.
    pub live: f64,
    /// The busiest second divided by the average.
    pub peak: f64,
}

/// A kind of request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Read,
    Write,
    Login,
    Logout,
    Refresh,
}

const DAY: f64 = 86_400.0;

impl Default for Habits {
    fn default() -> Self {
        Self { requests: 50.0, writes: 5.0, logins: 0.5, logouts: 0.2, refreshes: 5.0, live: 1.5, peak: 4.0 }
    }
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Read, Self::Write, Self::Login, Self::Logout, Self::Refresh];

    /// Whether every design has requests of this kind.
    pub fn is_everywhere(self) -> bool {
        self != Self::Refresh
    }

    pub fn journey(self) -> &'static str {
        match self {
            Self::Read => "mine",
            Self::Write => "item write",
            Self::Login => "login",
            Self::Logout => "logout",
            Self::Refresh => "refresh",
        }
    }
}

impl Habits {
    pub fn a_day(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Read => self.requests,
            Kind::Write => self.writes,
            Kind::Login => self.logins,
            Kind::Logout => self.logouts,
            Kind::Refresh => self.refreshes,
        }
    }

    /// The rate of one user in the busiest second.
    pub fn peak_rate(&self, kind: Kind) -> f64 {
        self.a_day(kind) * self.peak / DAY
    }
}

/// `requests=50,peak=4`; habits that are not named keep their defaults.
impl FromStr for Habits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut habits = json!(Self::default());
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or_else(|| format!("`{pair}` is not NAME=NUMBER"))?;
            let name = name.trim();
            let place = habits.get_mut(name).ok_or_else(|| {
                format!("there is no habit `{name}`: requests, writes, logins, logouts, refreshes, live, peak")
            })?;
            *place = count(value)?.into();
        }
        serde_json::from_value(habits).map_err(|error| error.to_string())
    }
}

/// A count: `5e6`, `5_000_000`, `0.5`.
pub fn count(text: &str) -> Result<f64, String> {
    let value = text.trim().replace('_', "").parse().ok();
    let value = value.filter(|value: &f64| value.is_finite() && *value >= 0.0);
    value.ok_or_else(|| format!("`{text}` is no number from 0 up"))
}

#[cfg(test)]
mod tests {
    use super::{Habits, count};

    #[test]
    fn what_is_not_named_stays_as_it_is() {
        assert_eq!("peak=10, writes=1".parse(), Ok(Habits { peak: 10.0, writes: 1.0, ..Habits::default() }));
        assert_eq!("".parse(), Ok(Habits::default()));
    }

    #[test]
    fn what_is_no_habit_or_no_number_is_refused_with_a_word() {
        for (wrong, word) in [
            ("peek=1", "no habit `peek`"),
            ("peak", "NAME=NUMBER"),
            ("peak=-1", "no number"),
            ("peak=inf", "no number"),
        ] {
            let refused = wrong.parse::<Habits>().unwrap_err();
            assert!(refused.contains(word), "{refused}");
        }
        assert_eq!(["5e6", "5_000_000"].map(count), [Ok(5e6), Ok(5e6)]);
    }
}
