//! The document as one HTML file without script, fonts or other files.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Block, inline};

const STYLE: &str = include_str!("page.css");

pub fn render(title: &str, blocks: &[Block]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (contents(blocks))
                main { @for block in blocks { (shown(block)) } }
            }
        }
    };
    page.into_string() + "\n"
}

fn contents(blocks: &[Block]) -> Markup {
    html! {
        nav aria-label="Chapters" {
            ol {
                @for block in blocks {
                    @if let Block::Heading { level: 2, anchor, title } = block {
                        li { a href={ "#" (anchor) } { (inline::html(title)) } }
                    }
                }
            }
        }
    }
}

fn shown(block: &Block) -> Markup {
    match block {
        Block::Heading { level, anchor, title } => heading(*level, anchor, title),
        Block::Text(text) => html! { p { (inline::html(text)) } },
        Block::List(items) => html! { ul { @for item in items { li { (inline::html(item)) } } } },
        Block::Warning(text) => html! { p.warning role="note" { (inline::html(text)) } },
        Block::Table { head, rows } => tabulated(head, rows),
        Block::Chart(chart) => html! {
            figure {
                figcaption { (chart.title) }
                div.wide tabindex="0" role="region" aria-label=(chart.title) { (PreEscaped(&chart.svg)) }
            }
        },
    }
}

fn heading(level: u8, anchor: &str, title: &str) -> Markup {
    let link = html! {
        (inline::html(title))
        @if !anchor.is_empty() { " " a.anchor href={ "#" (anchor) } aria-label="Link to this place" { "#" } }
    };
    let anchor = (!anchor.is_empty()).then_some(anchor);
    match level {
        1 => html! { h1 id=[anchor] { (link) } },
        2 => html! { h2 id=[anchor] { (link) } },
        _ => html! { h3 id=[anchor] { (link) } },
    }
}

fn tabulated(head: &[String], rows: &[Vec<String>]) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label=(head.join(", ")) {
            table {
                thead { tr { @for cell in head { th scope="col" { (inline::html(cell)) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (column, cell) in row.iter().enumerate() {
                                @if column == 0 { th scope="row" { (inline::html(cell)) } } @else { td { (inline::html(cell)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
