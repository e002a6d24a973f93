//! What came out, as text.

use std::fmt::{self, Write as _};

use super::{
    rounds::{Depth, Samples},
    served::{BARE, CONTENDERS, NULL},
};
use lab::results::statistics::{Estimate, estimate, median, paired, quantile};

/// The figures of one depth: for each contender the median, its spread, and how it compares with both nulls.
pub fn table(depth: Depth, samples: &Samples) -> String {
    let mut text = format!(
        "GET /mine, {} in flight: CPU time of the server, ns a request (median of {} batches of {}; [95 %])\n\
         {:<19} {:>7} {:>15}  {:<20} {:<20} {:>22}\n",
        depth.in_flight,
        samples[BARE].concat().len(),
        depth.batch,
        "",
        "median",
        "quartiles",
        "ratio to bare",
        "ratio to null",
        "more than bare, ns",
    );
    for (contender, own) in CONTENDERS.iter().zip(samples) {
        let all = own.concat();
        let to_bare = estimate(&paired(own, &samples[BARE], |own, bare| own / bare));
        let to_null = estimate(&paired(own, &samples[NULL], |own, null| own / null));
        let more = estimate(&paired(own, &samples[BARE], |own, bare| own - bare));
        let quartiles = format!("{:.0}-{:.0}", quantile(&all, 250), quantile(&all, 750));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:<19} {:>7.0} {quartiles:>15}  {:<20} {:<20} {:>22}",
            contender.name,
            median(&all),
            Ratio(to_bare).to_string(),
            Ratio(to_null).to_string(),
            format!("{:.0} [{:.0}, {:.0}]", more.median, more.low, more.high),
        );
    }
    text
}

/// `1.23 [1.21, 1.25]`
struct Ratio(Estimate);

impl fmt::Display for Ratio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Estimate { median, low, high }) = self;
        write!(formatter, "{median:.3} [{low:.3}, {high:.3}]")
    }
}
