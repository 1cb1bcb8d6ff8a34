//! Numbers with their uncertainty, without false precision.

/// `value` with half its interval, both rounded to two digits of the half width; `-` when undefined.
pub(crate) fn with_uncertainty(value: Option<f64>, lower: Option<f64>, upper: Option<f64>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    match (lower, upper) {
        (Some(lower), Some(upper)) if upper > lower => {
            let half = (upper - lower) / 2.0;
            let decimals = decimals_for(half);
            format!("{value:.decimals$} ±{half:.decimals$}")
        }
        _ => format!("{value:.*}", decimals_for(value.abs() / 10.0)),
    }
}

/// Decimals that show two significant digits of `size`, at most four.
fn decimals_for(size: f64) -> usize {
    if size <= 0.0 || !size.is_finite() {
        return 2;
    }
    let steps = [10.0, 1.0, 0.1, 0.01].iter().filter(|step| size < **step);
    steps.count()
}

/// A time that need not be exact.
pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        ..1.5 => "a second".to_owned(),
        ..90.0 => format!("{seconds:.0} seconds"),
        ..5400.0 => format!("{:.0} minutes", seconds / 60.0),
        _ => format!("{:.1} hours", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{duration, with_uncertainty};

    #[test]
    fn times_are_told_in_the_unit_a_person_would_use() {
        let told = [0.2, 1.4, 1.6, 42.0, 600.0, 9000.0].map(duration);
        assert_eq!(told, ["a second", "a second", "2 seconds", "42 seconds", "10 minutes", "2.5 hours"]);
    }

    #[test]
    fn digits_follow_the_uncertainty() {
        let cases = [
            (Some(123.456), Some(111.0), Some(136.0), "123 ±12"),
            (Some(12.3456), Some(12.0), Some(12.6), "12.35 ±0.30"),
            (Some(0.01234), Some(0.012), Some(0.013), "0.0123 ±0.0005"),
            (Some(5.0), None, None, "5.00"),
            (Some(5.0), Some(5.0), Some(5.0), "5.00"),
            (Some(0.0), None, None, "0.00"),
            (None, None, None, "-"),
        ];
        for (value, lower, upper, expected) in cases {
            assert_eq!(with_uncertainty(value, lower, upper), expected);
        }
    }
}
