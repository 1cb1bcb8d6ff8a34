//! The within-class variability of neural collapse, NC1.

use super::classes::{Classes, combination};
use crate::error::{Error, Undefined};
use crate::linear_algebra::{gram, symmetric_eigen};
use crate::{PointCloud, Scalar};

/// $\text{NC1} = \operatorname{tr}(\Sigma_W \Sigma_B^+) / K$: within-class over between-class spread of $K$ classes.
///
/// $\Sigma_W = \frac1n \sum_i (x_i - \mu_{c(i)})(x_i - \mu_{c(i)})^T$ and $\Sigma_B = \frac1K \sum_c (\mu_c - \mu)(\mu_c - \mu)^T$
/// with $\mu$ the mean of the class means. 0 when classes have collapsed to points. Invariant under rotation, shift and
/// scale.
///
/// # Shape
///
/// `labels`: one class per point.
///
/// # Units
///
/// Dimensionless.
///
/// # Errors
///
/// If the labels do not match the points, there is one class only, or all class means coincide.
///
/// # Complexity
///
/// $O(nKD + K^3)$: $\Sigma_B$ has rank below $K$, so only a $K \times K$ problem is solved.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, neural_collapse};
///
/// // Two classes at -1 and 1 with deviations of 0.1: 0.01 / 1 / 2.
/// let cloud = PointCloud::new(vec![-1.1, -0.9, 0.9, 1.1], 4, 1)?;
/// assert!((neural_collapse(&cloud, &[0, 0, 1, 1])? - 0.005).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `papyan2020`
pub fn neural_collapse<S: Scalar>(cloud: &PointCloud<S>, labels: &[usize]) -> Result<f64, Error> {
    let classes = Classes::new(cloud, labels, "nc1")?;
    let n_classes = classes.n_classes();
    // The rows $(\mu_c - \mu) / \sqrt K$, whose Gram matrix carries the spectrum of $\Sigma_B$.
    let scale = (n_classes as f64).sqrt();
    let offsets: Vec<f64> = classes.offsets().concat().into_iter().map(|x| x / scale).collect();
    let eigenpairs = symmetric_eigen(&gram(&offsets, n_classes), n_classes)?;
    let largest = eigenpairs.last().map_or(0.0, |pair| pair.value);
    let tolerance = largest * n_classes as f64 * f64::EPSILON;
    if classes.is_rounding(largest.sqrt()) {
        return Err(Error::undefined("nc1", Undefined::ClassMeansCoincide));
    }
    // With M the offsets and M M^T = U L U^T, the pseudo-inverse of M^T M is M^T U L^-2 U^T M: project on M^T u.
    let trace: f64 = eigenpairs
        .iter()
        .filter(|pair| pair.value > tolerance)
        .map(|pair| {
            let direction = combination(&offsets, &pair.vector);
            within_class_variance(&classes, &direction) / pair.value.powi(2)
        })
        .sum();
    Ok(trace / n_classes as f64)
}

fn within_class_variance<S: Scalar>(classes: &Classes<'_, S>, direction: &[f64]) -> f64 {
    let along = |point: &[S], mean: &[f64]| -> f64 {
        point.iter().zip(mean).zip(direction).map(|((x, m), d)| (x.to_f64() - m) * d).sum()
    };
    let of_class = |(members, mean): (&Vec<usize>, &Vec<f64>)| -> f64 {
        members.iter().map(|&index| along(classes.cloud.point(index), mean).powi(2)).sum()
    };
    let squares: f64 = classes.members.iter().zip(&classes.means).map(of_class).sum();
    squares / classes.cloud.n_points() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::GaussianClusters;

    #[test]
    fn axis_aligned_classes_have_a_closed_form() {
        // Means (±1, 0) and (0, ±2): Sigma_B = diag(1/2, 2). Deviations (±a, ±b) in every class: Sigma_W = diag(a², b²).
        let (a, b) = (0.3, 0.2);
        let means = [[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.0, -2.0]];
        let signs = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)];
        let values: Vec<f64> = means
            .iter()
            .flat_map(|m| signs.iter().flat_map(move |(s, t)| [m[0] + s * a, m[1] + t * b]))
            .collect();
        let labels: Vec<usize> = (0..16).map(|i| i / 4).collect();
        let nc1 = neural_collapse(&PointCloud::new(values, 16, 2).unwrap(), &labels).unwrap();
        assert!((nc1 - (a * a / 0.5 + b * b / 2.0) / 4.0).abs() < 1e-14);
    }

    #[test]
    fn grows_with_the_square_of_the_spread_and_ignores_the_scale() {
        let of = |spread, scale: f64| {
            let (cloud, labels) = GaussianClusters::new(5, 400, 30).spread(spread).sample(1).unwrap();
            let values = cloud.values().iter().map(|x| x * scale + 3.0).collect();
            neural_collapse(&PointCloud::new(values, 2000, 30).unwrap(), &labels).unwrap()
        };
        assert!((of(0.2, 1.0) / of(0.1, 1.0) / 4.0 - 1.0).abs() < 0.05);
        assert!((of(0.2, 1.0) / of(0.2, 50.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn one_class_or_one_mean_is_undefined_and_labels_must_match() {
        let cloud = PointCloud::new(vec![-1.0, 1.0, -1.0, 1.0], 4, 1).unwrap();
        assert!(neural_collapse(&cloud, &[7; 4]).unwrap_err().is_undefined());
        assert!(neural_collapse(&cloud, &[0, 0, 1, 1]).unwrap_err().is_undefined());
        assert!(neural_collapse(&cloud, &[0, 1]).unwrap_err().to_string().contains("`labels`"));
    }
}
