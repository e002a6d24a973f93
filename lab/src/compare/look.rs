//! How a text may look where it is going: how wide, and whether in colour.

use std::io::{self, IsTerminal as _};

use anstyle::{AnsiColor, Style};

use crate::journey::transcript::Verdict;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// In columns of a terminal.
    pub width: u16,
    pub colour: bool,
}

/// Fits side by side on any screen of the last twenty years, and in a mail.
const WIDTH: u16 = 120;

impl Look {
    pub const PLAIN: Self = Self { width: WIDTH, colour: false };

    /// In colour only where a person looks at it and has not asked for none (<https://no-color.org>).
    pub fn of_stdout() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { width: WIDTH, colour: io::stdout().is_terminal() && !unwanted }
    }

    pub fn heading(self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    pub fn coloured(self, colour: AnsiColor, text: &str) -> String {
        self.styled(colour.on_default(), text)
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// The sign by which a verdict is found at a glance; one column wide.
pub fn mark(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::AsContract => "✓",
        Verdict::AllowedDifference(_) => "≠",
        Verdict::Breach(_) => "✗",
        Verdict::Skipped(_) => "–",
    }
}
