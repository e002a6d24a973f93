//! The recipes of `CONTRIBUTING.md` are literally true: what they name exists, in the number that they say.

use std::{fs, path::Path};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The recipes, each in one line.
fn recipes() -> String {
    let text = read("CONTRIBUTING.md");
    let (_, after) = text.split_once("## Adding …").unwrap();
    after.split_once("\n## ").unwrap().0.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The part of a file between its line with `from` and the next line that is `to`.
fn part<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let (_, after) = text.split_once(from).unwrap_or_else(|| panic!("no line with {from}"));
    after.split_once(to).map_or(after, |(part, _)| part)
}

/// The variants of this enum.
fn variants(text: &str, name: &str) -> Vec<String> {
    let lines = part(text, &format!("pub enum {name} {{"), "\n}").lines().map(str::trim);
    let names = lines.filter(|line| line.starts_with(|letter: char| letter.is_ascii_uppercase()));
    names.map(|line| line.chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
}

#[test]
fn every_file_that_a_recipe_names_exists() {
    let recipes = recipes();
    let quoted = recipes
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|text| text.contains('/') && !text.starts_with('/') && !text.contains(' '));
    let linked = recipes.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(path, _)| path);
    let missing: Vec<&str> = quoted.chain(linked).filter(|path| !Path::new(ROOT).join(path).exists()).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn a_mechanism_and_a_store_are_as_short_as_the_recipes_say() {
    let recipes = recipes();
    for (file, lines) in [("lab/tests/fourth_mechanism/tickets.rs", 200), ("session-svc/src/store/fourth.rs", 150)] {
        assert!(recipes.contains(&format!("less than {lines} lines")), "no recipe says {lines}");
        let length = read(file).lines().count();
        assert!(length < lines, "{file} has {length} lines");
    }
}

#[test]
fn a_store_implements_as_many_methods_and_changes_as_many_matches_as_the_recipe_says() {
    let declared = read("session-svc/src/store/mod.rs");
    let methods = part(&declared, "trait SessionStore", "\n}").lines().map(str::trim);
    let required = methods.filter(|line| line.contains("fn ") && line.ends_with(';')).count();
    assert_eq!(required, 12);
    let recipes = recipes();
    assert!(
        recipes.contains("twelve required methods") && recipes.contains("three `match`es in `session-svc/src/lib.rs`")
    );
    let (settings, matches) = (read("session-svc/src/settings.rs"), read("session-svc/src/lib.rs"));
    let stores = variants(&settings, "Store");
    assert!(stores.len() >= 3, "{stores:?}");
    for store in stores {
        let pattern = format!("Store::{store}");
        assert_eq!(matches.matches(&pattern).count(), 3, "{pattern} in lib.rs");
        let in_settings = settings.contains(&pattern) || settings.contains(&format!("Self::{store}"));
        assert!(in_settings, "no text is read as {pattern}");
    }
}

/// Every peer has its folder, its program, its line in the table, and at least one contender.
#[test]
fn every_peer_follows_the_recipe() {
    let (programs, contenders) = (read("benches/src/harness/peer.rs"), read("benches/src/harness/contender/peers.rs"));
    let (members, table) = (read("peers/Cargo.toml"), read("peers/README.md"));
    let peers = variants(&programs, "Program");
    assert!(peers.len() >= 4, "{peers:?}");
    for peer in peers {
        assert!(contenders.contains(&format!("Program::{peer},")), "no contender is {peer}");
        let command = part(&programs, &format!("Self::{peer} => "), "Self::");
        let Some(name) = command.strip_prefix("built(\"peer-").and_then(|rest| rest.split('"').next()) else {
            assert!(
                command.contains("django/peer.py") && table.contains("`django/peer.py`"),
                "{peer} is started unlike others"
            );
            continue;
        };
        assert!(members.contains(&format!("\"{name}\",")), "{name} is not in the peers' workspace");
        assert!(read(&format!("peers/{name}/Cargo.toml")).contains(&format!("name = \"peer-{name}\"")));
        assert!(read(&format!("peers/{name}/src/main.rs")).contains("listens("), "{name} does not print its address");
        assert!(table.contains(&format!("| `peer-{name}` |")), "{name} is not in the table");
    }
}

/// The attacks on peers read these members of `/about`.
#[test]
fn every_peer_describes_itself_as_the_contract_says() {
    let about = read("lab/client/src/about.rs");
    let members = part(&about, "pub struct About {", "\n}").lines().filter_map(|line| line.trim().strip_prefix("pub "));
    let required = members.filter(|member| !member.contains("Option<")).filter_map(|member| member.split(':').next());
    let (rust, python) = (read("peers/contract/src/bodies.rs"), read("peers/django/contract.py"));
    for member in required {
        assert!(part(&rust, "pub struct About {", "\n}").contains(&format!("pub {member}:")), "{member}, in Rust");
        assert!(part(&python, "ABOUT = {", "\n}").contains(&format!("\"{member}\":")), "{member}, in Python");
    }
}
