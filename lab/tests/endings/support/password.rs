//! The passwords of an account, in the order in which it gets them.

/// One of them. Passwords of different accounts with the same place in the order are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Password(usize);

impl Password {
    /// The password with which every account registers.
    pub(crate) const FIRST: Self = Self(0);
    /// The password after one change.
    pub(crate) const SECOND: Self = Self(1);
    /// A password that no account gets.
    pub(crate) const WRONG: Self = Self(usize::MAX);

    /// The password after so many changes.
    pub(crate) fn after(changes: usize) -> Self {
        Self(changes)
    }

    /// The password that follows this one.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }

    pub(crate) fn text(self) -> String {
        format!("correct horse battery staple {}", self.0)
    }
}
