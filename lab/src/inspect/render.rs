//! The findings as text or JSON.

use std::fmt::Write as _;

use anyhow::Result;
use authlab_client::shortened::printable;
use serde_json::json;

use super::{Finding, Signature};

/// Members are added freely; renaming one needs a new `schema_version`.
pub fn json(findings: &[Finding]) -> Result<String> {
    Ok(serde_json::to_string_pretty(&json!({"schema_version": 1, "credentials": findings}))? + "\n")
}

pub fn text(findings: &[Finding]) -> String {
    findings.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(finding: &Finding) -> String {
    let name = finding.name.as_ref().map_or(String::new(), |name| format!("{name}: "));
    let mut text = format!("{name}{}\n", finding.kind);
    if finding.readable.is_empty() {
        text.push_str("  anybody can read   nothing\n");
    }
    for (part, content) in &finding.readable {
        // The content may come from an attacker, so control characters are removed.
        let content = printable(content).replace('\n', "\n                     ");
        let _ = writeln!(text, "  anybody can read   {part}: {content}");
    }
    if let Some(made_at) = finding.made_at {
        let _ = writeln!(text, "  made               {made_at}");
    }
    let _ = writeln!(text, "  ends               {}", finding.ends);
    let _ = writeln!(text, "  signature          {}", printable(&signature(&finding.signature)));
    text
}

fn signature(signature: &Signature) -> String {
    match signature {
        Signature::None => "none".to_owned(),
        Signature::Unchecked(why) => format!("not checked: {why}"),
        Signature::Holds(made_for) => format!("holds: {made_for}"),
        Signature::Broken => "does not hold with this key".to_owned(),
    }
}
