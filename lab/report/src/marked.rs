//! Blocks that `lab report` writes into pages that people write. Two comments mark each block's place.

use anyhow::{Context as _, Result};

const BEGIN: &str = "<!-- comparison: written by `lab report` -->";
const END: &str = "<!-- end of the comparison -->";

/// A line of the README has at most so many characters.
const WIDTH: usize = 118;

/// The page with this block between its markers.
pub fn put(page: &str, block: &str) -> Result<String> {
    let (before, rest) = page.split_once(BEGIN).with_context(|| format!("the page has no line {BEGIN}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("the page has no line {END}"))?;
    Ok(format!("{before}{BEGIN}\n\n{block}\n{END}{after}"))
}

/// The paragraph, broken into lines that fit the pages written by people.
pub fn wrapped(paragraph: &str) -> String {
    let mut text = String::new();
    let mut width = 0;
    for word in paragraph.split_whitespace() {
        let needed = word.chars().count() + 1;
        if width + needed > WIDTH {
            text.push('\n');
            width = 0;
        } else if width > 0 {
            text.push(' ');
        }
        text.push_str(word);
        width += needed;
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, WIDTH, put, wrapped};

    #[test]
    fn only_the_block_between_the_markers_is_replaced() {
        let page = format!("above\n{BEGIN}\n\nold\n{END}\nbelow\n");
        assert_eq!(put(&page, "new\n").unwrap(), format!("above\n{BEGIN}\n\nnew\n\n{END}\nbelow\n"));
        for broken in ["no marker", BEGIN, END] {
            assert!(put(broken, "new").is_err(), "{broken}");
        }
    }

    #[test]
    fn lines_are_as_wide_as_they_may_be_and_lose_no_word() {
        let paragraph = "a request ".repeat(60);
        let text = wrapped(&paragraph);
        let widths: Vec<usize> = text.lines().map(|line| line.chars().count()).collect();
        assert!(widths.len() > 4 && widths.iter().all(|width| *width <= WIDTH), "{widths:?}");
        assert!(text.split_whitespace().eq(paragraph.split_whitespace()));
    }
}
