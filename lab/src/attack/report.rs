//! What came of all rows against all marks.

use super::{
    arena::Mark,
    row::{Leak, Outcome, Row},
    script::Act,
};

#[derive(Clone, Debug)]
pub struct Report {
    pub marks: Vec<Mark>,
    /// What each mark says it is.
    pub mechanisms: Vec<String>,
    pub rows: Vec<&'static Row>,
    /// By row, then by mark.
    pub cells: Vec<Vec<Cell>>,
}

/// One row against one mark.
#[derive(Clone, Debug)]
pub struct Cell {
    pub outcome: Outcome,
    /// Where time matters.
    pub leak: Option<Leak>,
    pub requests: usize,
    pub acts: Vec<Act>,
}

impl Report {
    /// Whether nothing fell that should have held; what decides the exit code.
    pub fn holds(&self) -> bool {
        !self.cells.iter().flatten().any(|cell| cell.outcome.is_breach())
    }

    /// How many cells ended so.
    pub fn count(&self, word: &str) -> usize {
        self.cells.iter().flatten().filter(|cell| cell.outcome.word() == word).count()
    }

    /// Rows with their cells, in the order of the table.
    pub fn lines(&self) -> impl Iterator<Item = (&'static Row, &[Cell])> {
        self.rows.iter().copied().zip(self.cells.iter().map(Vec::as_slice))
    }

    /// The cells of the row of this id.
    pub fn row(&self, id: &str) -> Option<&[Cell]> {
        self.lines().find(|(row, _)| row.id == id).map(|(_, cells)| cells)
    }
}

impl Leak {
    /// For a cell: `0 ms`, `4.0 s`, or how long it will still be open, `14 d`.
    pub fn in_short(&self) -> String {
        match self.open_for_seconds {
            Some(seconds) => time(seconds),
            None if self.measured.as_secs() > 0 => format!("{:.1} s", self.measured.as_secs_f64()),
            None => format!("{} ms", self.measured.as_millis()),
        }
    }

    /// For a sentence.
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
