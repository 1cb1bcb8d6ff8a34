//! Numbers as a reader should see them: no more digits than the uncertainty allows.

/// A value with its 95 % interval, such as `415 [402, 428]`; three significant digits without an interval.
pub(crate) fn estimate(value: f64, interval: Option<(f64, f64)>) -> String {
    let Some((lower, upper)) = interval else { return plain(value) };
    let digits = decimals_of_interval(value, lower, upper);
    match digits {
        Some(digits) => {
            format!("{} [{}, {}]", fixed(value, digits), fixed(lower, digits), fixed(upper, digits))
        }
        None => format!("{value:.2e} [{lower:.2e}, {upper:.2e}]"),
    }
}

/// So many decimals; what rounds to nothing has no sign.
fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(size) if size.bytes().all(|letter| letter == b'0' || letter == b'.') => size.to_owned(),
        _ => text,
    }
}

/// Three significant digits, with a power of ten for very large and very small numbers.
///
/// # Examples
///
/// ```
/// use topolens_lab::report::three_digits;
///
/// assert_eq!(three_digits(3.0_f64.sqrt()), "1.73");
/// assert_eq!(three_digits(2.5e-12), "2.50e-12");
/// ```
pub fn plain(value: f64) -> String {
    match decimals(value, 2) {
        Some(digits) => format!("{value:.digits$}"),
        None => format!("{value:.2e}"),
    }
}

/// Six significant digits without zeros at the end, for tables that are copied.
pub(crate) fn six_digits(value: f64) -> String {
    match decimals(value, 5) {
        Some(digits) => {
            let text = format!("{value:.digits$}");
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        }
        None => format!("{value:.5e}"),
    }
}

/// A relative depth, with no more than two decimals.
pub(crate) fn depth(depth: f64) -> String {
    format!("{depth:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A part of a whole as a percentage, with two significant digits below 10 %; the sign stays on the number's line.
pub(crate) fn percentage(part: f64) -> String {
    let percent = 100.0 * part;
    if percent.abs() < 9.95 { format!("{percent:.1}\u{a0}%") } else { format!("{percent:.0}\u{a0}%") }
}

/// The name of an epoch in a sentence or a legend.
pub(crate) fn epoch_name(epoch: Option<usize>) -> String {
    match epoch {
        None => "the network".to_owned(),
        Some(0) => "epoch 0 (untrained)".to_owned(),
        Some(epoch) => format!("epoch {epoch}"),
    }
}

/// Decimals that show half the interval's width with one digit, or two if the first is 1 or 2.
fn decimals_of_interval(value: f64, lower: f64, upper: f64) -> Option<usize> {
    let half = f64::midpoint(upper, -lower);
    if half <= 0.0 { decimals(value, 2) } else { decimals(value, 12).and(decimals(half / 3.0, 0)) }
}

/// Decimals that show `after` digits after the first significant one; `None` where powers of ten read better.
fn decimals(value: f64, after: i32) -> Option<usize> {
    const LARGE: f64 = 1e6;
    const SMALL: f64 = 1e-5;
    let size = value.abs();
    if size == 0.0 {
        return Some(0);
    }
    let places = after - (size.log10() + 1e-12).floor() as i32;
    (SMALL..LARGE).contains(&size).then(|| places.clamp(0, 7).unsigned_abs() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_follow_the_uncertainty() {
        assert_eq!(estimate(415.234, Some((402.1, 428.4))), "415 [402, 428]");
        assert_eq!(estimate(3.0, Some((-0.2, 6.2))), "3 [0, 6]");
        assert_eq!(estimate(12.345, Some((11.8, 12.9))), "12.3 [11.8, 12.9]");
        assert_eq!(estimate(12.345, Some((12.1, 12.6))), "12.35 [12.10, 12.60]");
        assert_eq!(estimate(0.01234, Some((0.011, 0.014))), "0.0123 [0.0110, 0.0140]");
        assert_eq!(estimate(5.0e7, Some((4.0e7, 6.0e7))), "5.00e7 [4.00e7, 6.00e7]");
    }

    #[test]
    fn without_an_interval_three_digits() {
        let shown: Vec<String> = [415.234, 12.345, 1.2345, 0.012_345, 0.0, -2.5, 1e9].map(plain).into();
        assert_eq!(shown, ["415", "12.3", "1.23", "0.0123", "0", "-2.50", "1.00e9"]);
        assert_eq!(estimate(2.0, Some((2.0, 2.0))), "2.00 [2.00, 2.00]");
    }

    #[test]
    fn numbers_to_copy_have_six_digits() {
        let shown = [1.0 / 3.0, 415.0, 0.0, -2.5, 1e9, 1_234.567_89].map(six_digits);
        assert_eq!(shown, ["0.333333", "415", "0", "-2.5", "1.00000e9", "1234.57"]);
    }

    #[test]
    fn depths() {
        assert_eq!([0.1, 0.25, 2.0 / 3.0, 1.0, 0.0].map(depth), ["0.1", "0.25", "0.67", "1", "0"]);
    }

    #[test]
    fn percentages() {
        assert_eq!([0.0674, 0.5, 1.2].map(percentage), ["6.7\u{a0}%", "50\u{a0}%", "120\u{a0}%"]);
    }
}
