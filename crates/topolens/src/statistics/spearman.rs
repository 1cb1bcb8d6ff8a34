//! Spearman's rank correlation.

use statrs::function::factorial::ln_factorial;

use super::correlation::{centred, check_pairs, coefficient};
use super::p_value::{fisher_interval, students_t_p_value};
use super::permutations::{MOST_PERMUTED, share_of_permutations};
use super::ranks::mid_ranks;
use super::{Correlation, PValueMethod};
use crate::error::Error;

/// Spearman's $\rho$: Pearson's correlation of the ranks, ties sharing the mean of theirs.
///
/// The p-value is the share of the $n!$ orders with $|\rho|$ at least as large for $n \le 9$ and where $\rho = \pm 1$ (2 of $n!$ without
/// ties), else by Student's t with $n - 2$ degrees of freedom. The interval is
/// $\tanh(\operatorname{artanh} \rho \pm 1.96 \sqrt{(1 + \rho^2/2) / (n - 3)})$; $\rho = \pm 1$ has none.
///
/// # Errors
///
/// If the lengths differ, there are fewer than 3 points, a number is not finite, or one of the two is constant.
///
/// # Complexity
///
/// $O(n \log n)$, and 362,880 orders at most.
///
/// # Examples
///
/// ```
/// use topolens::statistics::spearman_correlation;
///
/// let correlation = spearman_correlation(&[1.0, 2.0, 3.0, 4.0], &[1.0, 9.0, 4.0, 16.0])?;
/// assert!((correlation.value - 0.8).abs() < 1e-12);
/// assert!((correlation.p_value - 1.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `spearman1904`, `bonett2000`
pub fn spearman_correlation(x: &[f64], y: &[f64]) -> Result<Correlation, Error> {
    check_pairs(x, y)?;
    let n = x.len();
    let ranks = mid_ranks(x);
    let (x, y) = (centred(&ranks, "x")?, centred(&mid_ranks(y), "y")?);
    let value = coefficient(&x, &y);
    let [lower, upper] = fisher_interval(value, rank_variance(value, n as f64 - 3.0));
    let (p_value, method) = if n <= MOST_PERMUTED {
        let product = |order: &[f64]| order.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>().abs();
        // Products are multiples of 1/4 up to rounding.
        let observed = product(&x) - 1e-6;
        (share_of_permutations(&x, |order| product(order) >= observed), PValueMethod::Permutations)
    } else if 1.0 - value.abs() < 1e-12 {
        // Student's t is infinite.
        (share_of_monotone_orders(&ranks), PValueMethod::Permutations)
    } else {
        (students_t_p_value(value, n - 2), PValueMethod::StudentsT)
    };
    Ok(Correlation { value, lower, upper, p_value, method })
}

/// The share of the orders of ranks that are in the order of their own, or in the opposite one: $\prod_i m_i! / n!$ with groups of $m_i$
/// tied ranks, twice that where the ranks are as far apart from above as from below.
fn share_of_monotone_orders(ranks: &[f64]) -> f64 {
    let mut ascending = ranks.to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    // Ranks are multiples of a half.
    let is_tied = |a: &f64, b: &f64| (a - b).abs() < 0.25;
    let tied = ascending.chunk_by(is_tied).map(|tied| ln_factorial(tied.len() as u64)).sum::<f64>();
    let share = (tied - ln_factorial(ranks.len() as u64)).exp();
    let is_symmetric = ascending
        .iter()
        .zip(ascending.iter().rev())
        .all(|(low, high)| is_tied(&(low - 1.0), &(ranks.len() as f64 - high)));
    if is_symmetric { 2.0 * share } else { share }
}

/// The variance of $\operatorname{artanh} \rho$.
pub(super) fn rank_variance(value: f64, freedom: f64) -> f64 {
    (1.0 + value * value / 2.0) / freedom
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_of_all_orders_are_monotone() {
        let x: Vec<f64> = (0..6).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| -x.exp()).collect();
        let correlation = spearman_correlation(&x, &y).unwrap();
        assert!((correlation.value + 1.0).abs() < 1e-12);
        assert_eq!((correlation.lower, correlation.upper), (None, None));
        assert!((correlation.p_value - 2.0 / 720.0).abs() < 1e-15);
        assert!(spearman_correlation(&x, &[2.0; 6]).unwrap_err().is_undefined());
    }

    #[test]
    fn what_is_monotone_is_counted_beyond_the_orders_that_are_visited() {
        for values in
            [&[1.0, 2.0, 3.0, 4.0, 5.0][..], &[1.0, 1.0, 2.0, 3.0, 3.0], &[1.0, 1.0, 2.0, 3.0, 4.0, 4.0, 4.0]]
        {
            let visited = spearman_correlation(values, values).unwrap().p_value;
            assert!(
                (share_of_monotone_orders(&mid_ranks(values)) / visited - 1.0).abs() < 1e-12,
                "{values:?}"
            );
        }
        let x: Vec<f64> = (0..12).map(f64::from).collect();
        let p_value = spearman_correlation(&x, &x).unwrap().p_value;
        assert!((p_value / (2.0 / 479_001_600.0) - 1.0).abs() < 1e-12, "{p_value}");
    }
}
