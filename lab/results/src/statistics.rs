//! Medians and ratios with a bootstrap interval, for grouped samples.
//!
//! The samples of one launch resemble each other, because they share one memory layout and one time. So the bootstrap
//! first draws launches, then samples within them. Drawing all samples alike would make the intervals too narrow.

/// Samples by launch, by round.
pub type Samples = Vec<Vec<f64>>;

/// The number of draws for an interval.
const DRAWS: usize = 2_000;

/// A median with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

/// The quantile at this many thousandths; 0 if there are no values.
pub fn quantile(values: &[f64], thousandths: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    // The mean of the two neighbours, if the quantile lies between two values.
    let place = 2 * last * thousandths / 1_000;
    f64::midpoint(sorted[place / 2], sorted[place.div_ceil(2)])
}

pub fn median(values: &[f64]) -> f64 {
    quantile(values, 500)
}

/// The median over all launches, with its interval.
pub fn estimate(launches: &[Vec<f64>]) -> Estimate {
    let ranked = Ranked::of(launches);
    let mut random = SplitMix64(0x5eed);
    let redrawn: Vec<f64> = (0..DRAWS).map(|_| ranked.redrawn_median(&mut random)).collect();
    Estimate { median: median(&launches.concat()), low: quantile(&redrawn, 25), high: quantile(&redrawn, 975) }
}

/// Combines each sample of `of` with the sample of `to` from the same round of the same launch. A slowdown of the
/// machine then affects both.
pub fn paired(of: &[Vec<f64>], to: &[Vec<f64>], compare: impl Fn(f64, f64) -> f64) -> Samples {
    let launch = |(of, to): (&Vec<f64>, &Vec<f64>)| of.iter().zip(to).map(|(of, to)| compare(*of, *to)).collect();
    of.iter().zip(to).map(launch).collect()
}

/// Samples by rank, so that the median of a draw is found by counting instead of sorting.
struct Ranked {
    sorted: Vec<f64>,
    /// By launch, then by round.
    ranks: Vec<Vec<usize>>,
}

impl Ranked {
    fn of(launches: &[Vec<f64>]) -> Self {
        let mut sorted = launches.concat();
        sorted.sort_by(f64::total_cmp);
        let rank = |value: &f64| sorted.partition_point(|other| other.total_cmp(value).is_lt());
        let ranks = launches.iter().map(|launch| launch.iter().map(rank).collect()).collect();
        Self { sorted, ranks }
    }

    /// Draws launches, and within each as many samples as it has.
    fn redrawn_median(&self, random: &mut SplitMix64) -> f64 {
        let mut drawn = vec![0_usize; self.sorted.len()];
        let mut count = 0;
        for _ in &self.ranks {
            let launch = &self.ranks[random.below(self.ranks.len())];
            for _ in launch {
                drawn[launch[random.below(launch.len())]] += 1;
            }
            count += launch.len();
        }
        let Some(last) = count.checked_sub(1) else { return 0.0 };
        f64::midpoint(self.at(&drawn, last / 2), self.at(&drawn, last.div_ceil(2)))
    }

    /// The value at this position of a draw.
    fn at(&self, drawn: &[usize], place: usize) -> f64 {
        let mut before = 0;
        for (rank, times) in drawn.iter().enumerate() {
            before += times;
            if before > place {
                return self.sorted[rank];
            }
        }
        0.0
    }
}

/// `SplitMix64`. With a fixed seed, the same samples always give the same interval.
#[derive(Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Puts the values into a random order; all orders are equally likely.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // Limits are small, so the bias of the remainder is below 2^-50.
        usize::try_from(mixed % u64::try_from(limit).unwrap_or(u64::MAX)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Estimate, SplitMix64, estimate, median, paired, quantile};

    /// Launches of samples around `level`: `between` apart from launch to launch, and `within` from sample to sample.
    fn synthetic(seed: u64, level: f64, between: f64, within: f64) -> Vec<Vec<f64>> {
        let mut random = SplitMix64(seed);
        let mut around_0 =
            |width: f64| width * (f64::from(u32::try_from(random.below(2_001)).unwrap()) / 1_000.0 - 1.0);
        (0..8)
            .map(|_| {
                let launch = level + around_0(between);
                (0..20).map(|_| launch + around_0(within)).collect()
            })
            .collect()
    }

    fn divided(of: f64, to: f64) -> f64 {
        of / to
    }

    fn width(estimate: Estimate) -> f64 {
        estimate.high - estimate.low
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_values() {
        let close = |one: f64, other: f64| (one - other).abs() < 1e-12;
        assert!(close(median(&[3.0, 1.0, 2.0]), 2.0));
        assert!(close(median(&[4.0, 1.0, 2.0, 3.0]), 2.5));
        assert!(close(quantile(&[5.0, 1.0, 4.0, 2.0, 3.0], 250), 2.0));
        assert!(close(quantile(&[7.0], 975), 7.0));
        assert!(close(quantile(&[], 500), 0.0));
    }

    #[test]
    fn a_ratio_is_found_within_its_interval() {
        let ratio =
            estimate(&paired(&synthetic(1, 12_000.0, 50.0, 400.0), &synthetic(2, 10_000.0, 50.0, 400.0), divided));
        assert!(ratio.low < 1.2 && 1.2 < ratio.high, "{ratio:?}");
        assert!(width(ratio) < 0.05, "{ratio:?}");
    }

    #[test]
    fn of_pairs_of_a_kind_nearly_all_show_no_difference() {
        let shows_none = |seed: &u64| {
            let one = synthetic(2 * seed + 1, 10_000.0, 100.0, 400.0);
            let ratio = estimate(&paired(&one, &synthetic(2 * seed + 2, 10_000.0, 100.0, 400.0), divided));
            assert!((0.98..1.02).contains(&ratio.median), "{ratio:?}");
            ratio.low <= 1.0 && 1.0 <= ratio.high
        };
        let found = (0..40).filter(shows_none).count();
        // Of 40 intervals of 95 %, 38 are expected; 34 or fewer would be one chance in a hundred.
        assert!(found > 34, "{found} of 40");
    }

    #[test]
    fn what_slows_a_whole_round_down_does_not_reach_the_ratio() {
        let noise = synthetic(3, 1.5, 0.4, 0.4);
        let of = paired(&noise, &noise, |noise, _| 13_000.0 * noise);
        let to = paired(&noise, &noise, |noise, _| 10_000.0 * noise);
        let ratio = estimate(&paired(&of, &to, divided));
        assert!((ratio.median - 1.3).abs() < 1e-9 && width(ratio) < 1e-9, "{ratio:?}");
    }

    #[test]
    fn launches_that_disagree_widen_the_interval() {
        let agreed = estimate(&synthetic(4, 10_000.0, 10.0, 400.0));
        let disagreed = estimate(&synthetic(4, 10_000.0, 2_000.0, 400.0));
        assert!(width(disagreed) > 2.0 * width(agreed), "{disagreed:?} {agreed:?}");
    }

    #[test]
    fn the_same_samples_give_the_same_interval() {
        let samples = synthetic(5, 10_000.0, 100.0, 400.0);
        assert_eq!(estimate(&samples), estimate(&samples));
    }
}
