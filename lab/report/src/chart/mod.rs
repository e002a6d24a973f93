//! Figures as SVG. Each is readable alone, on light and dark backgrounds, without colours, and by a screen reader.
//!
//! * [`canvas`]: what all charts share
//! * [`scale`]: the axes
//! * [`bars`]: values, one below the other
//! * [`panels`]: values over a growing quantity
//! * [`forest`]: ratios with their intervals

pub mod bars;
mod canvas;
pub mod forest;
pub mod panels;
mod scale;

/// A chart, for the page or for a file.
#[derive(Clone, Debug)]
pub struct Chart {
    /// It is the name of the file, too.
    pub id: String,
    pub title: String,
    /// The content in words, for readers who do not see the chart.
    pub description: String,
    pub svg: String,
}

/// The two parts of CPU time, in all charts.
pub const SERVICE_AND_STORE: [&str; 2] = ["service", "store"];
