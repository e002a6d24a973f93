//! Random texts and numbers from a seed, the same in every run.

use serde_json::{Value, json};

/// `SplitMix64`, by Steele, Lea and Flood.
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn from(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number less than `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// Seconds since the epoch, up to the year 3000; also zero and negative ones.
    pub(crate) fn instant(&mut self) -> i64 {
        match self.below(8) {
            0 => 0,
            1 => -i64::try_from(self.below(1_000_000_000)).unwrap(),
            _ => i64::try_from(self.below(32_503_680_000)).unwrap(),
        }
    }

    /// Up to `longest` characters, often few, from one range of code points.
    pub(crate) fn text(&mut self, longest: usize) -> String {
        let length = match self.below(4) {
            0 => self.below(4),
            1 => self.below(longest.min(40) + 1),
            _ => self.below(longest + 1),
        };
        let kind = self.below(5);
        (0..length).map(|_| self.character(kind)).collect()
    }

    /// No character beyond U+00FF: Python's cookies cannot hold more.
    pub(crate) fn latin1(&mut self, longest: usize) -> String {
        let length = self.below(longest + 1);
        (0..length).map(|_| char::from(u8::try_from(self.below(256)).unwrap())).collect()
    }

    /// Never empty: Django replaces an empty salt by its default.
    pub(crate) fn salt(&mut self) -> String {
        format!("{}{}", self.name(), self.text(20))
    }

    pub(crate) fn name(&mut self) -> String {
        const LETTERS: &[u8] = b"ABCXYZabcxyz0189_-";
        let length = 1 + self.below(12);
        (0..length).map(|_| char::from(LETTERS[self.below(LETTERS.len())])).collect()
    }

    /// A JSON object of values that both sides can represent.
    pub(crate) fn object(&mut self, longest: usize) -> Value {
        // Few digits, so that all JSON readers round the number alike.
        let float = f64::from(u32::try_from(self.below(1 << 30)).unwrap()) / [1e-3, 1.0, 1e3, 1e9, 1e15][self.below(5)];
        let number = self.next().cast_signed() >> self.below(64);
        json!({"u": self.text(longest), "n": number, "list": [true, null, float, self.text(8)]})
    }

    fn character(&mut self, kind: usize) -> char {
        let code = match kind {
            0 => 0x20 + self.below(0x5F),
            1 => self.below(0x100),
            2 => self.below(0x3000),
            3 => 0x1F300 + self.below(0x400),
            _ => self.below(0x11_0000),
        };
        // A code point that is a surrogate becomes `"`, which JSON and cookies must escape.
        char::from_u32(u32::try_from(code).unwrap()).unwrap_or('"')
    }
}

/// Replaces the character at `at` by another one.
pub(crate) fn changed(text: &str, at: usize) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    characters[at] = if characters[at] == 'A' { 'B' } else { 'A' };
    characters.into_iter().collect()
}

/// Changed variants of a signed text: characters in the value, the timestamp and the signature, and both ends.
pub(crate) fn tampered(signed: &str, draws: &mut Draws) -> Vec<String> {
    let length = signed.chars().count();
    let inside: Vec<usize> = (0..4).map(|_| draws.below(length)).collect();
    let ends = [0, length - 1, length - 43, length - 44, length - 46];
    let mut all: Vec<String> = inside.into_iter().chain(ends).map(|at| changed(signed, at)).collect();
    all.extend([format!("{signed}="), format!("{signed}\n"), format!(" {signed}"), signed.chars().skip(1).collect()]);
    all
}
