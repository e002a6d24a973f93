//! The documents agree with the code and with each other.
//!
//! * [`contract`]: `docs/contract.md` names every clause of the conformance suite, and no other
//! * [`links`]: every link leads to a file and a heading that exist
//! * [`output`]: the output of `lab compare` in the README is real
//! * [`settings`]: the page of settings is what the programs say
//! * [`size`]: the README and the pages for newcomers stay short, and say the limits that the code has

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod contract;
mod links;
mod output;
mod settings;
mod size;

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every Markdown file in the root and in these folders, relative to the root.
fn pages() -> Vec<String> {
    let mut folders =
        vec![String::new(), "docs".to_owned(), "deploy".to_owned(), "peers".to_owned(), "fuzz".to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            // Of the root, only the files: its other folders are programs.
            if entry.file_type().unwrap().is_dir() && !folder.is_empty() && name != "target" {
                folders.push(path);
            } else if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}
