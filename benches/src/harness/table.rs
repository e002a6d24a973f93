//! The results as a text table.

use std::fmt::Write as _;

use authlab_results::{
    Figure, Metric, Point, Run,
    statistics::{Estimate, quantile},
};

use super::{
    contender::{BARE, CONTENDERS},
    plan::Spot,
};

/// For each spot: every contender's median, its spread, and its ratio to a bare handler.
pub fn table(run: &Run) -> String {
    Spot::all().iter().map(|spot| of(spot, run)).collect()
}

fn of(spot: &Spot, run: &Run) -> String {
    let mut text = String::new();
    for contender in CONTENDERS.iter() {
        let at = spot.point(contender);
        let Some(figure) = run.figure(Metric::ServerCpu, &at) else { continue };
        let store = run.figure(Metric::StoreCpu, &at).map(|store| store.estimate().median);
        let bare = Point { contender: BARE.to_owned(), ..at.clone() };
        let ratio = run.ratio(Metric::ServerCpu, &at, &bare).map_or_else(String::new, ratio);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<48} {} {:>9} {ratio}", contender.name, spread(figure), in_thousands(store));
    }
    if text.is_empty() {
        return text;
    }
    let more = [
        spot.item_bytes.map(|bytes| format!(", {bytes} bytes of items")),
        spot.carrier.map(|carrier| format!(", by {}", carrier.name())),
    ];
    let more: String = more.into_iter().flatten().collect();
    let head = format!("{}, {} in flight{more}: µs of CPU time a request", spot.journey.name(), spot.in_flight);
    format!("\n{head}\n{:<48} {:>8} {:>17} {:>9} ratio to bare [95 %]\n{text}", "", "server", "quartiles", "store")
}

fn spread(figure: &Figure) -> String {
    let all = figure.samples.concat();
    let quartiles = format!("{:.1}-{:.1}", quantile(&all, 250) / 1e3, quantile(&all, 750) / 1e3);
    format!("{:>8.1} {quartiles:>17}", figure.estimate().median / 1e3)
}

fn in_thousands(nanoseconds: Option<f64>) -> String {
    nanoseconds.map_or_else(String::new, |nanoseconds| format!("{:.1}", nanoseconds / 1e3))
}

/// Such as `1.23 [1.21, 1.25]`.
fn ratio(Estimate { median, low, high }: Estimate) -> String {
    format!("{median:.3} [{low:.3}, {high:.3}]")
}
