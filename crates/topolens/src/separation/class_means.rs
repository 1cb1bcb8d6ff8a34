//! How far class means are from the corners of a simplex: NC2 of neural collapse.

use super::classes::{Classes, distance, length};
use crate::error::{Error, Undefined};
use crate::{PointCloud, Scalar};

/// How far the class means, seen from their centre, are from equal lengths and equal, largest possible angles.
///
/// # Units
///
/// Dimensionless; all 0 for the corners of a regular simplex.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ClassMeanGeometry {
    /// The standard deviation of the lengths over their mean.
    pub length_variation: f64,
    /// The standard deviation of the cosines over pairs of classes.
    pub angle_variation: f64,
    /// The mean of $|\cos + \frac{1}{K-1}|$ over pairs of classes.
    pub angle_offset: f64,
}

/// The geometry of the class means $\mu_c - \mu$ around the mean $\mu$ of them: NC2. Classes are far apart in the sense of neural
/// collapse if their lengths are equal and each pair has the cosine $-\frac{1}{K-1}$.
///
/// # Shape
///
/// `labels`: one class per point.
///
/// # Errors
///
/// If the labels do not match the points, there is one class only, or a class mean lies at the centre.
///
/// # Complexity
///
/// $O(nD + K^2 D)$.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, class_mean_geometry};
///
/// let triangle = PointCloud::new(vec![1.0, 0.0, -0.5, 0.75_f64.sqrt(), -0.5, -0.75_f64.sqrt()], 3, 2)?;
/// let found = class_mean_geometry(&triangle, &[0, 1, 2])?;
/// assert!(found.length_variation < 1e-12 && found.angle_variation < 1e-12 && found.angle_offset < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `papyan2020`
pub fn class_mean_geometry<S: Scalar>(
    cloud: &PointCloud<S>,
    labels: &[usize],
) -> Result<ClassMeanGeometry, Error> {
    let classes = Classes::new(cloud, labels, "nc2")?;
    let offsets = classes.offsets();
    let lengths: Vec<f64> = offsets.iter().map(|offset| length(offset)).collect();
    if lengths.iter().any(|&length| classes.is_rounding(length)) {
        return Err(Error::undefined("nc2", Undefined::ClassMeansCoincide));
    }
    let mut cosines = Vec::new();
    for (at, a) in offsets.iter().enumerate() {
        for (other, b) in offsets.iter().enumerate().skip(at + 1) {
            // By the law of cosines: differences of means that point the same way keep their digits.
            let opposite = distance(a, b).powi(2);
            let (a, b) = (lengths[at], lengths[other]);
            cosines.push((a * a + b * b - opposite) / (2.0 * a * b));
        }
    }
    let simplex = (classes.n_classes() as f64 - 1.0).recip();
    let offset: f64 = cosines.iter().map(|cosine| (cosine + simplex).abs()).sum();
    let (mean_length, length_deviation) = mean_and_deviation(&lengths);
    Ok(ClassMeanGeometry {
        length_variation: length_deviation / mean_length,
        angle_variation: mean_and_deviation(&cosines).1,
        angle_offset: offset / cosines.len() as f64,
    })
}

/// The mean and the standard deviation of the whole population.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_a_closed_form() {
        // Means (±1, 0) and (0, ±2): lengths 1, 1, 2, 2; cosines -1, -1 and four times 0; the simplex has -1/3.
        let means = vec![1.0, 0.0, -1.0, 0.0, 0.0, 2.0, 0.0, -2.0];
        let found = class_mean_geometry(&PointCloud::new(means, 4, 2).unwrap(), &[0, 1, 2, 3]).unwrap();
        assert!((found.length_variation - 1.0 / 3.0).abs() < 1e-14);
        assert!((found.angle_variation - (2.0_f64 / 9.0).sqrt()).abs() < 1e-14);
        assert!((found.angle_offset - 4.0 / 9.0).abs() < 1e-14);
    }

    #[test]
    fn a_class_at_the_centre_is_undefined() {
        let cloud = PointCloud::new(vec![-1.0, 1.0, 0.0], 3, 1).unwrap();
        assert!(class_mean_geometry(&cloud, &[0, 1, 2]).unwrap_err().is_undefined());
        assert!(class_mean_geometry(&cloud, &[0, 0, 0]).unwrap_err().is_undefined());
        assert!(class_mean_geometry(&cloud, &[0, 1]).unwrap_err().to_string().contains("`labels`"));
    }
}
