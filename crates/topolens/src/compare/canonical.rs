//! Canonical correlations of two representations.

use super::centred::{Centred, centred_pair, first_columns, transposed};
use crate::error::{Error, InputKind, SettingKind};
use crate::linear_algebra::{Svd, thin_svd, transposed_product};
use crate::{PointCloud, Scalar};

/// The canonical correlations of two representations and their summaries.
#[derive(Debug, Clone, PartialEq)]
pub struct CanonicalCorrelations {
    /// $\rho_1 \geq \rho_2 \geq \dots$, one per direction of the smaller space.
    pub correlations: Vec<f64>,
    /// $\bar\rho$.
    pub mean: f64,
    /// $\overline{\rho^2}$, the share of variance explained.
    pub mean_squared: f64,
    /// $\sum \alpha_i \rho_i / \sum \alpha_i$, weighted by how much of `x` each canonical direction accounts for.
    pub projection_weighted: f64,
    /// What $\overline{\rho^2}$ is on average for independent Gaussian representations: $\max(k_x, k_y) / (n - 1)$.
    pub chance_squared: f64,
}

/// Canonical correlation analysis: the correlations of the linear functions of two representations that correlate most.
///
/// They are the singular values of $Q_x^T Q_y$ for orthonormal bases of the centred columns; columns that depend on others
/// up to rounding add nothing. Invariant under invertible linear maps of either representation, for which
/// more points than directions are needed: with $n \leq D + 1$ all correlations are 1. Even then, the mean is far above 0 for
/// unrelated representations unless $n \gg D$; compare with the chance level.
///
/// # Shape
///
/// Row $i$ of both clouds is the same input; the numbers of features may differ.
///
/// # Units
///
/// Dimensionless.
///
/// # Errors
///
/// If the numbers of points differ, a representation is constant, or has $n - 1$ or more directions.
///
/// # Complexity
///
/// $O(n D^2)$ time for the larger of the two.
///
/// # Examples
///
/// ```
/// use topolens::{canonical_correlations, synthetic};
///
/// let x = synthetic::gaussian(100, 3, 0)?;
/// let cca = canonical_correlations(&x, &synthetic::gaussian(100, 5, 1)?)?;
/// assert_eq!(cca.correlations.len(), 3);
/// assert!((canonical_correlations(&x, &x)?.mean - 1.0).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `hotelling1936`, `morcos2018`, `kornblith2019`
pub fn canonical_correlations<S: Scalar, T: Scalar>(
    x: &PointCloud<S>,
    y: &PointCloud<T>,
) -> Result<CanonicalCorrelations, Error> {
    let (x, y) = centred_pair(x, y, "cca")?;
    canonical_correlations_of(&x, &y, 1.0)
}

/// Singular vector canonical correlation analysis: the canonical correlations of the leading singular directions of each
/// representation that hold a share `variance` of its variance (0.99 in the paper); the mean is the paper's SVCCA.
///
/// # Shape
///
/// Row $i$ of both clouds is the same input; the numbers of features may differ.
///
/// # Units
///
/// Dimensionless.
///
/// # Errors
///
/// As [`canonical_correlations`], for the directions kept; if `variance` is not between 0 and 1.
///
/// # Complexity
///
/// $O(n D \min(n, D))$ time.
///
/// # Examples
///
/// ```
/// use topolens::{svcca, synthetic};
///
/// let x = synthetic::gaussian(100, 3, 0)?;
/// assert!((svcca(&x, &x, 0.99)?.mean - 1.0).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `raghu2017`
pub fn svcca<S: Scalar, T: Scalar>(
    x: &PointCloud<S>,
    y: &PointCloud<T>,
    variance: f64,
) -> Result<CanonicalCorrelations, Error> {
    let (x, y) = centred_pair(x, y, "svcca")?;
    canonical_correlations_of(&x, &y, variance)
}

pub(super) fn canonical_correlations_of(
    x: &Centred,
    y: &Centred,
    variance: f64,
) -> Result<CanonicalCorrelations, Error> {
    if !(variance > 0.0 && variance <= 1.0) {
        let (argument, allowed) = ("variance", "above 0 and at most 1");
        return Err(SettingKind::OutOfRange { argument, value: variance, allowed }.into());
    }
    let (a, b) = (x.basis()?, y.basis()?);
    let (p, q) = (directions(a, variance), directions(b, variance));
    let (n_points, n_directions) = (x.n_points, p.max(q));
    if n_directions + 1 >= n_points {
        return Err(InputKind::TooManyDirections { n_points, n_directions }.into());
    }
    let left = |basis: &Svd, kept| first_columns(&basis.left, basis.values.len(), kept);
    let Svd { left: turn, values, .. } =
        thin_svd(&transposed_product(&left(a, p), &left(b, q), n_points), p)?;
    let correlations: Vec<f64> = values.iter().map(|value| value.min(1.0)).collect();
    let n = correlations.len() as f64;
    let weights = projections(a, p, &turn);
    let weighted: f64 = correlations.iter().zip(&weights).map(|(rho, weight)| rho * weight).sum();
    Ok(CanonicalCorrelations {
        mean: correlations.iter().sum::<f64>() / n,
        mean_squared: correlations.iter().map(|rho| rho * rho).sum::<f64>() / n,
        projection_weighted: weighted / weights.iter().sum::<f64>(),
        chance_squared: n_directions as f64 / (n_points - 1) as f64,
        correlations,
    })
}

/// How many leading directions hold the share of the variance.
fn directions(basis: &Svd, variance: f64) -> usize {
    let squares: Vec<f64> = basis.values.iter().map(|value| value * value).collect();
    // Rounding must not add a direction.
    let enough = variance * squares.iter().sum::<f64>() * (1.0 - 1e-12);
    let mut held = 0.0;
    let needed = squares.iter().take_while(|square| {
        let wanted = held < enough;
        held += **square;
        wanted
    });
    let count = needed.count();
    if variance < 1.0 { count } else { squares.len() }
}

/// $\alpha_i = \sum_j |\langle h_i, x_j \rangle|$ for the canonical variables $h_i$ and the columns $x_j$.
fn projections(basis: &Svd, kept: usize, turn: &[f64]) -> Vec<f64> {
    let rank = basis.values.len();
    let right = transposed(&first_columns(&basis.right, rank, kept), kept);
    let n_features = right.len() / kept;
    let scaled: Vec<f64> =
        right.iter().enumerate().map(|(at, value)| value * basis.values[at / n_features]).collect();
    let products = transposed_product(turn, &scaled, kept);
    products.chunks_exact(n_features).map(|row| row.iter().map(|value| value.abs()).sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn one_feature_each_is_the_correlation_of_pearson() {
        let (x, y) = (synthetic::gaussian(30, 1, 0).unwrap(), synthetic::gaussian(30, 1, 1).unwrap());
        let pearson = crate::statistics::pearson_correlation(x.values(), y.values()).unwrap();
        let cca = canonical_correlations(&x, &y).unwrap();
        assert!((cca.mean - pearson.value.abs()).abs() < 1e-12);
    }

    #[test]
    fn unrelated_representations_are_at_chance() {
        let (mut sum, mut chance) = (0.0, 0.0);
        for seed in 0..20 {
            let x = synthetic::gaussian(60, 4, 2 * seed).unwrap();
            let cca = canonical_correlations(&x, &synthetic::gaussian(60, 7, 2 * seed + 1).unwrap()).unwrap();
            sum += cca.mean_squared / 20.0;
            chance = cca.chance_squared;
        }
        assert!((sum / chance - 1.0).abs() < 0.15, "{sum} {chance}");
    }

    #[test]
    fn invertible_maps_and_repeated_columns_change_nothing() {
        let (x, y) = (synthetic::gaussian(40, 2, 0).unwrap(), synthetic::gaussian(40, 3, 1).unwrap());
        let mapped = x.points().flat_map(|p| [p[0] + 5.0 * p[1], 100.0 * p[1] - 3.0, p[0], 7.0]).collect();
        let mapped = PointCloud::new(mapped, 40, 4).unwrap();
        let (one, other) =
            (canonical_correlations(&x, &y).unwrap(), canonical_correlations(&mapped, &y).unwrap());
        assert_eq!(other.correlations.len(), 2);
        assert!(one.correlations.iter().zip(&other.correlations).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn too_few_points_are_an_error_that_says_so() {
        let x = synthetic::gaussian(10, 9, 0).unwrap();
        let error = canonical_correlations(&x, &x).unwrap_err().to_string();
        assert!(error.contains("9 directions at 10 points"), "{error}");
        assert!(svcca(&x, &x, 0.5).is_ok());
        assert!(svcca(&x, &x, 0.0).unwrap_err().to_string().contains("`variance`"));
    }
}
