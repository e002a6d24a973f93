//! The content of a table cell, for every output format: short lines of text.

use authlab_client::{recording::Exchange, set_cookie::SetCookie, shortened};

pub(super) use authlab_report::numbers::thousands;

use crate::journey::transcript::{StepOutcome, StepResult, StepVerdict};

/// The maximum length of a body, so that the next step stays on the screen.
const MAX_BODY_SHOWN: usize = 400;
/// If a step has more exchanges, the earlier ones are shown only by status and bytes.
const TOLD_IN_FULL: usize = 3;

/// One line of the table: a label, and a cell for each target.
pub(super) struct Line {
    pub(super) label: String,
    pub(super) cells: Vec<Vec<String>>,
}

/// All lines of a step except the verdicts.
pub(super) fn lines(step: &StepResult) -> Vec<Line> {
    let most = step.outcomes.iter().map(|outcome| outcome.exchanges.len()).max().unwrap_or(0);
    let mut lines: Vec<Line> = (0..most).map(|at| exchange_line(step, at, most)).collect();
    let of_each = |cell: fn(&StepOutcome) -> Vec<String>| step.outcomes.iter().map(cell).collect();
    lines.push(Line { label: "client holds".to_owned(), cells: of_each(client_holds) });
    lines.push(Line { label: "server keeps".to_owned(), cells: of_each(server_keeps) });
    lines
}

/// The verdict and its reason.
pub(super) fn verdict(verdict: &StepVerdict) -> String {
    let sign = verdict.sign();
    match verdict {
        StepVerdict::AsContract => format!("{sign} same"),
        StepVerdict::AllowedDifference(because) => format!("{sign} differs, as the contract allows: {because}"),
        StepVerdict::Breach(what) => format!("{sign} BREAKS THE CONTRACT: {what}"),
        StepVerdict::Skipped(because) => format!("{sign} not run: {because}"),
    }
}

fn exchange_line(step: &StepResult, at: usize, of: usize) -> Line {
    let exchanges = || step.outcomes.iter().map(|outcome| outcome.exchanges.get(at));
    let label = exchanges().flatten().next().map(|exchange| format!("{} {}", exchange.method, exchange.path));
    let in_full = of <= TOLD_IN_FULL || at + 1 == of;
    let cell = |exchange: Option<&Exchange>| exchange.map(|exchange| answer(exchange, in_full)).unwrap_or_default();
    Line { label: label.unwrap_or_default(), cells: exchanges().map(cell).collect() }
}

fn answer(exchange: &Exchange, in_full: bool) -> Vec<String> {
    let (up, down) = (thousands(exchange.bytes_sent), thousands(exchange.bytes_received));
    let mut lines = vec![format!("{}  ↑ {up} B  ↓ {down} B", exchange.status)];
    if in_full {
        lines.extend(headers(exchange));
        lines.extend(exchange.response_body.as_deref().map(compact));
    }
    lines
}

/// The headers, without attributes that all cookies share, and with deletions in one line.
fn headers(exchange: &Exchange) -> Vec<String> {
    let mut lines = Vec::new();
    let mut deleted = Vec::new();
    for (name, value) in &exchange.response_headers {
        match SetCookie::parse(value).filter(|_| name == "Set-Cookie") {
            Some(cookie) if cookie.deletes() => deleted.push(cookie.name().to_owned()),
            Some(_) => lines.push(format!("{name}: {}", without_expires(value))),
            None => lines.push(format!("{name}: {value}")),
        }
    }
    if !deleted.is_empty() {
        lines.insert(0, format!("Set-Cookie: (deletes) {}", deleted.join(", ")));
    }
    lines
}

/// Removes `Expires`, which repeats `Max-Age`.
fn without_expires(cookie: &str) -> String {
    let is_expires = |part: &str| part.trim_start().to_ascii_lowercase().starts_with("expires=");
    cookie.split(';').filter(|part| !is_expires(part)).collect::<Vec<_>>().join(";")
}

fn client_holds(outcome: &StepOutcome) -> Vec<String> {
    if outcome.client_holds.is_empty() {
        return vec!["nothing".to_owned()];
    }
    let held = outcome.client_holds.iter();
    held.map(|held| format!("{} {}={} ({} B)", held.kind, held.name, held.value, thousands(held.bytes))).collect()
}

fn server_keeps(outcome: &StepOutcome) -> Vec<String> {
    let Some(kept) = &outcome.server_keeps else { return vec!["nothing".to_owned()] };
    if kept["where"] == "client" {
        return vec![match kept["bytes"].as_u64() {
            None | Some(0) => "nothing, the client holds it".to_owned(),
            Some(bytes) => format!("{bytes} B in addition to what the client holds"),
        }];
    }
    let mut lines = vec![format!("{} B in {}", kept["bytes"], kept["where"].as_str().unwrap_or("?"))];
    if !kept["record"].is_null() {
        lines.push(compact(&shortened::printable(&format!("{:#}", kept["record"]))));
    }
    lines
}

/// An indented body on one line, with a space at each place where it may wrap. The end of a long body is cut off.
fn compact(body: &str) -> String {
    let line = body.lines().map(str::trim_start).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_BODY_SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::{compact, without_expires};

    #[test]
    fn a_cookie_is_shown_without_its_second_expiry() {
        assert_eq!(without_expires("a=b…; Expires=Mon, 07 Dec 2026; Max-Age=5"), "a=b…; Max-Age=5");
    }

    #[test]
    fn an_indented_body_can_be_wrapped_at_every_member() {
        assert_eq!(compact("{\n  \"a\": 1,\n  \"b\": \"  c\"\n}"), "{ \"a\": 1, \"b\": \"  c\" }");
    }

    #[test]
    fn a_long_body_is_trimmed_at_a_character() {
        let trimmed = compact(&"🐎".repeat(500));
        assert!(trimmed.ends_with("🐎…") && trimmed.chars().count() == 401, "{trimmed}");
    }
}
