//! Positions on an axis, and the labelled values.

/// Converts values into positions on an axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    values: (f64, f64),
    places: (f64, f64),
    /// Whether the scale is logarithmic.
    by_factors: bool,
}

impl Scale {
    /// A linear scale from zero to the maximum.
    pub(super) fn from_zero(most: f64, places: (f64, f64)) -> Self {
        Self { values: (0.0, if most > 0.0 { most } else { 1.0 }), places, by_factors: false }
    }

    /// A logarithmic scale from the minimum to the maximum. It includes 1, with a margin at both ends.
    pub(super) fn by_factors(least: f64, most: f64, places: (f64, f64)) -> Self {
        let (least, most) = (least.clamp(1e-6, 1.0) / 1.15, most.clamp(1.0, 1e9) * 1.15);
        Self { values: (least, most), places, by_factors: true }
    }

    pub(super) fn place(&self, value: f64) -> f64 {
        let on_axis = |value: f64| if self.by_factors { value.max(1e-9).ln() } else { value };
        let (least, most) = (on_axis(self.values.0), on_axis(self.values.1));
        let share = (on_axis(value) - least) / (most - least);
        self.places.0 + share * (self.places.1 - self.places.0)
    }

    /// Round values, few enough for labels.
    pub(super) fn ticks(&self) -> Vec<f64> {
        if self.by_factors { self.round_factors() } else { self.round_steps() }
    }

    fn round_steps(&self) -> Vec<f64> {
        const MOST: f64 = 5.0;
        let most = self.values.1;
        let rough = most / MOST;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power).into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(10.0 * power);
        (0..=7).map(|count| step * f64::from(count)).take_while(|value| *value <= most * 1.000_001).collect()
    }

    fn round_factors(&self) -> Vec<f64> {
        let (least, most) = self.values;
        let decades = (-6..=9).map(|power| 10_f64.powi(power));
        let within = |value: &f64| (least..=most).contains(value);
        let all: Vec<f64> =
            decades.clone().flat_map(|ten| [1.0, 2.0, 5.0].map(|digit| digit * ten)).filter(within).collect();
        if all.len() > 2 {
            return if all.len() > 9 { decades.filter(within).collect() } else { all };
        }
        let fine = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0];
        fine.into_iter().filter(within).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    fn rounded(ticks: &[f64]) -> Vec<String> {
        ticks.iter().map(|tick| format!("{tick:.2}")).collect()
    }

    #[test]
    fn a_scale_from_zero_has_round_steps_and_few() {
        let scale = Scale::from_zero(73.0, (100.0, 200.0));
        assert_eq!(rounded(&scale.ticks()), ["0.00", "20.00", "40.00", "60.00"]);
        assert!((scale.place(0.0) - 100.0).abs() < 1e-9 && (scale.place(36.5) - 150.0).abs() < 1e-9);
    }

    #[test]
    fn a_scale_by_factors_has_one_among_its_ticks_and_factors_equally_far_apart() {
        let scale = Scale::by_factors(0.4, 8.0, (0.0, 1_000.0));
        assert_eq!(rounded(&scale.ticks()), ["0.50", "1.00", "2.00", "5.00"]);
        let (half, one, two) = (scale.place(0.5), scale.place(1.0), scale.place(2.0));
        assert!((one - half - (two - one)).abs() < 1e-9);
    }

    #[test]
    fn narrow_and_wide_scales_have_ticks_too() {
        assert!(Scale::by_factors(0.97, 1.02, (0.0, 1.0)).ticks().len() > 1);
        assert!(Scale::by_factors(0.01, 9_000.0, (0.0, 1.0)).ticks().len() < 9);
        assert_eq!(Scale::from_zero(0.0, (0.0, 1.0)).ticks().len(), 6);
    }
}
