//! The width of the output, and whether it is coloured.

use std::io::{self, IsTerminal as _};

use anstyle::{AnsiColor, Style};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// In terminal columns.
    pub width: u16,
    pub colour: bool,
}

/// Fits on any screen, and in a mail.
const WIDTH: u16 = 120;

impl Look {
    pub const PLAIN: Self = Self { width: WIDTH, colour: false };

    /// Colours only a terminal, and only if `NO_COLOR` is unset (<https://no-color.org>).
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
