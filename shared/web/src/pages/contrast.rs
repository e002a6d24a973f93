//! Checks the contrast of the style sheet's colours in both colour schemes against WCAG 2.2 (1.4.3, 1.4.11).

use std::collections::BTreeMap;

use super::STYLE;

/// Colours of text, each with its background.
const TEXT: [(&str, &str); 17] = [
    ("ink", "paper"),
    ("ink", "sheet"),
    ("ink", "inset"),
    ("ink", "alarm-tint"),
    ("soft", "paper"),
    ("soft", "sheet"),
    ("soft", "inset"),
    ("good", "sheet"),
    ("alarm", "sheet"),
    ("on-marker", "marker"),
    ("on-alarm", "alarm"),
    ("on-accent", "cookie"),
    ("on-accent", "session"),
    ("on-accent", "token"),
    ("on-accent", "ink"),
    ("ink", "grid"),
    ("soft", "grid"),
];

/// Colours of borders, marks and outlines that users must see, each with its background.
const SHAPES: [(&str, &str); 7] = [
    ("edge", "sheet"),
    ("edge", "inset"),
    ("cookie", "sheet"),
    ("session", "sheet"),
    ("token", "sheet"),
    ("focus", "paper"),
    ("focus", "sheet"),
];

#[test]
fn text_can_be_read_in_light_and_in_dark() {
    for tokens in [light(), dark()] {
        for (front, back) in TEXT {
            assert_contrast(&tokens, front, back, 4.5);
        }
        for (front, back) in SHAPES {
            assert_contrast(&tokens, front, back, 3.0);
        }
    }
}

fn assert_contrast(tokens: &BTreeMap<&str, [f64; 3]>, front: &str, back: &str, least: f64) {
    let contrast = contrast(tokens[front], tokens[back]);
    assert!(contrast >= least, "--{front} on --{back} has a contrast of {contrast:.2}, not {least}");
}

fn light() -> BTreeMap<&'static str, [f64; 3]> {
    colours(STYLE.split("@media").next().unwrap())
}

/// The dark colours; light colours that the dark scheme does not replace stay.
fn dark() -> BTreeMap<&'static str, [f64; 3]> {
    let (_, dark) = STYLE.split_once("@media (prefers-color-scheme: dark) {").unwrap();
    let mut tokens = light();
    tokens.extend(colours(dark.split_once("\n}").unwrap().0));
    tokens
}

fn colours(sheet: &str) -> BTreeMap<&str, [f64; 3]> {
    let tokens = sheet.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
    tokens.map(|(name, hex)| (name, channels(hex.trim_end_matches(';')))).collect()
}

fn channels(hex: &str) -> [f64; 3] {
    [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0)
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(channels: [f64; 3]) -> f64 {
    let [red, green, blue] =
        channels.map(|value| if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) });
    0.0722f64.mul_add(blue, 0.2126f64.mul_add(red, 0.7152 * green))
}
