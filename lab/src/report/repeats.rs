//! Whether the run repeats: what another run of the same program on the same machine says of the same claims.

use super::{
    claims::{Decided, Verdict, decide},
    material::{Kept, Material},
};
use crate::results::Run;

/// The claims of another run, beside those of the run that is reported.
#[derive(Debug)]
pub struct Repeat<'m> {
    kept: &'m Kept,
    /// Whole minutes from the beginning of the earlier run to that of the later one.
    minutes_apart: i64,
    claims: usize,
    /// What is decided otherwise, and how: in the reported run, and in this one.
    otherwise: Vec<(String, Verdict, Verdict)>,
}

/// Of every run that can be expected to say the same.
pub fn repeats<'m>(material: &'m Material, claims: &[Decided]) -> Vec<Repeat<'m>> {
    let comparable = material.others.iter().filter(|other| is_the_same_again(&material.run, &other.run));
    comparable.map(|other| Repeat::of(material, claims, other)).collect()
}

/// In words, for whoever wants to know whether the verdicts are chance.
pub fn in_words(repeats: &[Repeat<'_>]) -> String {
    if repeats.is_empty() {
        return "No other run of the same program on this machine is kept, so that nothing shows whether this one repeats.".to_owned();
    }
    repeats.iter().map(Repeat::in_words).collect::<Vec<_>>().join(" ")
}

/// Of one commit, by one command, on one machine. With changes that are in no commit, nobody knows what was measured.
fn is_the_same_again(run: &Run, other: &Run) -> bool {
    let commit = |run: &Run| run.versions.get("authlab").filter(|commit| !commit.ends_with("-dirty")).cloned();
    commit(run).is_some()
        && commit(run) == commit(other)
        && run.command == other.command
        && run.machine == other.machine
}

impl<'m> Repeat<'m> {
    fn of(material: &Material, claims: &[Decided], kept: &'m Kept) -> Self {
        let again = decide(&kept.run, material.attacks.as_ref());
        // Both are in the order of the file.
        let otherwise = claims.iter().zip(&again).filter(|(one, other)| one.verdict != other.verdict);
        Self {
            kept,
            minutes_apart: material.run.started.duration_since(kept.run.started).as_mins().abs(),
            claims: claims.len(),
            otherwise: otherwise.map(|(one, other)| (one.says.clone(), one.verdict, other.verdict)).collect(),
        }
    }

    fn in_words(&self) -> String {
        let Self { kept, minutes_apart, claims, otherwise } = self;
        let what = format!(
            "Another run of the same commit, begun {minutes_apart} minutes apart from this one, is kept as `{}`",
            kept.file
        );
        if otherwise.is_empty() {
            return format!("{what}: it gives each of the {claims} claims the same verdict.");
        }
        let told = |(says, here, there): &(String, Verdict, Verdict)| {
            format!("“{says}” ({} here, {} there)", here.words(), there.words())
        };
        let told = otherwise.iter().map(told).collect::<Vec<_>>().join("; ");
        format!("{what}: **of {claims} claims it decides {} otherwise**: {told}.", otherwise.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{in_words, repeats};
    use crate::report::{
        claims::decide,
        material::{Kept, Material},
        sample::{rich, spread},
    };

    /// A run of a commit, and the same run, changed, beside it.
    fn twice(change: impl FnOnce(&mut Material)) -> Material {
        let mut material = rich();
        material.has("session, memory", crate::results::Family::Session, 30_000.0);
        material.run.versions.insert("authlab".to_owned(), "0123abc".to_owned());
        let mut other = material.clone();
        other.run.started += jiff::SignedDuration::from_mins(61);
        change(&mut other);
        material.others.push(Kept { file: "other.json".to_owned(), run: other.run });
        material
    }

    fn told(material: &Material) -> String {
        in_words(&repeats(material, &decide(&material.run, material.attacks.as_ref())))
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
        for part in ["it decides 3 otherwise**: ", "“A Redis look-up is negligible” (holds here, does not hold there)"]
        {
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
