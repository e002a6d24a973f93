//! Whether the run is repeatable: the verdicts of another run of the same program on the same machine.

use authlab_results::Run;

use super::{
    claims::{DecidedClaim, decide},
    material::{Material, RunFile},
};

/// The verdicts of all comparable runs, which show whether this run's verdicts are chance.
pub fn in_words(material: &Material, claims: &[DecidedClaim]) -> String {
    let comparable = material.others.iter().filter(|other| is_the_same_again(&material.run, &other.run));
    let told: Vec<String> = comparable.map(|other| set_against(material, claims, other)).collect();
    if told.is_empty() {
        return "No other run of the same program on this machine is kept, so that nothing shows whether this one repeats.".to_owned();
    }
    told.join(" ")
}

/// Whether two runs have the same commit, command and machine. A commit with uncommitted changes is not comparable.
fn is_the_same_again(run: &Run, other: &Run) -> bool {
    commit(run).is_some()
        && commit(run) == commit(other)
        && run.command == other.command
        && run.machine == other.machine
}

fn commit(run: &Run) -> Option<&String> {
    run.versions.get("authlab").filter(|commit| !commit.ends_with("-dirty"))
}

fn set_against(material: &Material, claims: &[DecidedClaim], RunFile { file, run }: &RunFile) -> String {
    let minutes = material.run.started.duration_since(run.started).as_mins().abs();
    let what =
        format!("Another run of the same commit, begun {minutes} minutes apart from this one, is kept as `{file}`");
    let again = decide(run, material.attacks.as_ref());
    // Both lists are in the order of the file.
    let otherwise = claims.iter().zip(&again).filter(|(here, there)| here.verdict != there.verdict);
    let otherwise: Vec<String> = otherwise
        .map(|(here, there)| {
            format!("“{}” ({} here, {} there)", here.says, here.verdict.words(), there.verdict.words())
        })
        .collect();
    let count = claims.len();
    if otherwise.is_empty() {
        return format!("{what}: it gives each of the {count} claims the same verdict.");
    }
    format!("{what}: **of {count} claims it decides {} otherwise**: {}.", otherwise.len(), otherwise.join("; "))
}

#[cfg(test)]
mod tests {
    use authlab_results::Family;

    use super::in_words;
    use crate::{
        claims::decide,
        material::{Material, RunFile},
        sample::{rich, spread},
    };

    /// A run of a commit, together with a changed copy of it.
    fn twice(change: impl FnOnce(&mut Material)) -> Material {
        let mut material = rich();
        material.has("session, memory", Family::Session, 30_000.0);
        material.run.versions.insert("authlab".to_owned(), "0123abc".to_owned());
        let mut other = material.clone();
        other.run.started += jiff::SignedDuration::from_mins(61);
        change(&mut other);
        material.others.push(RunFile { file: "other.json".to_owned(), run: other.run });
        material
    }

    fn told(material: &Material) -> String {
        in_words(material, &decide(&material.run, material.attacks.as_ref()))
    }

    #[test]
    fn a_run_that_says_the_same_is_said_to() {
        let told = told(&twice(|_| ()));
        assert!(
            told.contains("begun 61 minutes apart from this one, is kept as `other.json`: it gives each of"),
            "{told}"
        );
    }

    #[test]
    fn what_it_decides_otherwise_is_named() {
        let told = told(&twice(|other| other.changed("session, memory", spread(5_000.0, 0.004))));
        for part in ["it decides 3 otherwise**: ", "“A Redis look-up is negligible” (true here, false there)"] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    fn a_run_of_something_else_is_no_repetition() {
        let others: [fn(&mut Material); 4] = [
            |other| other.run.command.push_str(" -- --thorough"),
            |other| other.run.machine.kernel.push('1'),
            |other| drop(other.run.versions.insert("authlab".to_owned(), "4567def".to_owned())),
            |other| other.run.versions.clear(),
        ];
        for change in others {
            assert!(told(&twice(change)).starts_with("No other run"));
        }
        let mut dirty = twice(|_| ());
        for run in [&mut dirty.run, &mut dirty.others[0].run] {
            run.versions.insert("authlab".to_owned(), "0123abc-dirty".to_owned());
        }
        assert!(told(&dirty).starts_with("No other run"));
    }
}
