//! Common parts of the fuzz targets: reads an input, changes a text, and waits for a mechanism.

pub mod simple;

use std::cell::OnceCell;

use authlab_mechanism::presented::Presented;
use authlab_secrets::{Secret, keys::Keys};
use tokio::runtime::{Builder, Runtime};

/// The key of Django's test vectors, so that the vectors in the corpus can be opened.
pub const DJANGO_KEY: &[u8] = b"django-insecure-lab-0123456789abcdef0123456789abcdef";
/// The time of all clocks, at which those vectors were made.
pub const NOW: i64 = 1_790_000_000;

/// Strong keys for mechanisms, which refuse Django's insecure key.
pub fn keys() -> Keys {
    Keys::new(Secret::new("0123456789abcdefghijklmnopqrstuvwxyzFUZZ"), Vec::new()).expect("the key is strong")
}

/// Splits an input into fields, one per line. The last field is the rest, and missing fields are empty.
pub fn fields<const N: usize>(input: &str) -> [&str; N] {
    let mut lines = input.splitn(N, '\n');
    std::array::from_fn(|_| lines.next().unwrap_or_default())
}

/// The number in a field, or a number made of its bytes, so that every field has a value.
pub fn number(field: &str) -> i64 {
    // FNV-1a
    let mixed = || {
        field
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    field.parse().unwrap_or_else(|_| mixed().cast_signed())
}

/// The text with one character replaced, removed or added, depending on `choice`. `None` if the text stays the same.
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

/// A client with only these cookies.
pub fn with_cookies<'a>(cookies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Presented {
    let cookies = cookies.into_iter().map(|(name, value)| (name.to_owned(), Secret::new(value))).collect();
    Presented::new(cookies, None, None)
}

/// Runs a future to its end, on a runtime that is created once.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
    }
    RUNTIME.with(|runtime| {
        runtime.get_or_init(|| Builder::new_current_thread().enable_time().build().expect("a runtime")).block_on(work)
    })
}
