//! A Python process with Django, which answers one question per line.

use std::sync::{LazyLock, Mutex};

use authlab_test_support::missing;
use serde_json::{Value, json};

use crate::support::python::Python;

/// One process for all tests of this test binary.
static PYTHON: LazyLock<Option<Mutex<Python>>> =
    LazyLock::new(|| Python::start("django/helper.py", "django").map(Mutex::new));

/// Django with these keys, the current one first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Django<'k>(&'k [&'k str]);

impl<'k> Django<'k> {
    /// Returns `None` and reports a skipped test if Django is not installed.
    pub(crate) fn with(keys: &'k [&'k str]) -> Option<Self> {
        if PYTHON.is_none() {
            missing("django");
        }
        PYTHON.as_ref().map(|_| Self(keys))
    }

    /// Django's answer; panics if Django refuses.
    pub(crate) fn makes(self, ask: &str, now: i64, more: Value) -> Value {
        self.answers(ask, now, more).unwrap_or_else(|refusal| panic!("Django refused to {ask}: {refusal}"))
    }

    pub(crate) fn text(self, ask: &str, now: i64, more: Value) -> String {
        self.makes(ask, now, more).as_str().unwrap().to_owned()
    }

    /// Django's answer, or the name of the exception with which it refuses.
    pub(crate) fn answers(self, ask: &str, now: i64, mut more: Value) -> Result<Value, String> {
        more["ask"] = json!(ask);
        more["now"] = json!(now);
        more["keys"] = json!(self.0);
        PYTHON.as_ref().unwrap().lock().unwrap().ask(&more)
    }
}
