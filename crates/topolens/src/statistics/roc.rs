//! The receiver operating characteristic.

use super::correlation::check_finite;
use crate::error::{Error, InputKind, SettingKind, Undefined};

/// The curve of true against false positives as the threshold of a score falls.
///
/// # Examples
///
/// ```
/// use topolens::statistics::RocCurve;
///
/// let curve = RocCurve::new(&[0.9, 0.8, 0.3, 0.1], &[true, false, true, false])?;
/// assert_eq!(curve.area(), 0.75);
/// assert_eq!(curve.true_positive_rate_at(0.0)?, 0.5);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `hanley1982`
#[derive(Debug, Clone, PartialEq)]
pub struct RocCurve {
    points: Vec<RocPoint>,
}

/// A point of a [`RocCurve`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RocPoint {
    /// Scores from here on are called positive; infinite at the first point.
    pub threshold: f64,
    /// The share of the negatives called positive.
    pub false_positive_rate: f64,
    /// The share of the positives called positive.
    pub true_positive_rate: f64,
}

impl RocCurve {
    /// The curve of `scores`, larger ones meaning positive: a point per distinct score.
    ///
    /// # Errors
    ///
    /// If the lengths differ, a score is not finite, or only one class is there.
    ///
    /// # Complexity
    ///
    /// $O(n \log n)$.
    pub fn new(scores: &[f64], is_positive: &[bool]) -> Result<Self, Error> {
        let (n_positive, n_negative) = check_scores("scores", scores, is_positive)?;
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_unstable_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let (mut positive, mut negative) = (0_usize, 0_usize);
        let mut points =
            vec![RocPoint { threshold: f64::INFINITY, false_positive_rate: 0.0, true_positive_rate: 0.0 }];
        for tied in order.chunk_by(|&a, &b| scores[a] <= scores[b]) {
            let found = tied.iter().filter(|&&at| is_positive[at]).count();
            positive += found;
            negative += tied.len() - found;
            points.push(RocPoint {
                threshold: scores[tied[0]],
                false_positive_rate: negative as f64 / n_negative as f64,
                true_positive_rate: positive as f64 / n_positive as f64,
            });
        }
        Ok(Self { points })
    }

    /// The points, thresholds descending.
    pub fn points(&self) -> &[RocPoint] {
        &self.points
    }

    /// The area under the curve by trapezia: the chance that a positive scores above a negative, ties counting half.
    pub fn area(&self) -> f64 {
        let trapezium = |pair: &[RocPoint]| {
            (pair[1].false_positive_rate - pair[0].false_positive_rate)
                * f64::midpoint(pair[0].true_positive_rate, pair[1].true_positive_rate)
        };
        self.points.windows(2).map(trapezium).sum()
    }

    /// The largest true positive rate of a threshold whose false positive rate is at most `false_positive_rate`.
    ///
    /// # Errors
    ///
    /// If the rate is not from 0 to 1.
    pub fn true_positive_rate_at(&self, false_positive_rate: f64) -> Result<f64, Error> {
        if !(0.0..=1.0).contains(&false_positive_rate) {
            let (argument, value) = ("false_positive_rate", false_positive_rate);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "from 0 to 1" }.into());
        }
        let allowed = self.points.iter().take_while(|point| point.false_positive_rate <= false_positive_rate);
        Ok(allowed.last().map_or(0.0, |point| point.true_positive_rate))
    }
}

/// The numbers of positives and negatives.
pub(super) fn check_scores(
    argument: &'static str,
    scores: &[f64],
    is_positive: &[bool],
) -> Result<(usize, usize), Error> {
    if is_positive.len() != scores.len() {
        let (argument, got) = ("is_positive", is_positive.len());
        return Err(InputKind::ShapeMismatch { argument, expected: scores.len(), got }.into());
    }
    check_finite(argument, scores)?;
    let n_positive = is_positive.iter().filter(|&&positive| positive).count();
    if n_positive == 0 || n_positive == scores.len() {
        return Err(Error::undefined("a ROC curve", Undefined::OneClass));
    }
    Ok((n_positive, scores.len() - n_positive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_score_for_all_is_chance_and_one_class_an_error() {
        let curve = RocCurve::new(&[1.0; 4], &[true, true, false, true]).unwrap();
        assert_eq!((curve.area(), curve.points().len()), (0.5, 2));
        assert_eq!(curve.true_positive_rate_at(0.5).unwrap(), 0.0);
        assert!(curve.true_positive_rate_at(1.5).is_err());
        assert!(RocCurve::new(&[1.0, 2.0], &[true, true]).unwrap_err().is_undefined());
        assert!(RocCurve::new(&[1.0, 2.0], &[true]).is_err());
        assert!(RocCurve::new(&[1.0, f64::NAN], &[true, false]).is_err());
    }
}
