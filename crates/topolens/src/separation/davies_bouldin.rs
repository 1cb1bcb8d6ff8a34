//! The Davies–Bouldin index.

use super::classes::{Classes, distance};
use crate::error::{Error, Undefined};
use crate::{PointCloud, Scalar};

/// $\frac1K \sum_c \max_{c' \ne c} \frac{s_c + s_{c'}}{\|\mu_c - \mu_{c'}\|}$, with $s_c$ the mean distance of the points of a class to its mean: the lower,
/// the better classes are apart. Invariant under rotation, shift and scale.
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
/// If the labels do not match the points, there is one class only, or two class means coincide.
///
/// # Complexity
///
/// $O(nD + K^2 D)$.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, davies_bouldin};
///
/// let cloud = PointCloud::new(vec![-1.1, -0.9, 0.9, 1.1], 4, 1)?;
/// assert!((davies_bouldin(&cloud, &[0, 0, 1, 1])? - 0.1).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `davies1979`
pub fn davies_bouldin<S: Scalar>(cloud: &PointCloud<S>, labels: &[usize]) -> Result<f64, Error> {
    let classes = Classes::new(cloud, labels, "davies-bouldin")?;
    let n_classes = classes.n_classes();
    let spread = |class: usize| {
        let residuals = classes.residuals(class);
        let rows = residuals.chunks_exact(cloud.n_features());
        rows.map(super::classes::length).sum::<f64>() / classes.members[class].len() as f64
    };
    let spreads: Vec<f64> = (0..n_classes).map(spread).collect();
    let mut worst = vec![0.0_f64; n_classes];
    for class in 0..n_classes {
        for other in 0..class {
            let apart = distance(&classes.means[class], &classes.means[other]);
            if classes.is_rounding(apart) {
                return Err(Error::undefined("davies-bouldin", Undefined::ClassMeansCoincide));
            }
            let ratio = (spreads[class] + spreads[other]) / apart;
            worst[class] = worst[class].max(ratio);
            worst[other] = worst[other].max(ratio);
        }
    }
    Ok(worst.iter().sum::<f64>() / n_classes as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_classes_on_a_line() {
        // Means 0, 10, 12 with spreads 1, 1, 2: the worst ratios are 2/10 or 3/12 = 0.25, 3/2 and 3/2.
        let cloud = PointCloud::new(vec![-1.0, 1.0, 9.0, 11.0, 10.0, 14.0], 6, 1).unwrap();
        let found = davies_bouldin(&cloud, &[4, 4, 2, 2, 8, 8]).unwrap();
        assert!((found - (0.25 + 1.5 + 1.5) / 3.0).abs() < 1e-14);
        assert!(davies_bouldin(&cloud, &[0, 0, 0, 0, 0, 0]).unwrap_err().is_undefined());
        assert!(davies_bouldin(&cloud, &[0, 1]).unwrap_err().to_string().contains("`labels`"));
        let same = PointCloud::new(vec![-1.0, 1.0, -2.0, 2.0], 4, 1).unwrap();
        assert!(davies_bouldin(&same, &[0, 0, 1, 1]).unwrap_err().is_undefined());
    }
}
