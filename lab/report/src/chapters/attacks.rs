//! Attack results: on the services, and on programs of others.

use authlab_results::attacks::{AttackCell, AttackTable, Column};

use crate::{document::Block, material::Material};

pub(super) fn chapter(material: &Material) -> Vec<Block> {
    let mut blocks = vec![Block::chapter("attacks", "Attacks")];
    if let Some(attacks) = &material.attacks {
        blocks.push(Block::text(
            "Every attack of the matrix, over HTTP, against the services in all settings that change a result. **unavoidable**: \
                 the mechanism, as it is set, cannot prevent it. The [threat model](threat-model.md) explains each row. `cargo \
                 run --release -- attack --explain A05` shows its requests, the remedy and its price.",
        ));
        blocks.push(table(attacks));
        blocks.push(Block::text("Repeat this table: `cargo run --release -- attack`."));
    } else {
        blocks.push(Block::Warning("THE ATTACKS WERE NOT RUN: claims that they decide are undecided.".to_owned()));
    }
    if let Some(attacks) = &material.attacks_on_peers {
        blocks.push(Block::section("attacks-on-peers", "What others do under the same attacks"));
        blocks.push(Block::text(
            "The attacks that a library decides, and not the application, on the [peers](../peers/README.md) in the versions \
                 and settings of this report: observed behaviour, as their documentation describes it. **not stated**: this \
                 report makes no statement.",
        ));
        blocks.push(table(attacks));
        blocks.push(Block::text("Repeat this table: `just peers attack-peers`, then `cargo run --release -- report`."));
    }
    blocks
}

fn table(attacks: &AttackTable) -> Block {
    let columns = attacks.columns.iter().map(Column::name);
    let head = ["attack".to_owned()].into_iter().chain(columns).chain(["standard".to_owned()]);
    let rows = attacks.rows.iter().map(|row| {
        let named = format!("{} {}", row.number, row.title);
        [named].into_iter().chain(row.cells.iter().map(told)).chain([row.standard.clone()]).collect()
    });
    Block::table(head, rows.collect())
}

fn told(cell: &AttackCell) -> String {
    let told = cell.in_words();
    if cell.outcome.is_breach() { format!("**{}**", told.to_uppercase()) } else { told }
}
