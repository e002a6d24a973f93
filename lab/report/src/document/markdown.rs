//! The document as Markdown; its charts are separate files.

use super::{Block, Table};

/// `charts` is the path of the charts' folder, relative to the file.
pub fn render(blocks: &[Block], charts: &str) -> String {
    let parts = blocks.iter().map(|block| match block {
        Block::Heading { level, anchor, title } => {
            let signs = "#".repeat(usize::from(*level));
            if anchor.is_empty() {
                format!("{signs} {title}")
            } else {
                format!("<a id=\"{anchor}\"></a>\n\n{signs} {title}")
            }
        }
        Block::Text(text) => text.clone(),
        Block::List(items) => items.iter().map(|item| format!("* {item}")).collect::<Vec<_>>().join("\n"),
        Block::Warning(text) => format!("> [!WARNING]\n> **{text}**"),
        Block::Table(table) => tabulated(table),
        Block::Chart(chart) => {
            format!(
                "![{}: {}]({charts}/{}.svg)",
                chart.title,
                chart.description.replace('[', "(").replace(']', ")"),
                chart.id
            )
        }
    });
    parts.collect::<Vec<_>>().join("\n\n") + "\n"
}

fn tabulated(table: &Table) -> String {
    let rule = table.head.iter().enumerate().map(|(column, _)| if column == 0 { "---" } else { "---:" }.to_owned());
    let lines = [line(table.head.iter().cloned()), line(rule)].into_iter();
    lines.chain(table.rows.iter().map(|row| line(row.iter().cloned()))).collect::<Vec<_>>().join("\n")
}

fn line(cells: impl Iterator<Item = String>) -> String {
    cells.fold("|".to_owned(), |line, cell| line + " " + &cell.replace('|', "\\|") + " |")
}
