//! A Python process with the packages of `.ci/python.txt`, which answers one JSON object per line.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use authlab_test_support::python;
use serde_json::Value;

/// The process ends with the test process, which closes its input.
pub(crate) struct Python {
    _child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Runs this helper below `tests/behaviour`. Returns `None` if Python lacks one of the modules.
    pub(crate) fn start(helper: &str, modules: &str) -> Option<Self> {
        let interpreter = python()?;
        let import = format!("import {modules}");
        if !Command::new(&interpreter).args(["-c", &import]).output().ok()?.status.success() {
            return None;
        }
        let helper = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour").join(helper);
        // `-B` writes no compiled files next to the helper.
        let mut child = Command::new(interpreter)
            .arg("-B")
            .arg(helper)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let questions = child.stdin.take()?;
        let answers = BufReader::new(child.stdout.take()?);
        Some(Self { _child: child, questions, answers })
    }

    /// The answer, or the name of the exception with which Python refused.
    pub(crate) fn ask(&mut self, question: &Value) -> Result<Value, String> {
        writeln!(self.questions, "{question}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert!(!answer.is_empty(), "Python failed on {question}");
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        match answer["refused"].take() {
            Value::String(refusal) => Err(refusal),
            _ => Ok(answer["ok"].take()),
        }
    }
}

/// A program of the virtual environment; `None` if it is not installed.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    Some(python()?.with_file_name(name)).filter(|program| program.is_file())
}
