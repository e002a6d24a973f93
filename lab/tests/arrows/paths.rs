//! A crate takes files of its own folder only: what lies elsewhere is reached by a dependency, or read at run time.

use std::{
    fs,
    path::{Component, Path},
};

use super::modules::{files, sources};

/// The start of a path to a file, in what the compiler reads.
const PATHS: [&str; 3] = ["include_str!(\"", "include_bytes!(\"", "#[path = \""];

#[test]
fn no_source_includes_a_file_of_another_crate() {
    for source in sources() {
        for file in files(&source) {
            let text = fs::read_to_string(&file).expect("the file can be read");
            let depth = file.strip_prefix(&source).expect("the file lies in the folder").components().count();
            for path in
                PATHS.iter().flat_map(|start| text.split(start).skip(1)).filter_map(|rest| rest.split('"').next())
            {
                let up = Path::new(path).components().filter(|part| *part == Component::ParentDir).count();
                assert!(up <= depth, "{}: {path} leaves the crate", file.display());
            }
        }
    }
}
