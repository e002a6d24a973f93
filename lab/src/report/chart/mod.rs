//! Figures as SVG. Each works without the text, on light and dark backgrounds, without colour, and for screen readers.
//!
//! * [`canvas`]: common parts of all charts
//! * [`scale`]: positions on an axis, and the labelled values
//! * [`bars`]: horizontal bars
//! * [`panels`]: values over a growing variable
//! * [`forest`]: ratios with their intervals

pub mod bars;
mod canvas;
pub mod forest;
pub mod panels;
mod scale;

/// A chart for a page or for a file.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Also the name of the chart's file.
    pub id: String,
    pub title: String,
    /// The description for screen readers.
    pub told: String,
    pub svg: String,
}

/// CPU time always has these two parts, with the same fills.
pub const SERVICE_AND_STORE: [&str; 2] = ["service", "store"];
