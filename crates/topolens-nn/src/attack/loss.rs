//! What attacks make large.

use super::Criterion;
use crate::tape::{cross_entropy_loss, cross_entropy_slope};

/// A function of logits that is the larger, the nearer an attack is to its criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// The cross entropy of the label, or that of the target with its sign reversed.
    CrossEntropy,
    /// The difference of logits ratio (Croce & Hein 2020), which does not change when the logits are scaled or shifted.
    LogitsRatio,
}

impl Loss {
    /// The least number of classes for which it is defined.
    pub(super) fn least_classes(self) -> usize {
        match self {
            Self::CrossEntropy => 2,
            Self::LogitsRatio => 4,
        }
    }

    /// Its value and its derivatives in the logits.
    pub(super) fn with_slope(self, logits: &[f32], criterion: Criterion) -> (f64, Vec<f64>) {
        match self {
            Self::CrossEntropy => cross_entropy(logits, criterion),
            Self::LogitsRatio => logits_ratio(logits, criterion),
        }
    }
}

/// How far the logit of the label is below the largest other one, or the largest other one below that of the target: positive if the
/// criterion is met.
pub(super) fn margin(logits: &[f32], criterion: Criterion) -> f64 {
    let [up, down] = rivals(logits, criterion);
    f64::from(logits[up]) - f64::from(logits[down])
}

fn cross_entropy(logits: &[f32], criterion: Criterion) -> (f64, Vec<f64>) {
    let (class, sign) = match criterion.target {
        Some(target) => (target, -1.0),
        None => (criterion.label, 1.0),
    };
    let slope = cross_entropy_slope(logits, class, 0.0).into_iter().map(|slope| sign * slope).collect();
    (sign * cross_entropy_loss(logits, class, 0.0), slope)
}

/// The class whose logit must rise, and the one whose must fall.
pub(super) fn rivals(logits: &[f32], criterion: Criterion) -> [usize; 2] {
    let largest_but = |left_out: usize| {
        let others = (0..logits.len()).filter(|class| *class != left_out);
        others
            .reduce(|best, class| if logits[class] > logits[best] { class } else { best })
            .unwrap_or(left_out)
    };
    match criterion.target {
        Some(target) => [target, largest_but(target)],
        None => [largest_but(criterion.label), criterion.label],
    }
}

/// −(z_y − z_i) / (z_(1) − z_(3)) with the largest other logit i, or −(z_y − z_t) / (z_(1) − (z_(3) + z_(4)) / 2) with the target t.
fn logits_ratio(logits: &[f32], criterion: Criterion) -> (f64, Vec<f64>) {
    let z = |class: usize| f64::from(logits[class]);
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|a, b| logits[*b].total_cmp(&logits[*a]));
    let label = criterion.label;
    let (up, below): (usize, &[usize]) = match criterion.target {
        Some(target) => (target, &order[2..4]),
        None => (rivals(logits, criterion)[0], &order[2..3]),
    };
    let share = 1.0 / below.len() as f64;
    let spread = z(order[0]) - below.iter().map(|class| share * z(*class)).sum::<f64>() + 1e-12;
    let value = (z(up) - z(label)) / spread;
    let mut slope = vec![0.0; logits.len()];
    slope[up] += 1.0 / spread;
    slope[label] -= 1.0 / spread;
    slope[order[0]] -= value / spread;
    for class in below {
        slope[*class] += share * value / spread;
    }
    (value, slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 5] = [1.5, -0.25, 3.0, 0.5, 2.25];

    #[test]
    fn slopes_equal_finite_differences() {
        for loss in [Loss::CrossEntropy, Loss::LogitsRatio] {
            for target in [None, Some(3), Some(0)] {
                let criterion = Criterion { label: 2, target };
                let (_, slope) = loss.with_slope(&LOGITS, criterion);
                for class in 0..LOGITS.len() {
                    let at = |step: f32| {
                        let mut moved = LOGITS;
                        moved[class] += step;
                        loss.with_slope(&moved, criterion).0
                    };
                    let difference = (at(0.015_625) - at(-0.015_625)) / 0.031_25;
                    assert!(
                        (difference - slope[class]).abs() < 2e-3,
                        "{loss:?} {target:?} {class}: {difference} {slope:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn values_of_the_definitions() {
        let away = Criterion { label: 2, target: None };
        assert_eq!(margin(&LOGITS, away), -0.75);
        assert_eq!(margin(&LOGITS, Criterion { label: 2, target: Some(4) }), -0.75);
        assert_eq!(margin(&LOGITS, Criterion { label: 2, target: Some(2) }), 0.75);
        assert!((Loss::LogitsRatio.with_slope(&LOGITS, away).0 + 0.75 / 1.5).abs() < 1e-9);
        let targeted = Criterion { label: 2, target: Some(1) };
        assert!((Loss::LogitsRatio.with_slope(&LOGITS, targeted).0 + 3.25 / 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_ratio_does_not_change_with_scale_and_shift() {
        for target in [None, Some(1)] {
            let criterion = Criterion { label: 2, target };
            let moved = LOGITS.map(|logit| 8.0 * logit + 16.0);
            let [a, b] = [&LOGITS, &moved].map(|logits| Loss::LogitsRatio.with_slope(logits, criterion).0);
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
    }
}
