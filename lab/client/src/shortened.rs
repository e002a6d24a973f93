//! Shortens secrets in texts for people: only the first few characters remain.

use serde_json::Value;

use crate::set_cookie::SetCookie;

/// Characters that are left of a secret: enough to tell two secrets apart, too little to use one.
const MAX_SECRET_SHOWN: usize = 6;
/// Characters after which a text in a JSON body is cut.
const MAX_TEXT: usize = 160;
/// Characters that are left of a cut text.
const MAX_TEXT_SHOWN: usize = 40;
/// Characters after which a body that is not JSON is cut.
const MAX_BODY: usize = 2_000;

/// Members of a JSON body or a form whose text is a secret.
const SECRET_MEMBERS: [&str; 6] = ["password", "current", "new", "token", "access_token", "refresh_token"];

/// The beginning of a secret; only `…` for a short secret, because its beginning would reveal most of it.
pub fn secret(secret: &str) -> String {
    let length = secret.chars().count();
    match length {
        0 => String::new(),
        _ if length <= MAX_SECRET_SHOWN => "…".to_owned(),
        _ => format!("{}…", beginning(secret, MAX_SECRET_SHOWN)),
    }
}

/// A path, with the token in its query shortened.
pub fn path(path: &str) -> String {
    match path.split_once('?') {
        Some((path, query)) => format!("{path}?{}", form(query)),
        None => path.to_owned(),
    }
}

/// A header's value, shortened; `name` is in lower case.
pub fn header(name: &str, value: &str) -> String {
    match name {
        "cookie" => value.split("; ").map(pair).collect::<Vec<_>>().join("; "),
        "set-cookie" => set_cookie(value),
        "authorization" => match value.split_once(' ') {
            Some((scheme, token)) => format!("{scheme} {}", secret(token)),
            None => secret(value),
        },
        "location" => path(value),
        _ => value.to_owned(),
    }
}

/// A body, indented if it is JSON; `None` if it is empty.
pub fn body(content_type: Option<&str>, body: &[u8]) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    if let Ok(value) = serde_json::from_slice(body) {
        return Some(printable(&format!("{:#}", self::value(value))));
    }
    let text = String::from_utf8_lossy(body);
    let is_form = content_type.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    Some(printable(&cut(&if is_form { form(&text) } else { text.into_owned() }, MAX_BODY, MAX_BODY)))
}

/// Removes control characters that could move the cursor, colour the screen or reverse the reading direction.
pub fn printable(text: &str) -> String {
    let turns = |character| matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let harmless = |character: char| character == '\n' || !(character.is_control() || turns(character));
    text.chars().map(|character| if harmless(character) { character } else { '\u{fffd}' }).collect()
}

/// A JSON value with shortened secrets and texts.
pub fn value(mut value: Value) -> Value {
    shorten(&mut value);
    value
}

fn shorten(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match member {
                    Value::String(text) if SECRET_MEMBERS.contains(&name.as_str()) => *text = secret(text),
                    _ => shorten(member),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(shorten),
        Value::String(text) => *text = cut(text, MAX_TEXT, MAX_TEXT_SHOWN),
        _ => {}
    }
}

fn form(fields: &str) -> String {
    let field = |field: &str| match field.split_once('=') {
        Some((name, value)) if SECRET_MEMBERS.contains(&name) => format!("{name}={}", secret(value)),
        _ => field.to_owned(),
    };
    fields.split('&').map(field).collect::<Vec<_>>().join("&")
}

fn pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", secret(value)),
        None => secret(pair),
    }
}

fn set_cookie(header: &str) -> String {
    let Some(cookie) = SetCookie::parse(header) else { return secret(header) };
    let attributes = header.find(';').map_or("", |at| &header[at..]);
    format!("{}={}{attributes}", cookie.name(), secret(cookie.value()))
}

fn cut(text: &str, longest: usize, shown: usize) -> String {
    let length = text.chars().count();
    if length <= longest { text.to_owned() } else { format!("{}… ({length} characters)", beginning(text, shown)) }
}

fn beginning(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::{body, header, path, secret};

    #[test]
    fn a_secret_shows_its_beginning_alone() {
        assert_eq!(secret("0123456789"), "012345…");
        assert_eq!(secret("这是一个很长的秘密"), "这是一个很长…");
        assert_eq!(secret("123456"), "…");
        assert_eq!(secret(""), "");
    }

    #[test]
    fn credentials_in_headers_are_shortened_and_their_attributes_kept() {
        assert_eq!(header("cookie", "a=0123456789; b=abcdefghij"), "a=012345…; b=abcdef…");
        assert_eq!(header("authorization", "Bearer eyJhbGciOiJIUzI1NiJ9"), "Bearer eyJhbG…");
        assert_eq!(header("set-cookie", "a=0123456789; HttpOnly; Path=/"), "a=012345…; HttpOnly; Path=/");
        assert_eq!(header("set-cookie", "a=; Max-Age=0"), "a=; Max-Age=0");
        assert_eq!(header("location", "/mine?token=0123456789"), "/mine?token=012345…");
    }

    #[test]
    fn a_token_in_a_path_is_shortened() {
        assert_eq!(path("/mine?a=b&token=0123456789"), "/mine?a=b&token=012345…");
    }

    #[test]
    fn passwords_and_tokens_in_bodies_are_shortened_wherever_they_stand() {
        let shown = body(
            Some("application/json"),
            br#"{"password":"correct horse","token":{"access_token":"0123456789"},"current":true}"#,
        )
        .unwrap();
        assert!(shown.contains(r#""correc…""#) && shown.contains(r#""012345…""#), "{shown}");
        assert!(shown.contains("true"), "{shown}");
        let form = Some("application/x-www-form-urlencoded");
        assert_eq!(body(form, b"username=a&password=correct+horse").unwrap(), "username=a&password=correc…");
    }

    #[test]
    fn a_long_text_is_cut_and_its_length_told() {
        let long = format!(r#"{{"value":"{}"}}"#, "很".repeat(200_000));
        let shown = body(Some("application/json"), long.as_bytes()).unwrap();
        assert!(shown.contains("很… (200000 characters)") && shown.chars().count() < 100, "{shown}");
    }

    #[test]
    fn a_body_cannot_steer_the_terminal() {
        assert_eq!(body(None, b"a\x1b[31mred\nb\xc2\x9b1m").unwrap(), "a\u{fffd}[31mred\nb\u{fffd}1m");
        let turned = format!("\"{}\"", "\u{202e}evil");
        assert_eq!(body(Some("application/json"), turned.as_bytes()).unwrap(), "\"\u{fffd}evil\"");
    }

    #[test]
    fn an_empty_body_is_none() {
        assert_eq!(body(None, b""), None);
    }
}
