//! The report: what the benches measured and what the attacks showed, as one text, one page, and verdicts.
//!
//! * [`material`]: the newest run, those beside it, and the newest table of attacks, as files
//! * [`figures`], [`soundness`]: a run, asked for what it says, and whether that may be believed
//! * [`repeats`]: whether another run says the same
//! * [`claims`]: sentences that people say, decided by rules that were written down before
//! * [`verdicts`]: what became of them, small enough to be compiled into the lab's page
//! * [`chapters`]: the text, as [`document`] blocks
//! * [`chart`]: figures as SVG
//! * [`numbers`]: numbers for people
//! * [`readme`]: what of it stands in the README
//! * [`capacity`]: what so many users need
//!
//! Nothing here measures or judges by eye: the same material always gives the same report.

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
pub(crate) mod sample;
pub mod soundness;
#[cfg(test)]
mod tests;
pub mod verdicts;

use std::collections::BTreeMap;

use anyhow::Result;

use self::{
    document::{Block, markdown, page},
    material::Material,
    readme::Section,
    verdicts::Verdicts,
};

const TITLE: &str = "Cookie, session or token: measured";
/// The folder of the charts, beside the text.
const CHARTS: &str = "comparison";

/// The report of some material.
#[derive(Debug)]
pub struct Report {
    /// By their names in the folder of documents.
    pub documents: BTreeMap<String, String>,
    pub verdicts: Verdicts,
    /// What stands in the README.
    pub readme: String,
}

impl Report {
    pub fn of(material: &Material) -> Result<Self> {
        let verdicts = Verdicts::of(material);
        let section = Section::of(material, &verdicts);
        let blocks = chapters::all(TITLE, section.chart.clone(), material, &verdicts);
        let mut documents = BTreeMap::from([
            ("comparison.md".to_owned(), markdown::render(&blocks, CHARTS)),
            ("comparison.html".to_owned(), page::render(TITLE, &blocks)),
            ("comparison.svg".to_owned(), section.chart.svg.clone()),
        ]);
        for block in blocks {
            if let Block::Chart(chart) = block {
                documents.insert(format!("{CHARTS}/{}.svg", chart.id), chart.svg);
            }
        }
        Ok(Self { documents, readme: section.text, verdicts })
    }
}
