//! The report: the measurements and the attack table as Markdown, as one HTML page, and as verdicts.
//!
//! * [`material`]: the input files: the newest run, the other runs, and the attack tables
//! * [`figures`], [`soundness`]: queries on a run, and whether the run is in doubt
//! * [`repeats`]: whether another run gives the same verdicts
//! * [`claims`]: common claims, decided by rules that were written before any measurement
//! * [`verdicts`]: the verdicts, small enough to be compiled into the lab's page
//! * [`chapters`]: the text, as [`document`] blocks
//! * [`chart`]: figures as SVG
//! * [`numbers`]: number formats for people
//! * [`readme`]: the README's part of the report
//! * [`capacity`]: capacity estimates
//!
//! The report is deterministic: the same material always gives the same report.

pub mod capacity;
pub mod chapters;
pub mod chart;
pub mod claims;
pub mod document;
pub mod figures;
pub mod material;
pub mod numbers;
pub mod readme;
pub mod repeats;
#[cfg(test)]
mod sample;
pub mod soundness;
#[cfg(test)]
mod tests;
pub mod verdicts;

use std::collections::BTreeMap;

use anyhow::Result;

use self::{
    document::{Block, markdown, page},
    figures::Figures,
    material::Material,
    verdicts::Verdicts,
};

const TITLE: &str = "Cookie, session or token: measured";
/// The folder of the charts, next to the text.
const CHARTS: &str = "comparison";

/// The report on some material.
#[derive(Debug)]
pub struct Report {
    /// By their file names in the folder of documents.
    pub documents: BTreeMap<String, String>,
    pub verdicts: Verdicts,
    /// The README's part of the report.
    pub readme: String,
}

impl Report {
    pub fn of(material: &Material) -> Result<Self> {
        let verdicts = Verdicts::of(material);
        let chart = readme::overview(Figures(&material.run));
        let readme = readme::section(material, &verdicts, &chart);
        let blocks = chapters::all(TITLE, chart.clone(), material, &verdicts);
        let mut documents = BTreeMap::from([
            ("comparison.md".to_owned(), markdown::render(&blocks, CHARTS)),
            ("comparison.html".to_owned(), page::render(TITLE, &blocks)),
            ("comparison.svg".to_owned(), chart.svg),
        ]);
        for block in blocks {
            if let Block::Chart(chart) = block {
                documents.insert(format!("{CHARTS}/{}.svg", chart.id), chart.svg);
            }
        }
        Ok(Self { documents, verdicts, readme })
    }
}
