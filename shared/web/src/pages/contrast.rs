//! Checks the contrast of the style sheet's colours in both colour schemes against WCAG 2.2 (1.4.3, 1.4.11).

use std::collections::BTreeMap;

use super::STYLE;

/// The least contrast, colours that need it, and the backgrounds that they need it on.
const PAIRS: [(f64, &str, &str); 9] = [
    // Text.
    (4.5, "ink soft", "paper sheet inset grid"),
    (4.5, "ink", "alarm-tint"),
    (4.5, "good alarm", "sheet"),
    (4.5, "on-marker", "marker"),
    (4.5, "on-alarm", "alarm"),
    (4.5, "on-accent", "cookie session token ink"),
    // Borders, marks and outlines that users must see.
    (3.0, "edge", "sheet inset"),
    (3.0, "cookie session token", "sheet"),
    (3.0, "focus", "paper sheet"),
];

#[test]
fn text_can_be_read_in_light_and_in_dark() {
    for tokens in [light(), dark()] {
        for (least, fronts, backs) in PAIRS {
            for (front, back) in fronts.split(' ').flat_map(|front| backs.split(' ').map(move |back| (front, back))) {
                assert_contrast(&tokens, front, back, least);
            }
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
