//! The error of areas under ROC curves.

use super::NORMAL_97_5;
use super::p_value::normal_p_value;
use super::ranks::mid_ranks;
use super::roc::check_scores;
use crate::error::{Error, InputKind, Undefined};

/// An area under a ROC curve with DeLong's standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RocArea {
    /// The area.
    pub value: f64,
    /// DeLong's standard error; 0 where the classes are apart.
    pub standard_error: f64,
    /// The lower end of the 95 % interval, cut at 0.
    pub lower: f64,
    /// The upper end, cut at 1.
    pub upper: f64,
}

/// The difference of two areas on the same points.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RocComparison {
    /// The area of the first scores.
    pub first: RocArea,
    /// The area of the second scores.
    pub second: RocArea,
    /// First less second.
    pub difference: f64,
    /// The standard error of the difference.
    pub standard_error: f64,
    /// The two-sided p-value of equal areas.
    pub p_value: f64,
}

/// The area under the ROC curve, $A \pm 1.96 \sqrt{S_{10} / m + S_{01} / n}$.
///
/// $S_{10}$ is the variance over the $m$ positives of the share of negatives that they exceed, $S_{01}$ that over the
/// $n$ negatives of
/// the share of positives that exceed them; ties count half.
///
/// # Errors
///
/// If the lengths differ, a score is not finite, or a class has fewer than 2 points.
///
/// # Complexity
///
/// $O(n \log n)$, by ranks.
///
/// # Examples
///
/// ```
/// use topolens::statistics::roc_area;
///
/// let area = roc_area(&[0.9, 0.8, 0.3, 0.1], &[true, false, true, false])?;
/// assert_eq!(area.value, 0.75);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `delong1988`
pub fn roc_area(scores: &[f64], is_positive: &[bool]) -> Result<RocArea, Error> {
    let components = Components::of("scores", scores, is_positive)?;
    Ok(components.area(components.covariance(&components)))
}

/// DeLong's test of equal areas of two scores of the same points.
///
/// # Errors
///
/// As [`roc_area`], and if the areas differ without any variance.
///
/// # Examples
///
/// ```
/// use topolens::statistics::compare_roc_areas;
///
/// let is_positive = [true, true, true, false, false, false];
/// let first = [0.9, 0.8, 0.3, 0.4, 0.2, 0.1];
/// let second = [0.9, 0.2, 0.3, 0.4, 0.8, 0.1];
/// let compared = compare_roc_areas(&first, &second, &is_positive)?;
/// assert!(compared.difference > 0.0 && compared.p_value < 1.0);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `delong1988`
pub fn compare_roc_areas(
    first: &[f64],
    second: &[f64],
    is_positive: &[bool],
) -> Result<RocComparison, Error> {
    let a = Components::of("first", first, is_positive)?;
    let b = Components::of("second", second, is_positive)?;
    let (var_a, var_b) = (a.covariance(&a), b.covariance(&b));
    let difference = a.value() - b.value();
    let variance = (var_a + var_b - 2.0 * a.covariance(&b)).max(0.0);
    // Components are shares: a variance this small is rounding.
    let standard_error = if variance < 1e-24 { 0.0 } else { variance.sqrt() };
    let p_value = if standard_error > 0.0 {
        normal_p_value(difference / standard_error)
    } else if difference.abs() < 1e-12 {
        1.0
    } else {
        return Err(Error::undefined("the comparison of areas", Undefined::NoVariance));
    };
    Ok(RocComparison { first: a.area(var_a), second: b.area(var_b), difference, standard_error, p_value })
}

/// What each point contributes to the area.
struct Components {
    positive: Vec<f64>,
    negative: Vec<f64>,
}

impl Components {
    fn of(argument: &'static str, scores: &[f64], is_positive: &[bool]) -> Result<Self, Error> {
        let (m, n) = check_scores(argument, scores, is_positive)?;
        if m.min(n) < 2 {
            let quantity = "the variance of an area, in each class,";
            return Err(InputKind::TooFewPoints { quantity, needed: 2, got: m.min(n) }.into());
        }
        let ranks = mid_ranks(scores);
        // A point's rank among all less its rank in its class counts the points of the other class below it.
        let of = |class: bool, others: usize| -> Vec<f64> {
            let rows: Vec<usize> = (0..scores.len()).filter(|&at| is_positive[at] == class).collect();
            let within = mid_ranks(&rows.iter().map(|&at| scores[at]).collect::<Vec<_>>());
            rows.iter().zip(within).map(|(&at, within)| (ranks[at] - within) / others as f64).collect()
        };
        let negative = of(false, m).into_iter().map(|below| 1.0 - below).collect();
        Ok(Self { positive: of(true, n), negative })
    }

    fn value(&self) -> f64 {
        self.positive.iter().sum::<f64>() / self.positive.len() as f64
    }

    fn covariance(&self, other: &Self) -> f64 {
        covariance(&self.positive, &other.positive) / self.positive.len() as f64
            + covariance(&self.negative, &other.negative) / self.negative.len() as f64
    }

    fn area(&self, variance: f64) -> RocArea {
        let (value, standard_error) = (self.value(), variance.max(0.0).sqrt());
        let half_width = NORMAL_97_5 * standard_error;
        let (lower, upper) = ((value - half_width).max(0.0), (value + half_width).min(1.0));
        RocArea { value, standard_error, lower, upper }
    }
}

fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>() / (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_apart_have_area_one_without_error() {
        let is_positive = [false, true, false, true];
        let area = roc_area(&[1.0, 3.0, 2.0, 4.0], &is_positive).unwrap();
        assert_eq!((area.value, area.standard_error, area.upper), (1.0, 0.0, 1.0));
        let same = compare_roc_areas(&[1.0, 3.0, 2.0, 4.0], &[1.0, 5.0, 2.0, 6.0], &is_positive).unwrap();
        assert_eq!((same.difference, same.p_value), (0.0, 1.0));
        let reverse = compare_roc_areas(&[1.0, 3.0, 2.0, 4.0], &[3.0, 1.0, 4.0, 2.0], &is_positive);
        assert!(reverse.unwrap_err().is_undefined());
        assert!(roc_area(&[1.0, 2.0, 3.0], &[true, false, false]).is_err());
    }
}
