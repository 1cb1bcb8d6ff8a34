//! Axes: the range shown and its ticks.

/// A labelled place on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: String,
}

/// A range of numbers with its ticks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
    /// The labels are in units of this power of ten.
    decade: i32,
    pub(crate) ticks: Vec<Tick>,
}

/// About how many ticks an axis has.
const N_TICKS: f64 = 5.0;

impl Axis {
    /// From 0 (or the lowest value, if that is negative) to the next tick above the highest.
    pub(crate) fn from_zero(values: &[f64]) -> Self {
        let low = values.iter().copied().fold(0.0, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        let high = if low < high { high.clamp(1e-300, 1e300) } else { low + 1.0 };
        let step = nice_step((high - low) / N_TICKS);
        let (first, last) = ((low / step).floor() as i64, (high / step * (1.0 - 1e-12)).ceil() as i64);
        Self::with_steps(first, last, step)
    }

    /// From 0 to exactly the highest value, which need not be a tick; if that is 0, there is no other tick.
    pub(crate) fn up_to(high: f64) -> Self {
        let n_ticks = if high > 0.0 { usize::MAX } else { 1 };
        // Nearer the ends of floating point, steps would be 0 or infinite.
        let high = if high > 0.0 { high.clamp(1e-300, 1e300) } else { 1.0 };
        let step = nice_step(high / N_TICKS);
        let mut axis =
            Self { high, ..Self::with_steps(0, (high / step * (1.0 + 1e-12)).floor() as i64, step) };
        axis.ticks.truncate(n_ticks);
        axis
    }

    /// A linear axis about `values`, which need not reach to zero.
    pub(crate) fn around(values: &[f64]) -> Self {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let is_narrow = !(high - low).is_normal() || high - low < 1e-9 * high.abs().max(low.abs());
        if is_narrow || low.abs().max(high.abs()) > 1e300 {
            return Self::from_zero(values);
        }
        let step = nice_step((high - low) / N_TICKS);
        let (first, last) = ((low / step).floor() as i64, (high / step * (1.0 - 1e-12)).ceil() as i64);
        Self::with_steps(first, last.max(first + 1), step)
    }

    /// From `low` to `high`, exactly, with the ticks that lie between; 0 to 1 if that is no range.
    pub(crate) fn between(low: f64, high: f64) -> Self {
        let is_range = (high - low).is_normal() && low < high && low.abs().max(high.abs()) < 1e300;
        if !is_range {
            return Self::up_to(1.0);
        }
        let step = nice_step((high - low) / N_TICKS);
        let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
        Self { low, high, ..Self::with_steps(first, last, step) }
    }

    fn with_steps(first: i64, last: i64, step: f64) -> Self {
        let value = |at: i64| at as f64 * step;
        let decade = common_decade(value(first).abs().max(value(last).abs()));
        let tick = |at| Tick { value: value(at), label: tick_label(value(at), step, decade) };
        Self {
            low: value(first),
            high: value(last),
            logarithmic: false,
            decade,
            ticks: (first..=last).map(tick).collect(),
        }
    }

    /// A logarithmic axis around positive values; `None` if a value is not positive.
    pub(crate) fn logarithmic(values: &[f64]) -> Option<Self> {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min).log10();
        let high = values.iter().copied().fold(0.0, f64::max).log10();
        if !(low.is_finite() && high.is_finite()) {
            return None;
        }
        // At least a decade, so that there are ticks to read.
        let margin = (0.05 * (high - low)).max(0.1).max(0.5 * (1.0 - (high - low)));
        let (low, high) = (low - margin, high + margin);
        Some(Self { low, high, logarithmic: true, decade: 0, ticks: logarithmic_ticks(low, high) })
    }

    /// `label` with the power of ten that the tick labels are in units of, if there is one.
    pub(crate) fn title(&self, label: &str) -> String {
        match self.decade {
            0 => label.to_owned(),
            decade => format!("{label} (×10{})", superscript(decade)),
        }
    }

    /// Where `value` lies: 0 at the low end, 1 at the high end; values outside the range at its ends.
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        let value = if self.logarithmic { value.max(f64::MIN_POSITIVE).log10() } else { value };
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// Ticks at powers of ten, or at 1, 2, 5 times them if there are few powers, between `low` and `high` (logarithms).
fn logarithmic_ticks(low: f64, high: f64) -> Vec<Tick> {
    let decades = low.floor() as i32..=high.ceil() as i32;
    let stride = ((high - low) / (N_TICKS + 1.0)).ceil().max(1.0) as i32;
    let multiples: &[f64] = if high - low < 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let values = decades
        .filter(|decade| decade.rem_euclid(stride) == 0)
        .flat_map(|decade| multiples.iter().map(move |multiple| (*multiple, decade)));
    let inside = values.filter(|(multiple, decade)| {
        let logarithm = multiple.log10() + f64::from(*decade);
        low <= logarithm && logarithm <= high
    });
    inside.map(|(multiple, decade)| logarithmic_tick(multiple, decade)).collect()
}

fn logarithmic_tick(multiple: f64, decade: i32) -> Tick {
    let value = multiple * 10_f64.powi(decade);
    let label = if (-3..4).contains(&decade) {
        format!("{value:.*}", decade.min(0).unsigned_abs() as usize)
    } else if (multiple - 1.0).abs() < 0.5 {
        format!("10{}", superscript(decade))
    } else {
        format!("{multiple}×10{}", superscript(decade))
    };
    Tick { value, label }
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `step`.
fn nice_step(step: f64) -> f64 {
    let power = 10_f64.powi(step.log10().floor() as i32);
    let multiples = [1.0, 2.0, 5.0].into_iter().map(|multiple| multiple * power);
    multiples.into_iter().find(|nice| *nice >= step * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// The power of ten that is left out of the labels, so that they stay short: 0 up to `largest` of usual size.
fn common_decade(largest: f64) -> i32 {
    if (1e-2..1e4).contains(&largest) { 0 } else { (largest.log10() + 1e-9).floor() as i32 }
}

/// As many decimals as the step needs, in units of a power of ten.
fn tick_label(value: f64, step: f64, decade: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let step_decade = (step.log10() + 1e-9).floor() as i32;
    let n_decimals = (decade - step_decade).max(0).unsigned_abs() as usize;
    format!("{:.n_decimals$}", value / 10_f64.powi(decade))
}

fn superscript(number: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raised = |character: char| character.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]);
    number.to_string().chars().map(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn an_axis_between_ends_there_and_its_ticks_are_inside() {
        let axis = Axis::between(-0.37, 1.9);
        assert_eq!((axis.fraction(-0.37), axis.fraction(1.9)), (0.0, 1.0));
        assert!(axis.ticks.len() > 2 && axis.ticks.iter().all(|tick| (-0.37..=1.9).contains(&tick.value)));
        for (low, high) in [(1.0, 1.0), (f64::NAN, 1.0), (2.0, 1.0), (f64::NEG_INFINITY, f64::INFINITY)] {
            assert_eq!(Axis::between(low, high), Axis::up_to(1.0));
        }
    }

    #[test]
    fn linear_ticks_are_round_and_cover_the_values() {
        assert_eq!(labels(&Axis::from_zero(&[28.0, 415.0])), ["0", "100", "200", "300", "400", "500"]);
        assert_eq!(labels(&Axis::from_zero(&[0.3, 1.0])), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(&Axis::from_zero(&[-0.7, 1.0])), ["-1.0", "-0.5", "0", "0.5", "1.0"]);
        assert_eq!(labels(&Axis::from_zero(&[3.0e6])), ["0", "1", "2", "3"]);
        assert_eq!(labels(&Axis::from_zero(&[1.5e-5])), ["0", "0.5", "1.0", "1.5"]);
    }

    #[test]
    fn an_axis_about_values_far_from_zero_begins_there() {
        assert_eq!(labels(&Axis::around(&[301.0, 309.0])), ["300", "302", "304", "306", "308", "310"]);
        assert_eq!(labels(&Axis::around(&[-0.3, 0.4])), ["-0.4", "-0.2", "0", "0.2", "0.4"]);
        for values in [&[][..], &[3.0], &[1e299, -1e299]] {
            assert!(Axis::around(values).ticks.len() > 1, "{values:?}");
        }
    }

    #[test]
    fn a_common_power_of_ten_is_said_once() {
        let title = |largest: f64| Axis::up_to(largest).title("Birth");
        assert_eq!(title(1.7), "Birth");
        assert_eq!(title(1.7e-12), "Birth (×10⁻¹²)");
        assert_eq!(title(3.0e6), "Birth (×10⁶)");
        assert_eq!(labels(&Axis::up_to(1.7e-12)), ["0", "0.5", "1.0", "1.5"]);
        assert!(labels(&Axis::up_to(9999.0)).iter().all(|label| label.len() < 5));
    }

    #[test]
    fn no_values_equal_values_and_zero_have_an_axis() {
        for values in [&[][..], &[0.0], &[7.0, 7.0], &[-2.0]] {
            let axis = Axis::from_zero(values);
            assert!(axis.ticks.len() > 1 && axis.low < axis.high, "{values:?}");
        }
        assert_eq!(labels(&Axis::up_to(0.0)), ["0"]);
    }

    #[test]
    fn the_ends_of_floating_point_have_an_axis() {
        for high in [1e-320, 1e-300, 1e300, f64::MAX] {
            for axis in [Axis::up_to(high), Axis::from_zero(&[high])] {
                assert!((2..9).contains(&axis.ticks.len()), "{high}: {:?}", labels(&axis));
                assert!((0.0..=1.0).contains(&axis.fraction(high)), "{high}");
            }
        }
    }

    #[test]
    fn an_exact_end_need_not_be_a_tick() {
        let axis = Axis::up_to(1.3);
        assert_eq!(labels(&axis), ["0", "0.5", "1.0"]);
        assert!((axis.fraction(1.3) - 1.0).abs() < 1e-12 && (axis.fraction(0.65) - 0.5).abs() < 1e-12);
        assert_eq!((axis.fraction(-1.0), axis.fraction(9.0)), (0.0, 1.0));
    }

    #[test]
    fn logarithmic_ticks_fit_the_range() {
        assert_eq!(labels(&Axis::logarithmic(&[0.15, 9.0]).unwrap()), ["0.2", "0.5", "1", "2", "5", "10"]);
        assert_eq!(labels(&Axis::logarithmic(&[0.01, 100.0]).unwrap()), ["0.01", "0.1", "1", "10", "100"]);
        assert_eq!(labels(&Axis::logarithmic(&[1e-6, 1e6]).unwrap()), ["10⁻⁶", "0.001", "1", "1000", "10⁶"]);
        assert_eq!(labels(&Axis::logarithmic(&[3.0]).unwrap()), ["1", "2", "5"]);
        let axis = Axis::logarithmic(&[1.0, 100.0]).unwrap();
        assert!((axis.fraction(10.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn logarithms_need_positive_values() {
        assert_eq!(Axis::logarithmic(&[0.0, 1.0]), None);
        assert_eq!(Axis::logarithmic(&[-1.0]), None);
        assert_eq!(Axis::logarithmic(&[]), None);
    }
}
