//! The attack table, as `lab attack` recorded it, and the same rows for peers where a library decides the result.

use crate::report::{
    document::Block,
    material::{Attacks, Cell, Mark, Material},
};

pub(super) fn chapter(material: &Material) -> Vec<Block> {
    let mut blocks = vec![Block::chapter("attacks", "What each withstands")];
    if let Some(attacks) = &material.attacks {
        blocks.push(Block::text(
            "Every attack of the matrix, played over HTTP against the services in the settings that change something. **by nature**: the \
             mechanism, so set, cannot prevent it. The [threat model](threat-model.md) says what each row stands for; \
             `cargo run --release -- attack --explain A05` shows its requests, the remedy and its price.",
        ));
        blocks.push(table(attacks));
        blocks.push(Block::text("Repeat this table: `cargo run --release -- attack`."));
    } else {
        blocks.push(Block::Warning("THE ATTACKS WERE NOT PLAYED: whatever they decide is open.".to_owned()));
    }
    if let Some(attacks) = &material.attacks_on_peers {
        blocks.push(Block::section("attacks-on-peers", "What others do under the same attacks"));
        blocks.push(Block::text(
            "The rows that a library decides and not the application around it, played on the [peers](../peers/README.md) at the versions \
             and in the settings that this report names: observed behaviour, which their documentation lets one expect. **not stated**: \
             nothing is claimed here.",
        ));
        blocks.push(table(attacks));
        blocks.push(Block::text("Repeat this table: `just peers attack-peers`, then `cargo run --release -- report`."));
    }
    blocks
}

fn table(attacks: &Attacks) -> Block {
    let marks = attacks.marks.iter().map(Mark::name);
    let head: Vec<String> = ["attack".to_owned()].into_iter().chain(marks).chain(["standard".to_owned()]).collect();
    let rows = attacks.rows.iter().map(|row| {
        let named = format!("{} {}", row.number, row.title);
        [named].into_iter().chain(row.cells.iter().map(told)).chain([row.standard.clone()]).collect()
    });
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    Block::table(&head, rows.collect())
}

fn told(cell: &Cell) -> String {
    let told = cell.told();
    if cell.alarms() { format!("**{}**", told.to_uppercase()) } else { told }
}
