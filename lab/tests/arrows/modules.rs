//! The order of modules: inside a crate, the modules below the root form no circle.
//!
//! An arrow is a path `crate::module` or `super::module` that leads from one module below the root into another. Unit tests count
//! as well.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

type Arrows = BTreeMap<String, BTreeSet<String>>;

#[test]
fn modules_of_a_crate_form_no_circle() {
    for source in sources() {
        let arrows = arrows(&source);
        for module in arrows.keys() {
            if let Some(way) = way_back(&arrows, module) {
                panic!("{}: {}", source.display(), way.join(" -> "));
            }
        }
    }
}

/// Every `src` folder of the workspace.
pub(crate) fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the lab lies in the workspace");
    let folders = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("the folder can be read");
        entries.map(|entry| entry.expect("it has a name").path()).filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let crates = [root.to_owned(), root.join("shared"), root.join("lab")].map(|folder| folders(&folder)).concat();
    let found: Vec<PathBuf> = crates
        .iter()
        .filter(|folder| folder.join("Cargo.toml").exists())
        .map(|folder| folder.join("src"))
        .filter(|source| source.is_dir())
        .collect();
    assert!(found.len() > 15, "only {found:?} were found");
    found
}

/// Every file of Rust in a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("the folder can be read").map(|entry| entry.expect("it has a name").path());
    let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.extend(folders.iter().flat_map(|folder| self::files(folder)));
    files
}

fn arrows(source: &Path) -> Arrows {
    let mut arrows = Arrows::new();
    let files = files(source);
    let place = |file: &Path| {
        let inside = file.strip_prefix(source).expect("the file lies in the folder").with_extension("");
        let mut parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if parts.last().is_some_and(|last| last == "mod") {
            parts.pop();
        }
        parts
    };
    let modules: BTreeSet<String> = files.iter().map(|file| place(file)[0].clone()).collect();
    for file in &files {
        let place = place(file);
        let text = fs::read_to_string(file).expect("the file can be read");
        let supers = "super::".repeat(place.len());
        let reached = ["crate::", &supers].into_iter().flat_map(|root| after(&text, root));
        let reached = reached.filter(|name| modules.contains(name) && *name != place[0]);
        arrows.entry(place[0].clone()).or_default().extend(reached);
    }
    // The root declares all modules; only arrows between them count.
    for root in ["lib", "main"] {
        arrows.remove(root);
    }
    arrows
}

/// The first names of all paths behind `root`, those of a group in braces as well.
fn after(text: &str, root: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices(root) {
        // `super::super::x` is no `super::x`.
        if text[..at].ends_with("::") {
            continue;
        }
        let rest = &text[at + root.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let end = group.find(|letter| {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                depth < 0
            });
            let mut depth = 0;
            let items = group[..end.unwrap_or(0)].split(|letter| {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                depth == 0 && letter == ','
            });
            names.extend(items.map(|item| identifier(item.trim_start())));
        } else {
            names.insert(identifier(rest));
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// The way from a module back to itself.
fn way_back(arrows: &Arrows, module: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![module.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        for next in arrows.get(way.last()?).into_iter().flatten() {
            let longer = [way.clone(), vec![next.clone()]].concat();
            if next == module {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push(longer);
            }
        }
    }
    None
}

#[test]
fn paths_are_read_with_and_without_braces() {
    let text =
        "use crate::{alone, a::{b, c}, d::E};\nuse crate::f::G; let x = crate::h(); use super::super::i; use super::j;";
    let names = |root| after(text, root).into_iter().collect::<Vec<_>>();
    assert_eq!(names("crate::"), ["a", "alone", "d", "f", "h"]);
    assert_eq!(names("super::"), ["j", "super"]);
    assert_eq!(names("super::super::"), ["i"]);
}
