//! Correlation given covariates.

use super::correlation::{centred, check_alike, check_pairs, coefficient};
use super::p_value::{fisher_interval, students_t_p_value};
use super::ranks::mid_ranks;
use super::spearman::rank_variance;
use super::{Correlation, PValueMethod};
use crate::error::{Error, InputKind, Undefined};
use crate::linear_algebra::{Svd, thin_svd};

/// The correlation of what linear regression on `covariates` leaves of $x$ and of $y$.
///
/// With $k$ linearly independent covariates the interval is $\tanh(\operatorname{artanh} r \pm 1.96 / \sqrt{n - 3 -
/// k})$ and the
/// p-value by Student's t with $n - 2 - k$ degrees of freedom; a coefficient of ±1 has no interval. Constant covariates and those that repeat others count
/// for nothing.
///
/// # Errors
///
/// If the lengths differ, there are fewer than $k + 3$ points, a number is not finite, $x$ or $y$ is constant, or the
/// covariates
/// explain it entirely.
///
/// # Complexity
///
/// $O(nk^2)$.
///
/// # Examples
///
/// ```
/// use topolens::statistics::{partial_correlation, pearson_correlation};
///
/// // Both follow z; what is left of them is opposed.
/// let z = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
/// let x = [0.1, 0.9, 2.1, 2.9, 4.1, 4.9];
/// let y = [-0.1, 1.1, 1.9, 3.1, 3.9, 5.1];
/// assert!(pearson_correlation(&x, &y)?.value > 0.99);
/// assert!(partial_correlation(&x, &y, &[&z])?.value < -0.99);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `fisher1924`
pub fn partial_correlation(x: &[f64], y: &[f64], covariates: &[&[f64]]) -> Result<Correlation, Error> {
    check(x, y, covariates)?;
    let (value, rank) = residual_correlation(x, y, covariates)?;
    let freedom = x.len() as f64 - 3.0 - rank as f64;
    Ok(with_interval(value, x.len(), rank, freedom.recip()))
}

/// [`partial_correlation`] of the ranks of $x$, $y$ and the covariates.
///
/// The interval is that of [`spearman_correlation`](super::spearman_correlation) with $n - 3 - k$ in place of $n - 3$.
///
/// # Errors
///
/// As [`partial_correlation`].
///
/// # Examples
///
/// ```
/// use topolens::statistics::partial_spearman_correlation;
///
/// let z = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let correlation = partial_spearman_correlation(&[2., 1., 4., 3., 6., 5.], &[2., 1., 4., 3., 6., 5.], &[&z])?;
/// assert!((correlation.value - 1.0).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn partial_spearman_correlation(
    x: &[f64],
    y: &[f64],
    covariates: &[&[f64]],
) -> Result<Correlation, Error> {
    check(x, y, covariates)?;
    let ranks: Vec<Vec<f64>> = covariates.iter().map(|covariate| mid_ranks(covariate)).collect();
    let ranks: Vec<&[f64]> = ranks.iter().map(Vec::as_slice).collect();
    let (value, rank) = residual_correlation(&mid_ranks(x), &mid_ranks(y), &ranks)?;
    let freedom = x.len() as f64 - 3.0 - rank as f64;
    Ok(with_interval(value, x.len(), rank, rank_variance(value, freedom)))
}

fn check(x: &[f64], y: &[f64], covariates: &[&[f64]]) -> Result<(), Error> {
    check_pairs(x, y)?;
    covariates.iter().try_for_each(|covariate| check_alike(covariate, "covariates", x.len()))
}

fn with_interval(value: f64, n: usize, rank: usize, variance: f64) -> Correlation {
    let [lower, upper] = fisher_interval(value, variance);
    let p_value = students_t_p_value(value, n - 2 - rank);
    Correlation { value, lower, upper, p_value, method: PValueMethod::StudentsT }
}

/// The coefficient and the number of independent covariates.
fn residual_correlation(x: &[f64], y: &[f64], covariates: &[&[f64]]) -> Result<(f64, usize), Error> {
    let directions = directions(covariates, x.len())?;
    let needed = directions.len() + 3;
    if x.len() < needed {
        return Err(
            InputKind::TooFewPoints { quantity: "a partial correlation", needed, got: x.len() }.into()
        );
    }
    let value = coefficient(&residual(x, "x", &directions)?, &residual(y, "y", &directions)?);
    Ok((value, directions.len()))
}

/// An orthonormal basis of the centred covariates.
fn directions(covariates: &[&[f64]], n: usize) -> Result<Vec<Vec<f64>>, Error> {
    const NEGLIGIBLE: f64 = 1e-10;
    let mut rows = Vec::new();
    for covariate in covariates {
        let Ok(centred) = centred(covariate, "covariates") else { continue };
        let norm = centred.iter().map(|z| z * z).sum::<f64>().sqrt();
        rows.extend(centred.iter().map(|z| z / norm));
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let Svd { values, right, .. } = thin_svd(&rows, rows.len() / n)?;
    let n_terms = values.len();
    let is_kept = |&at: &usize| values[at] > NEGLIGIBLE * values[0];
    let column = |at| (0..n).map(|row| right[row * n_terms + at]).collect();
    Ok((0..n_terms).filter(is_kept).map(column).collect())
}

fn residual(values: &[f64], argument: &'static str, directions: &[Vec<f64>]) -> Result<Vec<f64>, Error> {
    const NEGLIGIBLE: f64 = 1e-10;
    let mut rest = centred(values, argument)?;
    let norm = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>().sqrt();
    let before = norm(&rest);
    for direction in directions {
        let along: f64 = rest.iter().zip(direction).map(|(x, u)| x * u).sum();
        rest.iter_mut().zip(direction).for_each(|(x, u)| *x -= along * u);
    }
    if norm(&rest) <= NEGLIGIBLE * before {
        let reason = Undefined::ExplainedByCovariates { argument };
        return Err(Error::undefined("a partial correlation", reason));
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::pearson_correlation;

    const X: [f64; 7] = [1.0, 3.0, 2.0, 5.0, 4.0, 8.0, 6.0];
    const Y: [f64; 7] = [2.0, 1.0, 4.0, 3.0, 7.0, 5.0, 9.0];
    const Z: [f64; 7] = [1.0, 2.0, 2.0, 3.0, 5.0, 5.0, 8.0];

    #[test]
    fn one_covariate_has_a_closed_form() {
        let r = |a: &[f64], b: &[f64]| pearson_correlation(a, b).unwrap().value;
        let (xy, xz, yz) = (r(&X, &Y), r(&X, &Z), r(&Y, &Z));
        let expected = (xy - xz * yz) / ((1.0 - xz * xz) * (1.0 - yz * yz)).sqrt();
        let partial = partial_correlation(&X, &Y, &[&Z]).unwrap();
        assert!((partial.value - expected).abs() < 1e-12);
        let doubled = Z.map(|z| 2.0 * z + 7.0);
        let again = partial_correlation(&X, &Y, &[&Z, &doubled, &[3.0; 7]]).unwrap();
        assert!(
            (again.value - expected).abs() < 1e-12
                && (again.lower.unwrap() - partial.lower.unwrap()).abs() < 1e-12
        );
        let plain = pearson_correlation(&X, &Y).unwrap();
        assert!((partial_correlation(&X, &Y, &[]).unwrap().value - plain.value).abs() < 1e-14);
    }

    #[test]
    fn what_is_explained_entirely_has_no_correlation_left() {
        let error = partial_correlation(&X, &Y, &[&X]).unwrap_err();
        assert!(error.is_undefined() && error.to_string().contains("`x`"), "{error}");
        assert!(partial_correlation(&X, &Y, &[&Z[..5]]).is_err());
        let few = |v: &[f64; 7]| v[..3].to_vec();
        assert!(partial_correlation(&few(&X), &few(&Y), &[&[1.0, 2.0, 4.0]]).is_err());
    }
}
