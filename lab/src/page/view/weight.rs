//! Bytes on the wire, as a number and as a bar.

use authlab_report::numbers::thousands;
use maud::{Markup, html};

use crate::journey::transcript::{StepOutcome, StepResult};

/// Such as `1,234 B`.
pub(super) fn bytes(count: usize) -> String {
    format!("{} B", thousands(count))
}

/// The bytes in each direction at this step. The longest bar among all services has the full width.
pub(super) fn bars(result: &StepResult, outcome: &StepOutcome) -> Markup {
    let most = |of: fn(&StepOutcome) -> usize| result.outcomes.iter().map(of).max().unwrap_or(0);
    html! {
        dl.weights {
            (bar("out", outcome.bytes_sent(), most(StepOutcome::bytes_sent)))
            (bar("back", outcome.bytes_received(), most(StepOutcome::bytes_received)))
        }
    }
}

/// Drawn with attributes, because the page's Content-Security-Policy forbids inline styles.
fn bar(way: &str, count: usize, most: usize) -> Markup {
    let share = (count * 100).checked_div(most).unwrap_or(0);
    html! {
        div {
            dt { (way) }
            dd {
                svg.bar viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" {
                    rect.rail width="100" height="1" {}
                    rect.level width=(share) height="1" {}
                }
                (bytes(count))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(bytes), ["0 B", "999 B", "1,000 B", "1,234,567 B"]);
    }
}
