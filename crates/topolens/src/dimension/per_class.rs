//! An estimator of dimension on every class by itself.

use super::Estimate;
use crate::error::{Error, InputKind};
use crate::subsample::members;
use crate::{PointCloud, Scalar};

/// Intrinsic dimensions of the classes of a cloud.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ClassEstimates {
    /// The classes by label, ascending, with their dimensions.
    pub classes: Vec<(usize, Estimate)>,
    /// The mean over classes; its standard error is that of independent estimates.
    pub mean: Estimate,
}

/// The dimension of each class by itself, and their mean. Unlike the dimension of the whole cloud it does not see how
/// far the classes lie apart.
///
/// # Shape
///
/// `labels`: one class per point.
///
/// # Errors
///
/// If the labels do not match the points, or the estimator fails on a class, which the error names.
///
/// # Examples
///
/// ```
/// use topolens::{PersistentDimension, per_class, synthetic::GaussianClusters};
///
/// let of_spread = |spread| {
///     let (cloud, labels) = GaussianClusters::new(3, 200, 4).spread(spread).sample(0)?;
///     per_class(&cloud, &labels, |class| Ok(PersistentDimension::new().estimate(class)?.estimate))
/// };
/// let (apart, together) = (of_spread(0.01)?, of_spread(2.0)?);
/// assert!((apart.mean.value / together.mean.value - 1.0).abs() < 1e-6);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn per_class<S: Scalar>(
    cloud: &PointCloud<S>,
    labels: &[usize],
    estimate: impl Fn(&PointCloud<S>) -> Result<Estimate, Error>,
) -> Result<ClassEstimates, Error> {
    if labels.len() != cloud.n_points() {
        let (expected, got) = (cloud.n_points(), labels.len());
        return Err(InputKind::ShapeMismatch { argument: "labels", expected, got }.into());
    }
    let of_class = |(class, indices): (usize, Vec<usize>)| {
        let found = estimate(&cloud.select(&indices)?).map_err(|error| error.in_class(class))?;
        Ok((class, found))
    };
    let classes = members(labels).into_iter().map(of_class).collect::<Result<Vec<_>, Error>>()?;
    let mean = mean_of(&classes);
    Ok(ClassEstimates { classes, mean })
}

fn mean_of(classes: &[(usize, Estimate)]) -> Estimate {
    let n_classes = classes.len() as f64;
    let value = classes.iter().map(|(_, estimate)| estimate.value).sum::<f64>() / n_classes;
    let variance: f64 = classes.iter().map(|(_, estimate)| estimate.standard_error.powi(2)).sum();
    let n_points = classes.iter().map(|(_, estimate)| estimate.n_points).sum();
    let n_dropped = classes.iter().map(|(_, estimate)| estimate.n_dropped).sum();
    Estimate::with_standard_error(value, variance.sqrt() / n_classes, n_points, n_dropped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TwoNn, synthetic};

    #[test]
    fn each_class_stands_alone_and_a_small_one_is_named() {
        let cloud = synthetic::uniform_cube(90, 2, 1).unwrap();
        let labels: Vec<usize> = (0..90).map(|at| 5 + at % 2).collect();
        let found = per_class(&cloud, &labels, |class| TwoNn::new().estimate(class)).unwrap();
        let even: Vec<usize> = (0..90).step_by(2).collect();
        let alone = TwoNn::new().estimate(&cloud.select(&even).unwrap()).unwrap();
        assert_eq!(found.classes[0], (5, alone));
        let other = found.classes[1].1;
        assert!((found.mean.value - f64::midpoint(alone.value, other.value)).abs() < 1e-12);
        let error = alone.standard_error.hypot(other.standard_error) / 2.0;
        assert!((found.mean.standard_error - error).abs() < 1e-12);
        let mut labels = labels;
        labels[0] = 9;
        let error = per_class(&cloud, &labels, |class| TwoNn::new().estimate(class)).unwrap_err();
        assert!(error.to_string().starts_with("class 9: ") && error.is_invalid_input(), "{error}");
        assert!(per_class(&cloud, &labels[1..], |class| TwoNn::new().estimate(class)).is_err());
    }
}
