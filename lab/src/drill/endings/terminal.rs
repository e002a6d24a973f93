//! The delays of each replica, for a terminal.

use std::time::Duration;

use comfy_table::{LineStyle, Table, presets::UTF8_FULL};

use super::Heard;

pub fn render(heard: &[Heard]) -> String {
    let mut table = Table::new();
    let mut style = UTF8_FULL;
    style.row_separator = LineStyle::none();
    table.load_style(style);
    table.set_header(["ended by", "replica", "endings", "heard after: median", "at most", "within a second"]);
    for heard in heard {
        let mut after: Vec<_> = heard.after.iter().map(|after| after.unwrap_or(Duration::MAX)).collect();
        after.sort_unstable();
        table.add_row([
            heard.way.name().to_owned(),
            heard.replica.clone(),
            after.len().to_string(),
            shown(after.get(after.len() / 2)),
            shown(after.last()),
            if heard.in_time() { "yes" } else { "no" }.to_owned(),
        ]);
    }
    table.to_string()
}

fn shown(after: Option<&Duration>) -> String {
    match after {
        Some(&Duration::MAX) => "not at all".to_owned(),
        Some(after) => format!("{} ms", after.as_millis()),
        None => String::new(),
    }
}
