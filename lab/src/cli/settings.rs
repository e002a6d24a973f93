//! `lab settings`: every setting of the three services, as the programs themselves describe them.

use std::{collections::BTreeSet, process::ExitCode};

use authlab_fleet::command_lines;
use clap::{Arg, Command};

use super::print;

const HEAD: &str = "# Settings

Every setting of the services is a flag and an environment variable: `--login-max-age 60` is `LOGIN_MAX_AGE=60`. This page is written by
`just settings` from the programs themselves. Which settings a typical deployment needs: [choose.md](choose.md). Settings for production:
[operations.md](operations.md#settings).

";

/// Prints docs/settings.md.
pub(super) fn run() -> ExitCode {
    print(&page());
    ExitCode::SUCCESS
}

/// The settings of all services, then those of each.
pub fn page() -> String {
    let services = command_lines();
    let names: Vec<BTreeSet<&str>> = services.iter().map(|service| settings(service).map(variable).collect()).collect();
    let is_shared = |setting: &Arg| names.iter().all(|names| names.contains(variable(setting)));
    let shared = settings(&services[0]).filter(|setting| is_shared(setting));
    let mut page = HEAD.to_owned() + &chapter("All services", shared);
    for service in &services {
        let own = settings(service).filter(|setting| !is_shared(setting));
        page += &chapter(service.get_name(), own);
    }
    page.trim_end().to_owned()
}

fn settings(service: &Command) -> impl Iterator<Item = &Arg> {
    service.get_arguments().filter(|argument| argument.get_env().is_some())
}

/// The environment variable.
fn variable(setting: &Arg) -> &str {
    setting.get_env().and_then(|name| name.to_str()).unwrap_or_default()
}

fn chapter<'a>(title: &str, settings: impl Iterator<Item = &'a Arg>) -> String {
    let rows: String = settings.map(row).collect();
    format!("### {title}\n\n| variable | default | |\n|---|---|---|\n{rows}\n")
}

fn row(setting: &Arg) -> String {
    let defaults: Vec<String> =
        setting.get_default_values().iter().map(|value| value.to_string_lossy().into()).collect();
    let default = if defaults.is_empty() { String::new() } else { format!("`{}`", defaults.join(",")) };
    let help = setting.get_help().map(ToString::to_string).unwrap_or_default();
    let choices: Vec<String> =
        setting.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    let choices = if choices.is_empty() { String::new() } else { format!(". One of {}", choices.join(", ")) };
    let text = format!("{help}{choices}").replace('|', "\\|").replace('\n', " ");
    format!("| `{}` | {default} | {text} |\n", variable(setting))
}
