//! A target as a column of the page, with a number, a name and a mark.

use authlab_client::target::Target;
use authlab_web::pages::mark;
use maud::{Markup, html};

#[derive(Clone, Debug)]
pub(in crate::page) struct Channel {
    /// The column's number, from 1.
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) url: String,
    /// Selects colour and mark: one of the three known mechanisms, otherwise the target's name.
    pub(super) mechanism: String,
}

impl Channel {
    pub(in crate::page) fn all(targets: &[Target]) -> Vec<Self> {
        targets
            .iter()
            .enumerate()
            .map(|(at, target)| Self {
                number: at + 1,
                name: target.name.clone(),
                url: target.public_url(),
                mechanism: mechanism(&target.name),
            })
            .collect()
    }

    pub(super) fn mark(&self) -> Markup {
        mark(&self.mechanism)
    }

    /// The mark, followed by the name.
    pub(super) fn label(&self) -> Markup {
        html! { span.channel-name { (self.mark()) (self.name) } }
    }
}

fn mechanism(name: &str) -> String {
    let lower = name.to_lowercase();
    let known = ["cookie", "session", "token"].into_iter().find(|mechanism| lower.contains(mechanism));
    known.map_or(lower.clone(), str::to_owned)
}
