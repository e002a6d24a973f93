//! The results of all rows against all targets.

use super::{
    arena::Mark,
    row::{Leak, Outcome, Row},
    script::Act,
};

#[derive(Clone, Debug)]
pub struct Report {
    pub marks: Vec<Mark>,
    /// The mechanism that each target names at `/about`.
    pub mechanisms: Vec<String>,
    pub rows: Vec<&'static Row>,
    /// Indexed by row, then by target.
    pub cells: Vec<Vec<Cell>>,
}

/// The result of one row against one target.
#[derive(Clone, Debug)]
pub struct Cell {
    pub outcome: Outcome,
    /// Only in rows about ended credentials.
    pub leak: Option<Leak>,
    pub requests: usize,
    pub acts: Vec<Act>,
}

impl Report {
    /// Whether every attack that should be blocked was blocked. Decides the exit code.
    pub fn holds(&self) -> bool {
        !self.cells.iter().flatten().any(|cell| cell.outcome.is_breach())
    }

    /// Counts the cells with this outcome.
    pub fn count(&self, word: &str) -> usize {
        self.cells.iter().flatten().filter(|cell| cell.outcome.word() == word).count()
    }

    /// Rows with their cells, in the order of the table.
    pub fn lines(&self) -> impl Iterator<Item = (&'static Row, &[Cell])> {
        self.rows.iter().copied().zip(self.cells.iter().map(Vec::as_slice))
    }

    /// The cells of the row with this id.
    pub fn row(&self, id: &str) -> Option<&[Cell]> {
        self.lines().find(|(row, _)| row.id == id).map(|(_, cells)| cells)
    }
}

impl Leak {
    /// Short, for a table cell: `0 ms`, `4.0 s`, or the time until the expiry, `14 d`.
    pub fn in_short(&self) -> String {
        match self.open_for_seconds {
            Some(seconds) => time(seconds),
            None if self.measured.as_secs() > 0 => format!("{:.1} s", self.measured.as_secs_f64()),
            None => format!("{} ms", self.measured.as_millis()),
        }
    }

    /// As words, for a sentence.
    pub fn in_words(&self) -> String {
        let accepted = format!("last accepted {} ms after the end", self.measured.as_millis());
        match self.open_for_seconds {
            Some(seconds) => format!("{accepted}, when the watch ended; open for {} more", time(seconds)),
            None if self.measured.is_zero() => "none: it was refused at once".to_owned(),
            None => accepted,
        }
    }
}

fn time(seconds: u64) -> String {
    match seconds {
        0..=599 => format!("{seconds} s"),
        600..=86_399 => format!("{} min", seconds / 60),
        _ => format!("{} d", seconds.div_ceil(86_400)),
    }
}
