//! Finds the differences between the targets' answers to one step, which the page marks.

use authlab_client::recording::Exchange;
use serde_json::Value;

use crate::journey::transcript::{StepResult, StepVerdict};

/// The differences between one target's exchange and the same exchange of the others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    pub(super) status: bool,
    /// Names of response headers, in lower case, that some target did not send.
    pub(super) headers: Vec<String>,
    /// Trimmed lines of the response body that some target does not have.
    pub(super) lines: Vec<String>,
}

/// Compares the exchange at index `at` of the target in `column` with the same exchange of the others.
///
/// Exchanges are the same if they have the same index and the same request. Headers and bodies are compared only if the
/// status is equal. Otherwise everything differs, and marking it all would hide the cause.
pub(super) fn differences(step: &StepResult, column: usize, at: usize) -> Differences {
    let Some(own) = exchange(step, column, at) else { return Differences::default() };
    let others =
        (0..step.outcomes.len()).filter(|other| *other != column).filter_map(|other| exchange(step, other, at));
    let others: Vec<&Exchange> = others.filter(|other| asks_the_same(own, other)).collect();
    let alike: Vec<&Exchange> = others.iter().copied().filter(|other| other.status == own.status).collect();
    let lacks = |has: fn(&Exchange, &str) -> bool, part: &str| alike.iter().any(|other| !has(other, part));
    let headers = own.response_headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    Differences {
        status: alike.len() < others.len(),
        headers: headers.filter(|name| lacks(has_header, name)).collect(),
        lines: lines(own).filter(|line| lacks(has_line, line)).map(str::to_owned).collect(),
    }
}

/// The remark above a step, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remark {
    Differs,
    Breached,
}

pub(super) fn remark(step: &StepResult) -> Option<Remark> {
    let any = |wanted: fn(&StepVerdict) -> bool| step.outcomes.iter().any(|outcome| wanted(&outcome.verdict));
    if any(|verdict| matches!(verdict, StepVerdict::Breach(_))) {
        return Some(Remark::Breached);
    }
    any(|verdict| *verdict != StepVerdict::AsContract).then_some(Remark::Differs)
}

fn exchange(step: &StepResult, column: usize, at: usize) -> Option<&Exchange> {
    step.outcomes.get(column)?.exchanges.get(at)
}

fn asks_the_same(one: &Exchange, other: &Exchange) -> bool {
    one.method == other.method && without_query(&one.path) == without_query(&other.path)
}

fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

fn has_header(exchange: &Exchange, header: &str) -> bool {
    exchange.response_headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(header))
}

/// Whether the body has the line's member, and the same value if it is a number or a truth value. Texts are not compared,
/// because names and times always differ between targets.
fn has_line(exchange: &Exchange, line: &str) -> bool {
    let Some((name, value)) = member(line) else { return true };
    let is_plain = serde_json::from_str(value).is_ok_and(|value: Value| !value.is_string());
    lines(exchange).filter_map(member).any(|(other, found)| other == name && (!is_plain || found == value))
}

/// The body line by line, without indentation and trailing commas.
fn lines(exchange: &Exchange) -> impl Iterator<Item = &str> {
    exchange.response_body.as_deref().into_iter().flat_map(str::lines).map(bare)
}

/// A line in the form that [`Differences::lines`] uses.
pub(super) fn bare(line: &str) -> &str {
    line.trim().trim_end_matches(',')
}

/// The member's name and the start of its value in a line of indented JSON.
fn member(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix('"')?.split_once("\": ")
}

#[cfg(test)]
mod tests {
    use super::{Remark, differences, member, remark};
    use crate::{journey::transcript::StepVerdict, page::sample};

    #[test]
    fn a_status_that_another_target_does_not_share_is_marked_in_every_column() {
        let mut step = sample::step();
        step.outcomes[1].exchanges[0].status = 501;
        assert!((0..3).all(|column| differences(&step, column, 0).status));
    }

    #[test]
    fn headers_and_members_are_marked_where_they_stand_alone() {
        let step = sample::step();
        let cookie = differences(&step, 0, 0);
        assert_eq!((cookie.headers, cookie.lines), (vec!["set-cookie".to_owned()], vec![]));
        let token = differences(&step, 2, 0);
        assert_eq!(token.headers, Vec::<String>::new());
        assert_eq!(token.lines, [r#""token": {"#, r#""access_token": "eyJhbG…""#]);
    }

    #[test]
    fn truths_and_numbers_are_marked_where_they_differ_and_texts_are_not() {
        let mut step = sample::step();
        for (at, outcome) in step.outcomes.iter_mut().enumerate() {
            let body = format!("{{\n  \"known\": {},\n  \"name\": \"{at}\",\n  \"size\": 7\n}}", at == 0);
            outcome.exchanges[0].response_body = Some(body);
        }
        assert_eq!(differences(&step, 0, 0).lines, [r#""known": true"#]);
    }

    #[test]
    fn under_different_statuses_nothing_else_is_marked() {
        let mut step = sample::step();
        step.outcomes[2].exchanges[0].status = 501;
        let token = differences(&step, 2, 0);
        assert!(token.status && token.headers.is_empty() && token.lines.is_empty());
    }

    #[test]
    fn answers_to_different_questions_are_not_compared() {
        let mut step = sample::step();
        for outcome in &mut step.outcomes[1..] {
            outcome.exchanges[0].path = "/elsewhere".to_owned();
        }
        assert!(!differences(&step, 0, 0).status && differences(&step, 0, 0).headers.is_empty());
    }

    #[test]
    fn a_step_is_remarked_upon_by_its_gravest_verdict() {
        let mut step = sample::step();
        assert_eq!(remark(&step), Some(Remark::Differs));
        step.outcomes[0].verdict = StepVerdict::Breach("it answered 500".to_owned());
        assert_eq!(remark(&step), Some(Remark::Breached));
        for outcome in &mut step.outcomes {
            outcome.verdict = StepVerdict::AsContract;
        }
        assert_eq!(remark(&step), None);
    }

    #[test]
    fn the_member_of_a_line_is_its_name() {
        assert_eq!(member("\"a b\": {"), Some(("a b", "{")));
        assert_eq!(member("\"just a text\""), None);
        assert_eq!(member("}"), None);
    }
}
