//! The estimate as text.

use authlab_mechanism::cookie_attributes::MAX_COOKIE_SIZE;
use authlab_report::{
    capacity::{Capacity, Need, breaks::Break},
    numbers::{bits_a_second, bytes, many, real, short, whole},
};
use authlab_terminal::Look;
use comfy_table::{Table, presets::UTF8_FULL};

use crate::table::table;

pub fn render(capacity: &Capacity, look: Look) -> String {
    let doubt = format!("DO NOT RELY ON THIS: the run is in doubt: {}", capacity.doubts.join("; "));
    let doubt = (!capacity.doubts.is_empty()).then(|| look.heading(&doubt));
    let breaks: Vec<String> = capacity.designs.iter().map(breaks).collect();
    let cookie = whole(real(MAX_COOKIE_SIZE));
    let parts = [
        asked(capacity),
        needs(capacity, look).to_string(),
        format!("{}\n{}", look.heading("The limits of each design, in order"), breaks.join("\n")),
        format!(
            "  For any number of users, a cookie holds {cookie} bytes with its name and attributes; items beyond are refused (413)."
        ),
        listed(&look.heading("How it is computed"), capacity.formulae.iter().copied()),
        listed(&look.heading("What this does not know"), capacity.not_known.iter().map(String::as_str)),
    ];
    doubt.into_iter().chain(parts).collect::<Vec<_>>().join("\n\n")
}

/// The number of users, their habits, and the resulting peak.
fn asked(capacity: &Capacity) -> String {
    let habits = &capacity.habits;
    let a_day = [
        (habits.requests, "requests"),
        (habits.writes, "writes"),
        (habits.logins, "logins"),
        (habits.logouts, "logouts"),
        (habits.refreshes, "refreshes of tokens"),
    ];
    let a_day = a_day.map(|(count, what)| format!("{} {what}", short(count))).join(", ");
    let passwords = capacity.password_cores.map(|cores| format!(", and {} cores for password checks", short(cores)));
    format!(
        "{} users, each per day: {a_day}; {} simultaneous logins; the busiest second is {} times the average.\n\
         The peak is {} requests per second{}. Measured: {}.",
        many(capacity.users),
        short(habits.live),
        short(habits.peak),
        whole(capacity.peak_requests),
        passwords.unwrap_or_default(),
        capacity.run,
    )
}

fn needs(capacity: &Capacity, look: Look) -> Table {
    let cores = ["at the peak", "cores, service", "cores, store"];
    let others = ["memory, service", "memory, store", "store commands/s", "bandwidth"];
    let mut table = table(look, UTF8_FULL, cores.into_iter().chain(others));
    let or_dash = |value: Option<f64>, shown: fn(f64) -> String| value.map_or_else(|| "–".to_owned(), shown);
    for need in &capacity.designs {
        table.add_row([
            need.name.clone(),
            short(need.service_cores),
            short(need.store_cores),
            or_dash(need.service_bytes, bytes),
            or_dash(need.store_bytes, bytes),
            or_dash(need.store_commands, whole),
            bits_a_second(need.bits_a_second),
        ]);
    }
    table
}

fn breaks(need: &Need) -> String {
    let line = |met: &Break| format!("\n    at {} users: {}", many(met.users), met.what);
    format!("  {}{}", need.name, need.breaks.iter().map(line).collect::<String>())
}

fn listed<'a>(heading: &str, lines: impl Iterator<Item = &'a str>) -> String {
    lines.fold(heading.to_owned(), |text, line| text + "\n  * " + line)
}
