//! What the fuzz targets have in common: reading an input, altering a text, and waiting for a mechanism.

pub mod simple;

use std::cell::OnceCell;

use authlab_mechanism::presented::Presented;
use authlab_secrets::{keys::Keys, Secret};
use tokio::runtime::{Builder, Runtime};

/// The key of the vectors that Django made, so that those of them that stand in the corpus open.
pub const DJANGO_KEY: &[u8] = b"django-insecure-lab-0123456789abcdef0123456789abcdef";
/// Where all clocks stand: the instant at which those vectors were made.
pub const NOW: i64 = 1_790_000_000;

/// For mechanisms, which refuse Django's insecure key.
pub fn keys() -> Keys {
    Keys::new(Secret::new("0123456789abcdefghijklmnopqrstuvwxyzFUZZ"), Vec::new()).expect("the key is strong")
}

/// An input is text, one field a line; the last field is all the rest, and what is missing is empty.
pub fn fields<const N: usize>(input: &str) -> [&str; N] {
    let mut lines = input.splitn(N, '\n');
    std::array::from_fn(|_| lines.next().unwrap_or_default())
}

/// The number that a field says, or one made of its bytes: whatever is written there means something.
pub fn number(field: &str) -> i64 {
    // FNV-1a
    let mixed = || {
        field
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    field.parse().unwrap_or_else(|_| mixed().cast_signed())
}

/// The text with one character replaced, removed or added; which, and where, is up to `choice`. `None` if it stays the same.
pub fn altered(text: &str, choice: i64) -> Option<String> {
    const PUT: &[char] = &['A', 'Q', 'g', 'w', '0', '=', '.', ':', '-', '_', '+', '/', ' ', '\n', '\0', '"', '\\', 'é'];
    let choice = usize::try_from(choice.unsigned_abs()).expect("as wide as a pointer");
    let mut characters: Vec<char> = text.chars().collect();
    let put = PUT[choice / 3 % PUT.len()];
    let at = choice / 3 / PUT.len();
    match choice % 3 {
        0 if !characters.is_empty() => {
            let at = at % characters.len();
            characters[at] = put;
        }
        1 if !characters.is_empty() => drop(characters.remove(at % characters.len())),
        _ => characters.insert(at % (characters.len() + 1), put),
    }
    let altered = String::from_iter(characters);
    (altered != text).then_some(altered)
}

/// Every way to cut the text in two.
pub fn cuts(text: &str) -> impl Iterator<Item = (&str, &str)> {
    (0..=text.len()).filter_map(|at| text.split_at_checked(at))
}

/// A client with these cookies and nothing else.
pub fn with_cookies<'a>(cookies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Presented {
    let cookies = cookies.into_iter().map(|(name, value)| (name.to_owned(), Secret::new(value))).collect();
    Presented::new(cookies, None, None)
}

/// Runs it to its end, on a runtime that is made once.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
    }
    RUNTIME.with(|runtime| {
        runtime.get_or_init(|| Builder::new_current_thread().enable_time().build().expect("a runtime")).block_on(work)
    })
}
