//! The attack table, from the last stored run of the attacks.

use maud::{Markup, html};

use super::{Page, frame};
use crate::report::{
    document::inline,
    material::{Attacks, Cell, Row},
};

pub(in crate::page) fn attacks(kept: Option<&Attacks>) -> Page {
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

fn played(attacks: &Attacks) -> Markup {
    html! {
        p.lead {
            "Every attack was run over HTTP against the services, in each setting that changes a result. " b { "By nature" }
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
                        @for mark in &attacks.marks {
                            th scope="col" data-mechanism=(mark.mechanism) { (mark.mechanism) " " small { (mark.setting) } }
                        }
                    }
                }
                tbody { @for row in &attacks.rows { (line(row)) } }
            }
        }
    }
}

fn line(row: &Row) -> Markup {
    html! {
        tr id=(row.number) {
            th scope="row" { b { (row.number) } " " (inline::html(&row.title)) " " small.soft { (row.standard) } }
            @for cell in &row.cells { td.(class(cell)) { (cell.told()) } }
        }
    }
}

fn class(cell: &Cell) -> &'static str {
    match &*cell.outcome {
        "held" => "held",
        "by_nature" => "nature",
        _ if cell.alarms() => "fell",
        _ => "soft",
    }
}
