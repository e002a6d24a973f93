//! Finds credentials in pasted text: a bare value, `name=value`, or a header line from the browser's tools.

use authlab_django_signing::cookie_value;

/// A credential, and the name of its cookie if the text names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) name: Option<String>,
    pub(super) value: String,
}

pub(super) fn credentials(text: &str) -> Vec<Given> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).flat_map(of_line).collect()
}

fn of_line(line: &str) -> Vec<Given> {
    let (name, value) = line.split_once(':').unwrap_or_default();
    let line = match name.trim().to_ascii_lowercase().as_str() {
        "set-cookie" => return value.trim().split(';').take(1).map(pair).collect(),
        "cookie" => return value.split(';').map(str::trim).filter(|pair| !pair.is_empty()).map(pair).collect(),
        "authorization" => value.trim(),
        _ => line,
    };
    match line.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
        Some((_, token)) => vec![Given { name: None, value: token.trim().to_owned() }],
        None => vec![pair(line)],
    }
}

/// Splits `name=value`. In a bare value, `=` is only padding at the end.
fn pair(text: &str) -> Given {
    match text.split_once('=') {
        Some((name, value)) if is_name(name) && !value.trim_start_matches('=').is_empty() => {
            Given { name: Some(name.to_owned()), value: cookie_value::unquote(value.trim()) }
        }
        _ => Given { name: None, value: cookie_value::unquote(text) },
    }
}

/// Signed texts contain colons and tokens contain dots; names of our cookies contain neither.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::{Given, credentials};

    fn given(name: Option<&str>, value: &str) -> Given {
        Given { name: name.map(str::to_owned), value: value.to_owned() }
    }

    #[test]
    fn credentials_are_found_in_whatever_line_they_stand() {
        assert_eq!(credentials("a.b.c"), [given(None, "a.b.c")]);
        assert_eq!(credentials("Authorization: Bearer a.b.c\n"), [given(None, "a.b.c")]);
        assert_eq!(credentials("bearer a.b.c"), [given(None, "a.b.c")]);
        assert_eq!(credentials("login=x:y:z"), [given(Some("login"), "x:y:z")]);
        assert_eq!(credentials("Set-Cookie: login=x:y:z; HttpOnly; Path=/"), [given(Some("login"), "x:y:z")]);
        let two = [given(Some("a"), "1 2"), given(Some("b"), "3")];
        assert_eq!(credentials("Cookie: a=\"1 2\"; b=3"), two);
        assert_eq!(credentials("abcd=="), [given(None, "abcd==")]);
        assert_eq!(credentials(" \n\n"), []);
    }
}
