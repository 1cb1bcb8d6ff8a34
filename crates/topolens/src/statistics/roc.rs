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
        Self::weighted(scores, is_positive, &vec![1.0; scores.len()])
    }

    /// The same of points that count as often as their weights say: rates are shares of the sums of the weights.
    ///
    /// # Errors
    ///
    /// As [`RocCurve::new`], and if a weight is negative or not finite, or all weights of a class are 0.
    ///
    /// # Complexity
    ///
    /// $O(n \log n)$, $O(n)$ if the scores come descending.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::statistics::RocCurve;
    ///
    /// let curve = RocCurve::weighted(&[0.9, 0.8, 0.3], &[true, false, true], &[3.0, 1.0, 1.0])?;
    /// assert_eq!(curve.area(), 0.75);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn weighted(scores: &[f64], is_positive: &[bool], weights: &[f64]) -> Result<Self, Error> {
        check_scores("scores", scores, is_positive)?;
        check_weights(weights, scores.len())?;
        let sum = |class: bool| -> f64 {
            weights.iter().zip(is_positive).filter(|(_, positive)| **positive == class).map(|(w, _)| w).sum()
        };
        let (n_positive, n_negative) = (sum(true), sum(false));
        if n_positive <= 0.0 || n_negative <= 0.0 {
            return Err(Error::undefined("a ROC curve", Undefined::OneClass));
        }
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_unstable_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let (mut positive, mut negative) = (0.0, 0.0);
        let mut points =
            vec![RocPoint { threshold: f64::INFINITY, false_positive_rate: 0.0, true_positive_rate: 0.0 }];
        for tied in order.chunk_by(|&a, &b| scores[a] <= scores[b]) {
            for &at in tied {
                *(if is_positive[at] { &mut positive } else { &mut negative }) += weights[at];
            }
            points.push(RocPoint {
                threshold: scores[tied[0]],
                false_positive_rate: negative / n_negative,
                true_positive_rate: positive / n_positive,
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

    /// The rate at which as large a share of the negatives is called positive as of the positives negative, on the straight
    /// line between the points of the curve on either side.
    pub fn equal_error_rate(&self) -> f64 {
        let excess = |point: &RocPoint| point.false_positive_rate + point.true_positive_rate - 1.0;
        // It grows from -1 to 1.
        let crossing = self.points.windows(2).find(|pair| excess(&pair[1]) >= 0.0);
        crossing.map_or(0.5, |pair| {
            let (before, after) = (excess(&pair[0]), excess(&pair[1]));
            let [from, to] = [pair[0].false_positive_rate, pair[1].false_positive_rate];
            from + (to - from) * (-before / (after - before))
        })
    }
}

/// Refuses weights that are no numbers of points.
fn check_weights(weights: &[f64], n_points: usize) -> Result<(), Error> {
    if weights.len() != n_points {
        let (argument, got) = ("weights", weights.len());
        return Err(InputKind::ShapeMismatch { argument, expected: n_points, got }.into());
    }
    check_finite("weights", weights)?;
    let total: f64 = weights.iter().sum();
    if !total.is_finite() {
        let (argument, allowed) = ("weights", "of a finite sum; divide all by a constant");
        return Err(SettingKind::OutOfRange { argument, value: total, allowed }.into());
    }
    match weights.iter().find(|weight| **weight < 0.0) {
        Some(weight) => {
            let (argument, allowed) = ("weights", "0 or more");
            Err(SettingKind::OutOfRange { argument, value: *weight, allowed }.into())
        }
        None => Ok(()),
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

    #[test]
    fn weights_without_a_finite_sum_are_refused() {
        let weighted = RocCurve::weighted(&[4.0, 2.0, 3.0, 1.0], &[true, true, false, false], &[1e308; 4]);
        assert!(weighted.unwrap_err().to_string().contains("finite sum"));
    }

    #[test]
    fn a_weight_is_a_number_of_copies() {
        let (scores, positive) = ([0.9, 0.7, 0.7, 0.4, 0.2], [true, false, true, true, false]);
        let copies = [2, 1, 3, 0, 2];
        let repeated = |at: usize| std::iter::repeat_n(at, copies[at]);
        let order: Vec<usize> = (0..5).flat_map(repeated).collect();
        let plain = RocCurve::new(
            &order.iter().map(|&at| scores[at]).collect::<Vec<_>>(),
            &order.iter().map(|&at| positive[at]).collect::<Vec<_>>(),
        );
        let weighted = RocCurve::weighted(&scores, &positive, &copies.map(|n| n as f64)).unwrap();
        assert_eq!(weighted.area(), plain.unwrap().area());
        assert!(RocCurve::weighted(&scores, &positive, &[1.0; 4]).is_err());
        assert!(RocCurve::weighted(&scores, &positive, &[1.0, -1.0, 1.0, 1.0, 1.0]).is_err());
        let without = RocCurve::weighted(&scores, &positive, &[1.0, 0.0, 1.0, 1.0, 0.0]);
        assert!(without.unwrap_err().is_undefined());
    }

    #[test]
    fn errors_are_equal_where_the_curve_meets_the_other_diagonal() {
        let of =
            |scores: &[f64], positive: &[bool]| RocCurve::new(scores, positive).unwrap().equal_error_rate();
        assert_eq!(of(&[3.0, 2.0, 1.0, 0.0], &[true, true, false, false]), 0.0);
        assert_eq!(of(&[3.0, 2.0, 1.0, 0.0], &[false, false, true, true]), 1.0);
        assert_eq!(of(&[1.0; 4], &[true, true, false, false]), 0.5);
        assert_eq!(of(&[3.0, 2.0, 1.0, 0.0], &[true, false, true, false]), 0.5);
        // From (0, 2/3) to (1, 2/3): the line meets 1 - x at 1/3.
        let third = of(&[3.0, 2.0, 1.0, 0.0], &[true, true, false, true]);
        assert!((third - 1.0 / 3.0).abs() < 1e-15, "{third}");
    }
}
