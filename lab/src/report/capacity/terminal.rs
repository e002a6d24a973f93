//! What so many users need, as text.

use comfy_table::{Cell, ContentArrangement, Table, presets::UTF8_FULL};
use shared::http::cookies::BIGGEST_COOKIE;

use super::{Capacity, Need};
use crate::{
    compare::look::Look,
    report::numbers::{bits_a_second, bytes, many, short, whole},
};

pub fn render(capacity: &Capacity, look: Look) -> String {
    let habits = &capacity.habits;
    let mut text = String::new();
    if !capacity.doubts.is_empty() {
        text += &look.heading(&format!("DO NOT RELY ON THIS: the run is in doubt: {}\n\n", capacity.doubts.join("; ")));
    }
    text += &format!(
        "{} users, each a day: {} requests, {} writes, {} logins, {} logouts, {} refreshes of tokens; {} logins live; the busiest second is {} times the average.\n\
         At the peak that is {} requests a second{}. Measured: {}.\n\n",
        many(capacity.users),
        short(habits.requests),
        short(habits.writes),
        short(habits.logins),
        short(habits.logouts),
        short(habits.refreshes),
        short(habits.live),
        short(habits.peak),
        whole(capacity.peak_requests),
        capacity
            .password_cores
            .map_or_else(String::new, |cores| format!(", and {} cores for passwords alone", short(cores))),
        capacity.run,
    );
    text += &table(capacity, look).to_string();
    text += &format!("\n\n{}\n", look.heading("Where each breaks, the first limit first"));
    text += &capacity.designs.iter().map(breaks).collect::<String>();
    text += &format!(
        "  and whatever the number of users: a cookie holds {} bytes with its name and attributes; items beyond that are refused (413).\n",
        whole(crate::report::figures::real(BIGGEST_COOKIE.try_into().unwrap_or_default())),
    );
    text += &listed(&look.heading("How it is computed"), capacity.formulae.iter().copied());
    text += &listed(&look.heading("What this does not know"), capacity.not_known.iter().map(String::as_str));
    text.trim_end().to_owned()
}

fn table(capacity: &Capacity, look: Look) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL).set_content_arrangement(ContentArrangement::Dynamic).set_width(look.width);
    table.force_no_tty();
    table.set_header([
        "at the peak",
        "cores, service",
        "cores, store",
        "memory, service",
        "memory, store",
        "store commands/s",
        "bandwidth",
    ]);
    let or_dash = |value: Option<f64>, shown: fn(f64) -> String| value.map_or_else(|| "–".to_owned(), shown);
    for need in &capacity.designs {
        table.add_row(
            [
                need.name.clone(),
                short(need.service_cores),
                short(need.store_cores),
                or_dash(need.service_bytes, bytes),
                or_dash(need.store_bytes, bytes),
                or_dash(need.store_commands, whole),
                bits_a_second(need.bits_a_second),
            ]
            .map(Cell::new),
        );
    }
    table
}

fn breaks(need: &Need) -> String {
    let line = |met: &super::Break| format!("    at {} users: {}\n", many(met.users), met.what);
    format!("  {}\n{}", need.name, need.breaks.iter().map(line).collect::<String>())
}

fn listed<'a>(heading: &str, lines: impl Iterator<Item = &'a str>) -> String {
    let lines: String = lines.map(|line| format!("  * {line}\n")).collect();
    format!("\n{heading}\n{lines}")
}
