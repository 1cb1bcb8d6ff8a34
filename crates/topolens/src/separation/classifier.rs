//! A linear classifier beside the class means: NC3 and NC4 of neural collapse.

use super::classes::{Classes, distance, length};
use crate::error::{Error, InputKind, Undefined};
use crate::{PointCloud, Scalar};

/// How far the weights of a linear classifier are from the class means, NC3:
/// $\left\| \frac{W}{\|W\|_F} - \frac{M}{\|M\|_F} \right\|_F^2$, with the rows of $M$ the class means less their mean. 0 if each row of weights points to
/// its class, 2 if they have nothing in common, 4 at most.
///
/// # Shape
///
/// `weights`: one row of as many features as the cloud per class, classes by ascending label.
///
/// # Errors
///
/// If labels or weights do not match the cloud, there is one class only, all class means coincide, or all weights are 0.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, self_duality};
///
/// let cloud = PointCloud::new(vec![1.0, 0.0, -1.0, 0.0], 2, 2)?;
/// let weights = PointCloud::new(vec![3.0, 0.0, -3.0, 0.0], 2, 2)?;
/// assert!(self_duality(&cloud, &[0, 1], &weights)? < 1e-15);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `papyan2020`
pub fn self_duality<S: Scalar, T: Scalar>(
    cloud: &PointCloud<S>,
    labels: &[usize],
    weights: &PointCloud<T>,
) -> Result<f64, Error> {
    let classes = Classes::new(cloud, labels, "nc3")?;
    ensure_fit(&classes, weights)?;
    let means = classes.offsets().concat();
    if classes.is_rounding(length(&means)) {
        return Err(Error::undefined("nc3", Undefined::ClassMeansCoincide));
    }
    let weights: Vec<f64> = weights.values().iter().map(|x| x.to_f64()).collect();
    if weights.iter().all(|&x| x == 0.0) {
        let reason = Undefined::ConstantInput { argument: "weights" };
        return Err(Error::undefined("nc3", reason));
    }
    let unit = |vector: Vec<f64>| {
        let length = length(&vector);
        vector.into_iter().map(|x| x / length).collect::<Vec<f64>>()
    };
    Ok(distance(&unit(weights), &unit(means)).powi(2))
}

/// The share of points to which a linear classifier gives another class than that of the nearest class mean, NC4. The class of the
/// classifier is the row of largest $W x + b$; ties go to the first class.
///
/// # Shape
///
/// `weights`: one row of as many features as the cloud per class, classes by ascending label; `biases`: one per class.
///
/// # Errors
///
/// If labels, weights or biases do not match the cloud, or there is one class only.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, nearest_mean_disagreement};
///
/// let cloud = PointCloud::new(vec![-1.0, -0.5, 0.5, 1.0], 4, 1)?;
/// let weights = PointCloud::new(vec![-1.0, 1.0], 2, 1)?;
/// assert_eq!(nearest_mean_disagreement(&cloud, &[0, 0, 1, 1], &weights, &[0.0, 0.0])?, 0.0);
/// // A bias moves the border past one of the four points.
/// assert_eq!(nearest_mean_disagreement(&cloud, &[0, 0, 1, 1], &weights, &[0.0, 1.5])?, 0.25);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `papyan2020`
pub fn nearest_mean_disagreement<S: Scalar, T: Scalar>(
    cloud: &PointCloud<S>,
    labels: &[usize],
    weights: &PointCloud<T>,
    biases: &[f64],
) -> Result<f64, Error> {
    let classes = Classes::new(cloud, labels, "nc4")?;
    ensure_fit(&classes, weights)?;
    if biases.len() != classes.n_classes() {
        let (expected, got) = (classes.n_classes(), biases.len());
        return Err(InputKind::ShapeMismatch { argument: "biases", expected, got }.into());
    }
    let disagrees = |point: &[S]| {
        let point: Vec<f64> = point.iter().map(|x| x.to_f64()).collect();
        let score =
            |row: &[T], bias: f64| bias + row.iter().zip(&point).map(|(w, x)| w.to_f64() * x).sum::<f64>();
        let scores = weights.points().zip(biases).map(|(row, bias)| -score(row, *bias));
        let distances = classes.means.iter().map(|mean| distance(&point, mean));
        first_of_least(scores) != first_of_least(distances)
    };
    Ok(cloud.points().filter(|point| disagrees(point)).count() as f64 / cloud.n_points() as f64)
}

fn first_of_least(values: impl Iterator<Item = f64>) -> Option<usize> {
    values.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(at, _)| at)
}

fn ensure_fit<S: Scalar, T: Scalar>(classes: &Classes<'_, S>, weights: &PointCloud<T>) -> Result<(), Error> {
    let argument = "weights";
    for (expected, got) in
        [(classes.n_classes(), weights.n_points()), (classes.cloud.n_features(), weights.n_features())]
    {
        if expected != got {
            return Err(InputKind::ShapeMismatch { argument, expected, got }.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> (PointCloud<f64>, [usize; 4]) {
        (PointCloud::new(vec![1.0, 0.0, -1.0, 0.0, 0.0, 1.0, 0.0, -1.0], 4, 2).unwrap(), [3, 5, 7, 9])
    }

    #[test]
    fn duality_is_two_at_right_angles_and_four_at_the_opposite() {
        let (cloud, labels) = square();
        let of = |values: Vec<f64>| {
            self_duality(&cloud, &labels, &PointCloud::new(values, 4, 2).unwrap()).unwrap()
        };
        assert!(of(cloud.values().iter().map(|x| 0.1 * x).collect()) < 1e-15);
        assert!((of(cloud.values().iter().map(|x| -x).collect()) - 4.0).abs() < 1e-14);
        assert!((of(vec![0.0, 1.0, 0.0, -1.0, -1.0, 0.0, 1.0, 0.0]) - 2.0).abs() < 1e-14);
    }

    #[test]
    fn weights_and_biases_that_do_not_fit_are_named() {
        let (cloud, labels) = square();
        let three = PointCloud::new(vec![1.0; 6], 3, 2).unwrap();
        let narrow = PointCloud::new(vec![1.0; 4], 4, 1).unwrap();
        for weights in [&three, &narrow] {
            assert!(self_duality(&cloud, &labels, weights).unwrap_err().to_string().contains("`weights`"));
        }
        let error = nearest_mean_disagreement(&cloud, &labels, &cloud, &[0.0]).unwrap_err();
        assert!(error.to_string().contains("`biases`"), "{error}");
        let zero = PointCloud::new(vec![0.0; 8], 4, 2).unwrap();
        assert!(self_duality(&cloud, &labels, &zero).unwrap_err().is_undefined());
        assert!(self_duality(&zero, &labels, &cloud).unwrap_err().is_undefined());
    }
}
