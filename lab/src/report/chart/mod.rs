//! Figures as SVG, each readable by itself, on light and dark grounds, without telling colours apart, and aloud.
//!
//! * [`canvas`]: what all of them stand on
//! * [`scale`]: where a value lies, and which values are written beside the axis
//! * [`bars`]: how much, one under another
//! * [`panels`]: how much, over something that grows
//! * [`forest`]: how many times, with the interval

pub mod bars;
mod canvas;
pub mod forest;
pub mod panels;
mod scale;

/// A chart as it stands in the page or in a file of its own.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Its file's name, too.
    pub id: String,
    pub title: String,
    /// The same for whoever does not see it.
    pub told: String,
    pub svg: String,
}

/// CPU time is told in two parts everywhere, and drawn alike.
pub const SERVICE_AND_STORE: [&str; 2] = ["service", "store"];
