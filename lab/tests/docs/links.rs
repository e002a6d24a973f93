//! Links between the documents lead somewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::{pages, root, text};

/// The lines of the page that are no code, without code spans.
fn prose(page: &str) -> impl Iterator<Item = String> {
    let mut is_code = false;
    page.lines().filter_map(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        let spans = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        (!is_code && !is_fence).then_some(spans)
    })
}

/// The addresses of all links and pictures, of `[…](address)` and of `[name]: address`.
fn addresses(page: &str) -> Vec<String> {
    let found = prose(page).flat_map(|line| {
        let inline =
            line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(address, _)| address.to_owned());
        let defined =
            line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, address)| address.to_owned());
        inline.chain(defined).collect::<Vec<_>>()
    });
    found.collect()
}

/// The names of `[…][name]` that no line `[name]: address` defines.
fn undefined(page: &str) -> Vec<String> {
    let defined: BTreeSet<String> =
        prose(page).filter_map(|line| Some(line.strip_prefix('[')?.split_once("]: ")?.0.to_owned())).collect();
    let used = prose(page).flat_map(|line| {
        let names = line.split("][").skip(1).filter_map(|rest| rest.split_once(']')).map(|(name, _)| name.to_owned());
        names.collect::<Vec<_>>()
    });
    used.filter(|name| !defined.contains(name)).collect()
}

/// The anchors of headings, as code hosts make them, and those written as `<a id="…">`.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut is_code = false;
    for line in page.lines() {
        is_code ^= line.trim_start().starts_with("```");
        if let Some(id) = line.strip_prefix("<a id=\"").and_then(|rest| rest.split('"').next()) {
            found.insert(id.to_owned());
        }
        let title = line.trim_start_matches('#');
        if !is_code && title.len() < line.len() && title.starts_with(' ') {
            let kept = title.trim().chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
            found.insert(kept.collect::<String>().to_lowercase().replace(' ', "-"));
        }
    }
    found
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let texts: BTreeMap<String, String> = pages().into_iter().map(|name| (name.clone(), text(&name))).collect();
    assert!(texts.len() > 20, "{:?}", texts.keys());
    let mut broken = Vec::new();
    for (name, page) in &texts {
        let folder = root().join(name).parent().unwrap().to_owned();
        for address in addresses(page).into_iter().filter(|address| !address.contains("://")) {
            let (file, anchor) = address.split_once('#').unwrap_or((&address, ""));
            let target = if file.is_empty() { root().join(name) } else { folder.join(file) };
            let heads_exist = || {
                let is_page = target.extension().is_some_and(|extension| extension == "md");
                anchor.is_empty() || !is_page || anchors(&std::fs::read_to_string(&target).unwrap()).contains(anchor)
            };
            if !target.exists() || !heads_exist() {
                broken.push(format!("{name}: {address}"));
            }
        }
        broken.extend(undefined(page).into_iter().map(|used| format!("{name}: [{used}] is not defined")));
    }
    assert!(broken.is_empty(), "links that lead nowhere: {broken:#?}");
}

#[test]
fn links_are_found_in_prose_only() {
    let page = "[a](b.md#c) `[d](e)` ![f](g.svg)\n```\n[h](i)\n```\n[1]: j.md\n[k][1] [l][2]\n## Über `x`: y, z\n";
    assert_eq!(addresses(page), ["b.md#c", "g.svg", "j.md"]);
    assert_eq!(undefined(page), ["2"]);
    assert_eq!(anchors(page), BTreeSet::from(["über-x-y-z".to_owned()]));
}
