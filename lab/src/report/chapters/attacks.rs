//! What each mechanism withstands, as `lab attack` saw it.

use crate::report::{
    document::Block,
    material::{Attacks, Cell},
};

pub(super) fn chapter(attacks: Option<&Attacks>) -> Vec<Block> {
    let mut blocks = vec![Block::chapter("attacks", "What each withstands")];
    let Some(attacks) = attacks else {
        blocks.push(Block::Warning("THE ATTACKS WERE NOT PLAYED: whatever they decide is open.".to_owned()));
        return blocks;
    };
    blocks.push(Block::text(
        "Every attack of the matrix, played over HTTP against the services in the settings that change something. **by nature**: the \
         mechanism, so set, cannot prevent it. The [threat model](threat-model.md) says what each row stands for; \
         `cargo run --release -- attack --explain A05` shows its requests, the remedy and its price.",
    ));
    let marks = attacks.marks.iter().map(|mark| format!("{} {}", mark.mechanism, mark.setting).trim_end().to_owned());
    let head: Vec<String> = ["attack".to_owned()].into_iter().chain(marks).chain(["standard".to_owned()]).collect();
    let rows = attacks.rows.iter().map(|row| {
        let named = format!("{} {}", row.number, row.title);
        [named].into_iter().chain(row.cells.iter().map(told)).chain([row.standard.clone()]).collect()
    });
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    blocks.push(Block::table(&head, rows.collect()));
    blocks.push(Block::text("Repeat this table: `cargo run --release -- attack`."));
    blocks
}

fn told(cell: &Cell) -> String {
    let word = match &*cell.outcome {
        "held" => "held",
        "fell" => "**FELL**",
        "by_nature" => "by nature",
        "not_applicable" => "n/a",
        "not_played" => "**not played**",
        other => other,
    };
    match cell.leak.map(|leak| (leak.open_for_seconds, leak.measured_ms)) {
        Some((Some(seconds), _)) => format!("{word}, open for {}", time(seconds)),
        Some((None, 0)) | None => word.to_owned(),
        Some((None, milliseconds)) => format!("{word}, within {milliseconds} ms"),
    }
}

fn time(seconds: u64) -> String {
    match seconds {
        0..=599 => format!("{seconds} s"),
        600..=86_399 => format!("{} min", seconds / 60),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}
