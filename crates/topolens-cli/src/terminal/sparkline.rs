//! A curve as one line of text.

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A block for each value, the lowest and the highest at the ends of the scale; a dot where there is none, a middle line where all are
/// the same.
pub(crate) fn sparkline(values: &[Option<f64>]) -> String {
    let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) =
        known().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let level = |value: f64| {
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        #[expect(clippy::cast_sign_loss, reason = "a share is not negative")]
        let at = (share * (LEVELS.len() - 1) as f64).round() as usize;
        LEVELS[at.min(LEVELS.len() - 1)]
    };
    let block = |value: &Option<f64>| value.filter(|value| value.is_finite()).map_or('·', level);
    values.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_scale_are_the_lowest_and_the_highest() {
        assert_eq!(sparkline(&[Some(-1.0), None, Some(6.0), Some(2.0), Some(f64::NAN)]), "▁·█▄·");
        assert_eq!(sparkline(&[Some(3.0), Some(3.0)]), "▅▅");
        assert_eq!(sparkline(&[None]), "·");
    }
}
