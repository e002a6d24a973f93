//! The markup allowed in a sentence: `` `code` ``, `**strong**` and `[links](to)`. Markdown needs no conversion.

use maud::{Markup, PreEscaped, html};

/// Renders a sentence as HTML. Markup that is not closed stays text.
pub fn html(text: &str) -> Markup {
    let mut rest = text;
    let mut markup = String::new();
    while let Some((before, piece, after)) = next(rest) {
        markup.push_str(&html! { (before) (piece) }.into_string());
        rest = after;
    }
    markup.push_str(&html! { (rest) }.into_string());
    PreEscaped(markup)
}

/// The text before the first markup, the markup, and the rest.
fn next(text: &str) -> Option<(&str, Markup, &str)> {
    text.char_indices().find_map(|(place, _)| {
        let (before, from) = text.split_at(place);
        let (piece, after) = piece(from)?;
        Some((before, piece, after))
    })
}

fn piece(text: &str) -> Option<(Markup, &str)> {
    if let Some((code, after)) = text.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
        return Some((html! { code { (code) } }, after));
    }
    if let Some((strong, after)) = text.strip_prefix("**").and_then(|rest| rest.split_once("**")) {
        return Some((html! { strong { (html(strong)) } }, after));
    }
    let (name, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (to, after) = rest.split_once(')')?;
    (!name.contains(']')).then(|| (html! { a href=(to) { (html(name)) } }, after))
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn marks_become_elements_and_everything_else_is_text() {
        let shown = html("`GET` is **no `<b>`**, see [the *list*](#list) & 1.2 [1.1, 1.3]").into_string();
        assert_eq!(
            shown,
            "<code>GET</code> is <strong>no <code>&lt;b&gt;</code></strong>, see <a href=\"#list\">the *list*</a> &amp; 1.2 [1.1, 1.3]"
        );
    }

    #[test]
    fn what_is_not_closed_is_text() {
        assert_eq!(html("a ` b ** c [d").into_string(), "a ` b ** c [d");
    }
}
