//! A Python with Django, started once and asked one line at a time.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{LazyLock, Mutex},
};

use serde_json::{Value, json};

use crate::support::requirement::missing;

const HELPER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/behaviour/django/helper.py");

/// Shared by the tests of this process. It ends by itself when the process does, since nobody asks it any more.
static PYTHON: LazyLock<Option<Mutex<Python>>> = LazyLock::new(|| Python::start().map(Mutex::new));

struct Python {
    _child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Django with these keys, the current one first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Django<'k>(&'k [&'k str]);

impl<'k> Django<'k> {
    /// `None`, with a word, where there is none.
    pub(crate) fn with(keys: &'k [&'k str]) -> Option<Self> {
        if PYTHON.is_none() {
            missing("django");
        }
        PYTHON.as_ref().map(|_| Self(keys))
    }

    /// What it makes of something that it must not refuse.
    pub(crate) fn makes(self, ask: &str, now: i64, more: Value) -> Value {
        self.answers(ask, now, more).unwrap_or_else(|refusal| panic!("Django refused to {ask}: {refusal}"))
    }

    pub(crate) fn text(self, ask: &str, now: i64, more: Value) -> String {
        self.makes(ask, now, more).as_str().unwrap().to_owned()
    }

    /// The answer, or the name of the exception that stands for *no*.
    pub(crate) fn answers(self, ask: &str, now: i64, mut more: Value) -> Result<Value, String> {
        more["ask"] = json!(ask);
        more["now"] = json!(now);
        more["keys"] = json!(self.0);
        let mut python = PYTHON.as_ref().unwrap().lock().unwrap();
        let mut answer = python.ask(&more);
        match answer["refused"].take() {
            Value::String(refusal) => Err(refusal),
            _ => Ok(answer["ok"].take()),
        }
    }
}

impl Python {
    fn start() -> Option<Self> {
        let interpreter = interpreter()?;
        let has_django = Command::new(&interpreter).args(["-c", "import django"]).output().ok()?.status.success();
        if !has_django {
            return None;
        }
        let mut child = Command::new(interpreter)
            .arg("-B")
            .arg(HELPER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let questions = child.stdin.take()?;
        let answers = BufReader::new(child.stdout.take()?);
        Some(Self { _child: child, questions, answers })
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.questions, "{question}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert!(!answer.is_empty(), "Django failed over {question}");
        serde_json::from_str(&answer).unwrap()
    }
}

/// The one that the tests are told of, else the one that the project's tools make.
fn interpreter() -> Option<PathBuf> {
    let made = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache/authlab/venv/bin/python"));
    env::var_os("AUTHLAB_PYTHON").map(PathBuf::from).or_else(made)
}
