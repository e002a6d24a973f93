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
//! * [`costs`]: the first chart, and the part of `docs/choose.md`
//! * [`decision`]: the README's part of the report
//! * [`claims_page`]: the page `docs/claims.md`
//! * [`marked`]: blocks in pages that people write
//! * [`capacity`]: capacity estimates
//!
//! The report is deterministic: the same material always gives the same report.

pub mod capacity;
pub mod chapters;
pub mod chart;
pub mod claims;
mod claims_page;
mod costs;
mod decision;
pub mod document;
pub mod figures;
pub mod marked;
pub mod material;
pub mod numbers;
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
    /// The blocks in pages that people write, by file name relative to the repository's root.
    pub blocks: BTreeMap<&'static str, String>,
}

impl Report {
    pub fn of(material: &Material) -> Result<Self> {
        let verdicts = Verdicts::of(material);
        let figures = Figures(&material.run);
        let chart = costs::chart(figures);
        let claims = claims_page::page(chart.clone(), material, &verdicts);
        let chapters = chapters::all(TITLE, chart.clone(), material, &verdicts);
        let mut documents = BTreeMap::from([
            ("claims.md".to_owned(), markdown::render(&claims, CHARTS)),
            ("comparison.md".to_owned(), markdown::render(&chapters, CHARTS)),
            ("comparison.html".to_owned(), page::render(TITLE, &chapters)),
            ("comparison.svg".to_owned(), chart.svg),
        ]);
        for block in chapters {
            if let Block::Chart(chart) = block {
                documents.insert(format!("{CHARTS}/{}.svg", chart.id), chart.svg);
            }
        }
        let blocks = BTreeMap::from([
            ("README.md", decision::section(material, &verdicts)),
            ("docs/choose.md", costs::table(figures)),
        ]);
        Ok(Self { documents, verdicts, blocks })
    }
}
