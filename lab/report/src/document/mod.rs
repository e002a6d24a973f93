//! A document with tables and charts, which can be rendered in two formats.
//!
//! * [`markdown`]: for the repository
//! * [`page`]: one HTML file without dependencies
//! * [`inline`]: the markup allowed in a sentence

pub mod inline;
pub mod markdown;
pub mod page;

use super::chart::Chart;

#[derive(Clone, Debug)]
pub enum Block {
    /// The anchor does not depend on the title, so links survive a new title.
    Heading {
        level: u8,
        anchor: String,
        title: String,
    },
    /// A paragraph, with `` `code` ``, `**strong**` and `[links](to)`.
    Text(String),
    List(Vec<String>),
    /// A warning in large type, with its reason.
    Warning(String),
    /// Each row begins with the name of its subject.
    Table {
        head: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    Chart(Chart),
}

impl Block {
    pub fn chapter(anchor: &str, title: &str) -> Self {
        Self::heading(2, anchor, title)
    }

    pub fn section(anchor: &str, title: &str) -> Self {
        Self::heading(3, anchor, title)
    }

    fn heading(level: u8, anchor: &str, title: &str) -> Self {
        Self::Heading { level, anchor: anchor.to_owned(), title: title.to_owned() }
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn table(head: impl IntoIterator<Item = impl Into<String>>, rows: Vec<Vec<String>>) -> Self {
        Self::Table { head: head.into_iter().map(Into::into).collect(), rows }
    }
}
