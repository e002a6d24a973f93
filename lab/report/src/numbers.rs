//! Number formats for people: three significant digits, and separators for thousands.

use authlab_results::statistics::Estimate;

/// Three significant digits, and all digits of the whole part: `0.62`, `9.63`, `12.3`, `1,024`.
pub fn short(number: f64) -> String {
    for (decimals, limit) in [(2, 10.0), (1, 100.0)] {
        let text = format!("{:.decimals$}", number.abs());
        if text.parse::<f64>().is_ok_and(|rounded| rounded < limit) {
            return signed(number, &text);
        }
    }
    whole(number)
}

/// `1,024`
pub fn whole(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    signed(number, &groups.collect::<Vec<_>>().join(","))
}

/// A count: `1,024`.
pub fn thousands(count: impl TryInto<u64>) -> String {
    whole(real(count))
}

fn signed(number: f64, text: &str) -> String {
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if number < 0.0 && !is_zero { format!("-{text}") } else { text.to_owned() }
}

/// `1.14 [1.13, 1.15]`; `scale` converts the unit.
pub fn range(found: Estimate, scale: f64) -> String {
    let [median, low, high] = [found.median, found.low, found.high].map(|value| short(value * scale));
    format!("{median} [{low}, {high}]")
}

/// A count, for arithmetic.
#[expect(clippy::cast_precision_loss, reason = "all counts are far below 2^52, up to which a float is exact")]
pub fn real(count: impl TryInto<u64>) -> f64 {
    count.try_into().unwrap_or(u64::MAX) as f64
}

/// Converts nanoseconds to microseconds.
pub const IN_MICROSECONDS: f64 = 1e-3;

/// `7 %`
pub fn percent(share: f64) -> String {
    format!("{} %", whole(share * 100.0))
}

/// With a suitable unit: `340 B`, `1.23 kB`, `45.6 GB`.
pub fn bytes(count: f64) -> String {
    scaled(count, &["B", "kB", "MB", "GB", "TB", "PB"])
}

/// Bits per second with a suitable unit.
pub fn bits_a_second(count: f64) -> String {
    scaled(count, &["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"])
}

/// A count with a suitable unit: `12.3 million`.
pub fn many(count: f64) -> String {
    match count {
        1e9.. => format!("{} billion", short(count / 1e9)),
        1e6.. => format!("{} million", short(count / 1e6)),
        _ => whole(count),
    }
}

fn scaled(count: f64, units: &[&str]) -> String {
    let mut value = count;
    let mut units = units.iter().peekable();
    while let Some(unit) = units.next() {
        if value.abs() < 999.5 || units.peek().is_none() {
            return format!("{} {unit}", short(value));
        }
        value /= 1_000.0;
    }
    short(value)
}

#[cfg(test)]
mod tests {
    use authlab_results::statistics::Estimate;
    use proptest::prelude::*;

    use super::{bytes, many, range, short, whole};

    fn read(text: &str) -> f64 {
        text.replace(',', "").parse().unwrap()
    }

    #[test]
    fn numbers_have_three_digits_that_count() {
        let shown = [0.0, 0.624, 9.631, 9.996, 12.34, 99.96, 123.4, 1_024.0, -0.001, -1.5].map(short);
        assert_eq!(shown, ["0.00", "0.62", "9.63", "10.0", "12.3", "100", "123", "1,024", "0.00", "-1.50"]);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0.4, 999.0, 1_024.0, 1_234_567.0, -1_500.0].map(whole),
            ["0", "999", "1,024", "1,234,567", "-1,500"]
        );
    }

    #[test]
    fn units_fit_their_numbers() {
        assert_eq!([340.0, 1_234.0, 999_900.0, 4.56e10].map(bytes), ["340 B", "1.23 kB", "1.00 MB", "45.6 GB"]);
        assert_eq!([12.0, 5e6, 2.5e9].map(many), ["12", "5.00 million", "2.50 billion"]);
    }

    #[test]
    fn an_estimate_is_told_with_its_interval() {
        assert_eq!(range(Estimate { median: 1.137, low: 1.1, high: 1.2 }, 1.0), "1.14 [1.10, 1.20]");
        assert_eq!(range(Estimate { median: 9_631.0, low: 9_500.0, high: 9_700.0 }, 1e-3), "9.63 [9.50, 9.70]");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_near_what_is_meant(number in -1e12..1e12_f64) {
            prop_assert!((read(&short(number)) - number).abs() <= 0.005_f64.max(number.abs() * 0.006), "{}", short(number));
            prop_assert!((read(&whole(number)) - number).abs() <= 0.5);
        }

        #[test]
        fn no_group_is_longer_than_three_digits_and_nothing_is_minus_nothing(number in -1e9..1e9_f64) {
            let text = short(number);
            let digits = text.trim_start_matches('-').split('.').next().unwrap_or_default();
            prop_assert!(digits.split(',').all(|group| (1..=3).contains(&group.len())), "{text}");
            prop_assert!(!text.starts_with('-') || read(&text) < 0.0, "{text}");
        }

        #[test]
        fn the_larger_number_is_never_shown_as_the_smaller(one in 0.0..1e9_f64, other in 0.0..1e9_f64) {
            let (less, more) = if one < other { (one, other) } else { (other, one) };
            prop_assert!(read(&short(less)) <= read(&short(more)), "{} {}", short(less), short(more));
        }
    }
}
