//! The document as Markdown; its charts are separate files.

use super::Block;

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
        Block::Table { head, rows } => tabulated(head, rows),
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

fn tabulated(head: &[String], rows: &[Vec<String>]) -> String {
    let rule: Vec<String> = (0..head.len()).map(|at| if at == 0 { "---" } else { "---:" }.to_owned()).collect();
    let lines = [line(head), line(&rule)].into_iter();
    lines.chain(rows.iter().map(|row| line(row))).collect::<Vec<_>>().join("\n")
}

fn line(cells: &[String]) -> String {
    cells.iter().fold("|".to_owned(), |line, cell| line + " " + &cell.replace('|', "\\|") + " |")
}
