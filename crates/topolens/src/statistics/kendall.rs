//! Kendall's rank correlation.

use super::correlation::check_pairs;
use super::p_value::{fisher_interval, normal_p_value};
use super::permutations::{MOST_PERMUTED, share_of_permutations};
use super::{Correlation, PValueMethod};
use crate::error::{Error, Undefined};

/// Up to this many points without ties, the distribution of $\tau$ is exact.
const MOST_EXACT: usize = 60;

/// Kendall's $\tau_b = (C - D) / \sqrt{(P - T_x)(P - T_y)}$ of $P = n(n-1)/2$ pairs, $C$ concordant and $D$ discordant,
/// $T$ tied.
///
/// Without ties and for $n \le 60$ the p-value is twice the exact probability of as few discordant (or concordant)
/// pairs, from the numbers of permutations with $k$ inversions. With ties and $n \le 9$ it is the share of the $n!$ orders
/// with $|C - D|$ at least as large, else normal with the variance that ties leave. The interval is
/// $\tanh(\operatorname{artanh} \tau \pm 1.96 \sqrt{0.437 / (n - 4)})$; $\tau = \pm 1$ has none.
///
/// # Errors
///
/// If the lengths differ, there are fewer than 3 points, a number is not finite, or one of the two is constant.
///
/// # Complexity
///
/// $O(n^2)$, and 362,880 orders at most.
///
/// # Examples
///
/// ```
/// use topolens::statistics::kendall_correlation;
///
/// let correlation = kendall_correlation(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0])?;
/// assert!((correlation.value - 2.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `kendall1938`, `fieller1957`
pub fn kendall_correlation(x: &[f64], y: &[f64]) -> Result<Correlation, Error> {
    check_pairs(x, y)?;
    let n = x.len();
    let (ties_x, ties_y) = (Ties::of(x), Ties::of(y));
    let n_pairs = (n * (n - 1) / 2) as f64;
    for (ties, argument) in [(&ties_x, "x"), (&ties_y, "y")] {
        if ties.pairs >= n_pairs {
            return Err(Error::undefined("a correlation", Undefined::ConstantInput { argument }));
        }
    }
    let excess = concordance(x, y);
    let value = excess / ((n_pairs - ties_x.pairs) * (n_pairs - ties_y.pairs)).sqrt();
    let value = value.clamp(-1.0, 1.0);
    let [lower, upper] = fisher_interval(value, 0.437 / (n as f64 - 4.0));
    let has_ties = ties_x.pairs + ties_y.pairs > 0.0;
    let (p_value, method) = if !has_ties && n <= MOST_EXACT {
        #[expect(clippy::cast_sign_loss, reason = "the excess is at most the number of pairs")]
        let n_inversions = ((n_pairs - excess.abs()) / 2.0) as usize;
        (inversions_p_value(n, n_inversions), PValueMethod::Permutations)
    } else if n <= MOST_PERMUTED {
        let is_extreme = |order: &[f64]| concordance(order, y).abs() >= excess.abs();
        (share_of_permutations(x, is_extreme), PValueMethod::Permutations)
    } else {
        (normal_p_value(excess / variance(n as f64, &ties_x, &ties_y).sqrt()), PValueMethod::Normal)
    };
    Ok(Correlation { value, lower, upper, p_value, method })
}

/// Concordant less discordant pairs.
fn concordance(x: &[f64], y: &[f64]) -> f64 {
    let sign = |a: f64, b: f64| i64::from(a > b) - i64::from(a < b);
    let pairs = (0..x.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    pairs.map(|(i, j)| sign(x[i], x[j]) * sign(y[i], y[j])).sum::<i64>() as f64
}

/// Sums over groups of $t$ equal numbers.
struct Ties {
    /// $\sum t(t-1)/2$.
    pairs: f64,
    /// $\sum t(t-1)(t-2)$.
    triples: f64,
    /// $\sum t(t-1)(2t+5)$.
    weighted: f64,
}

impl Ties {
    fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let sizes: Vec<f64> = sorted.chunk_by(|a, b| a >= b).map(|tied| tied.len() as f64).collect();
        let sum = |term: fn(f64) -> f64| sizes.iter().map(|&t| term(t)).sum();
        Self {
            pairs: sum(|t| t * (t - 1.0) / 2.0),
            triples: sum(|t| t * (t - 1.0) * (t - 2.0)),
            weighted: sum(|t| t * (t - 1.0) * (2.0 * t + 5.0)),
        }
    }
}

/// The variance of $C - D$ over all orders.
fn variance(n: f64, x: &Ties, y: &Ties) -> f64 {
    let pairs = n * (n - 1.0);
    (pairs * (2.0 * n + 5.0) - x.weighted - y.weighted) / 18.0
        + 2.0 * x.pairs * y.pairs / pairs
        + x.triples * y.triples / (9.0 * pairs * (n - 2.0))
}

/// Twice the probability of at most `n_inversions` inversions of a random order, at most 1.
fn inversions_p_value(n: usize, n_inversions: usize) -> f64 {
    let mut probabilities = vec![0.0; n_inversions + 1];
    probabilities[0] = 1.0;
    for length in 2..=n {
        // The new largest number makes 0 to length − 1 inversions, each alike.
        let shorter = probabilities.clone();
        for (k, probability) in probabilities.iter_mut().enumerate() {
            *probability = shorter[(k + 1).saturating_sub(length)..=k].iter().sum::<f64>() / length as f64;
        }
    }
    (2.0 * probabilities.iter().sum::<f64>()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inversions_are_counted_as_by_enumeration() {
        // Four numbers: 1, 3, 5, 6, 5, 3, 1 orders with 0 to 6 inversions.
        for (n_inversions, count) in [(0, 1.0), (1, 4.0), (2, 9.0)] {
            assert!((inversions_p_value(4, n_inversions) - 2.0 * count / 24.0).abs() < 1e-15);
        }
        assert_eq!(inversions_p_value(4, 3), 1.0);
    }

    #[test]
    fn a_coefficient_of_one_has_no_interval() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0];
        let found = kendall_correlation(&x, &x.map(f64::exp)).unwrap();
        assert_eq!((found.value, found.lower, found.upper), (1.0, None, None));
        let found = kendall_correlation(&x, &[1.0, 2.0, 3.0, 5.0, 4.0]).unwrap();
        assert!(found.lower.unwrap() < found.value && found.value < found.upper.unwrap());
    }

    #[test]
    fn constants_and_nan_are_errors() {
        assert!(kendall_correlation(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]).unwrap_err().is_undefined());
        assert!(kendall_correlation(&[1.0, f64::NAN, 1.0], &[1.0, 2.0, 3.0]).is_err());
    }
}
