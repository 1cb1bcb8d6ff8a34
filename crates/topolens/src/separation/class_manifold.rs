//! The radius and the dimension of class manifolds.

use super::classes::{Classes, length};
use crate::error::{Error, Undefined};
use crate::linear_algebra::{gram, transposed_product};
use crate::{PointCloud, Scalar};

/// The size and the dimension of the cloud of one class, seen from the centre of all class means.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ClassManifold {
    /// The class.
    pub label: usize,
    /// $R = \sqrt{\operatorname{tr} \Sigma_c} / \|\mu_c - \mu\|$.
    pub radius: f64,
    /// $D = (\operatorname{tr} \Sigma_c)^2 / \operatorname{tr} \Sigma_c^2$; 0 for a single location.
    pub dimension: f64,
    /// The points of the class.
    pub n_points: usize,
}

/// The radius and dimension of every class manifold, by ascending label: those of an ellipsoid with the class's covariance
/// $\Sigma_c$, relative to the distance of its mean from the mean of all class means. Classes are the easier to separate by hyperplanes, the smaller
/// $R$ and $D$.
///
/// This is the limit of many points of the mean-field theory's radius and dimension; its anchor points are not solved for. $D$ of $n$ points is
/// below $n$: compare classes of equal size.
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
/// If the labels do not match the points, there is one class only, or a class mean lies at the centre.
///
/// # Complexity
///
/// $O(n_c D \min(n_c, D))$ for each class.
///
/// # Examples
///
/// ```
/// use topolens::{class_manifolds, synthetic::GaussianClusters};
///
/// let (cloud, labels) = GaussianClusters::new(3, 2000, 20).within_class_dimension(5).spread(0.1).sample(0)?;
/// for class in class_manifolds(&cloud, &labels)? {
///     assert!((class.dimension - 5.0).abs() < 0.1 && class.radius < 0.1);
/// }
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `chung2018`, `cohen2020`
pub fn class_manifolds<S: Scalar>(
    cloud: &PointCloud<S>,
    labels: &[usize],
) -> Result<Vec<ClassManifold>, Error> {
    let classes = Classes::new(cloud, labels, "class manifolds")?;
    let of_class = |(class, offset): (usize, Vec<f64>)| {
        let distance = length(&offset);
        if classes.is_rounding(distance) {
            return Err(Error::undefined("class manifolds", Undefined::ClassMeansCoincide));
        }
        let n_points = classes.members[class].len();
        let (trace, trace_of_square) = traces(&classes.residuals(class), n_points);
        let dimension = if trace > 0.0 { trace * trace / trace_of_square } else { 0.0 };
        let radius = (trace / n_points as f64).sqrt() / distance;
        Ok(ClassManifold { label: classes.labels[class], radius, dimension, n_points })
    };
    classes.offsets().into_iter().enumerate().map(of_class).collect()
}

/// The traces of $X^T X$ and of its square.
fn traces(rows: &[f64], n_rows: usize) -> (f64, f64) {
    let n_columns = rows.len() / n_rows;
    let products =
        if n_rows < n_columns { gram(rows, n_rows) } else { transposed_product(rows, rows, n_rows) };
    let trace = rows.iter().map(|x| x * x).sum();
    (trace, products.iter().map(|x| x * x).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ellipses_have_a_closed_form() {
        // Deviations (±3, ±1) around (±10, 0): covariance diag(9, 1), R = sqrt(10) / 10, D = 100 / 82.
        let signs = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)];
        let values =
            [10.0, -10.0].iter().flat_map(|m| signs.iter().flat_map(move |(s, t)| [m + 3.0 * s, *t]));
        let cloud = PointCloud::new(values.collect(), 8, 2).unwrap();
        let found = class_manifolds(&cloud, &[1, 1, 1, 1, 0, 0, 0, 0]).unwrap();
        assert_eq!(found.iter().map(|class| class.label).collect::<Vec<_>>(), [0, 1]);
        for class in found {
            assert!((class.radius - 0.1_f64.sqrt()).abs() < 1e-14 && class.n_points == 4);
            assert!((class.dimension - 100.0 / 82.0).abs() < 1e-14);
        }
    }

    #[test]
    fn wide_and_tall_classes_agree_and_points_have_no_dimension() {
        let (cloud, labels) = crate::synthetic::GaussianClusters::new(2, 12, 12).sample(3).unwrap();
        let wide: Vec<f64> =
            cloud.points().flat_map(|point| point.iter().copied().chain([0.0; 20])).collect();
        let wide = class_manifolds(&PointCloud::new(wide, 24, 32).unwrap(), &labels).unwrap();
        for (a, b) in class_manifolds(&cloud, &labels).unwrap().iter().zip(wide) {
            assert!((a.dimension / b.dimension - 1.0).abs() < 1e-12);
            assert!((a.radius / b.radius - 1.0).abs() < 1e-12);
        }
        let two = PointCloud::new(vec![0.0, 1.0], 2, 1).unwrap();
        assert!(class_manifolds(&two, &[0, 1]).unwrap().iter().all(|class| class.dimension == 0.0));
    }
}
