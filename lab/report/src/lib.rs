//! The report: one text, one page and verdicts, computed from measurements and attack results.
//!
//! * [`material`]: the files that a report is made of: the newest run, the runs beside it, and the attack results
//! * [`figures`], [`soundness`]: the values in a run, and whether the run can be relied on
//! * [`repeats`]: whether another run gives the same verdicts
//! * [`claims`]: claims that people make, decided by rules that were written before
//! * [`verdicts`]: the verdicts, as a file that is compiled into the lab's page
//! * [`chapters`]: the text, as [`document`] blocks
//! * [`chart`]: figures as SVG
//! * [`numbers`]: numbers as people read them
//! * [`readme`]: the part of the report that is in the README
//! * [`capacity`]: what N users need
//!
//! The same material always gives the same report.

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
    material::Material,
    readme::Section,
    verdicts::Verdicts,
};

const TITLE: &str = "Cookie, session or token: measured";
/// The folder of the charts, beside the text file.
const CHARTS: &str = "comparison";

/// The report on some material.
#[derive(Debug)]
pub struct Report {
    /// The text of each document, by its name in the folder of documents.
    pub documents: BTreeMap<String, String>,
    pub verdicts: Verdicts,
    /// The section of the README.
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
