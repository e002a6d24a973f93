//! The attack table, from the last stored run of the attacks.

use authlab_report::document::inline;
use authlab_results::attacks::{AttackCell, AttackRow, AttackTable, Outcome};
use maud::{Markup, html};

use super::{Page, frame};

pub(in crate::page) fn attacks(kept: Option<&AttackTable>) -> Page {
    frame::page(
        "What each withstands",
        &html! {
            section.matrix {
                h1 { "What does each withstand?" }
                @match kept {
                    Some(attacks) => (played(attacks)),
                    None => (nothing()),
                }
            }
        },
    )
}

fn nothing() -> Markup {
    html! {
        p.lead {
            "No table was kept when this program was built. " code { "cargo run --release -- attack" } " runs the attacks and prints the table."
        }
    }
}

fn played(attacks: &AttackTable) -> Markup {
    html! {
        p.lead {
            "Every attack was run over HTTP against the services, in each setting that changes a result. " b { "Unavoidable" }
            ": the mechanism cannot prevent the attack in this setting."
        }
        p.soft {
            "Run on " (attacks.played_at.strftime("%-d %B %Y")) ". To see the requests of a row, its remedy and its price: "
            code { "cargo run --release -- attack --explain A05" } ". " a href="/#attacks" { "Run some of them step by step." }
        }
        div.scroll tabindex="0" role="region" aria-label="The table of attacks" {
            table {
                thead {
                    tr {
                        th scope="col" { "Attack" }
                        @for column in &attacks.columns {
                            th scope="col" data-mechanism=(column.mechanism) { (column.mechanism) " " small { (column.setting) } }
                        }
                    }
                }
                tbody { @for row in &attacks.rows { (line(row)) } }
            }
        }
    }
}

pub(super) fn line(row: &AttackRow) -> Markup {
    html! {
        tr id=(row.number) {
            th scope="row" { b { (row.number) } " " (inline::html(&row.title)) " " small.soft { (row.standard) } }
            @for cell in &row.cells { td.(class(cell)) { (cell.in_words()) } }
        }
    }
}

fn class(cell: &AttackCell) -> &'static str {
    match cell.outcome {
        Outcome::Held => "blocked",
        Outcome::ByNature(_) => "unavoidable",
        Outcome::Fell { .. } | Outcome::NotPlayed { .. } => "succeeded",
        Outcome::NotApplicable { .. } | Outcome::NotStated => "soft",
    }
}
