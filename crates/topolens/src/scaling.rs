//! Scaling of features before distances are taken.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, InputKind, SettingKind};
use crate::{PointCloud, Scalar};

/// How features are brought to one scale.
///
/// # Units
///
/// After `MinMax` and `Robust` features are dimensionless.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, Scaling};
///
/// let cloud = PointCloud::new(vec![1.0, 7.0, 3.0, 7.0], 2, 2)?;
/// let scaled = "min-max".parse::<Scaling>()?.apply(&cloud);
/// assert_eq!(scaled.values(), [0.0, 0.0, 1.0, 0.0]);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Scaling {
    /// Features as they are.
    #[default]
    None,
    /// $(x - \min) / (\max - \min)$ per feature; constant features become 0. One outlier shrinks all other points.
    MinMax,
    /// $(x - \text{median}) / \text{IQR}$ per feature, quartiles by linear interpolation between order statistics
    /// (NumPy's default). A feature whose inter-quartile range is 0 (half of it one value, as in sparse
    /// activations) is divided by its range instead; constant features become 0.
    Robust,
}

const NAMES: [(&str, Scaling); 3] =
    [("none", Scaling::None), ("min-max", Scaling::MinMax), ("robust", Scaling::Robust)];

impl Scaling {
    /// The scaled cloud.
    ///
    /// # Complexity
    ///
    /// $O(nD)$ for `MinMax`, $O(nD \log n)$ for `Robust`.
    #[must_use]
    pub fn apply<S: Scalar>(self, cloud: &PointCloud<S>) -> PointCloud<S> {
        self.scaled(cloud, cloud)
    }

    /// A cloud scaled as `reference` is: what leaves the range of the reference is outside of 0 to 1.
    ///
    /// # Errors
    ///
    /// If the features differ.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{PointCloud, Scaling};
    ///
    /// let reference = PointCloud::new(vec![1.0, 3.0], 2, 1)?;
    /// let scaled = Scaling::MinMax.apply_like(&reference, &PointCloud::new(vec![2.0, 5.0], 2, 1)?)?;
    /// assert_eq!(scaled.values(), [0.5, 2.0]);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn apply_like<S: Scalar>(
        self,
        reference: &PointCloud<S>,
        cloud: &PointCloud<S>,
    ) -> Result<PointCloud<S>, Error> {
        let (x, y) = (reference.n_features(), cloud.n_features());
        if x == y { Ok(self.scaled(reference, cloud)) } else { Err(InputKind::WidthsDiffer { x, y }.into()) }
    }

    fn scaled<S: Scalar>(self, reference: &PointCloud<S>, cloud: &PointCloud<S>) -> PointCloud<S> {
        let shift_and_width = match self {
            Self::None => return cloud.clone(),
            Self::MinMax => range,
            Self::Robust => quartiles,
        };
        let n_features = cloud.n_features();
        let mut values = vec![S::ZERO; cloud.values().len()];
        let mut column = vec![0.0; reference.n_points()];
        for feature in 0..n_features {
            for (value, point) in column.iter_mut().zip(reference.points()) {
                *value = point[feature].to_f64();
            }
            let (shift, width) = shift_and_width(&column);
            if width > 0.0 {
                for (at, point) in cloud.points().enumerate() {
                    let value = (point[feature].to_f64() - shift) / width;
                    values[at * n_features + feature] = S::from_f64(value);
                }
            }
        }
        cloud.with_values(values)
    }
}

impl FromStr for Scaling {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|&(_, scaling)| scaling).ok_or_else(|| {
            let known = NAMES.iter().map(|&(known, _)| known).collect();
            SettingKind::UnknownName { argument: "scaling", name: name.to_owned(), known }.into()
        })
    }
}

impl fmt::Display for Scaling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::MinMax => "min-max",
            Self::Robust => "robust",
        })
    }
}

fn range(column: &[f64]) -> (f64, f64) {
    let least = column.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (least, greatest - least)
}

fn quartiles(column: &[f64]) -> (f64, f64) {
    let mut sorted = column.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let width = quantile(&sorted, 0.75) - quantile(&sorted, 0.25);
    let width = if width > 0.0 { width } else { range(column).1 };
    (quantile(&sorted, 0.5), width)
}

#[expect(clippy::cast_sign_loss, reason = "a position in a slice")]
fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let at = fraction * (sorted.len() - 1) as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f64]) -> PointCloud<f64> {
        PointCloud::new(values.to_vec(), values.len(), 1).unwrap()
    }

    #[test]
    fn min_max_fills_the_unit_interval() {
        assert_eq!(Scaling::MinMax.apply(&column(&[2.0, 4.0, 3.0])).values(), [0.0, 1.0, 0.5]);
    }

    #[test]
    fn robust_uses_numpy_quartiles() {
        // numpy.percentile([0, 1, 2, 3, 10], [25, 50, 75]) = [1, 2, 3].
        let scaled = Scaling::Robust.apply(&column(&[0.0, 1.0, 2.0, 3.0, 10.0]));
        assert_eq!(scaled.values(), [-1.0, -0.5, 0.0, 0.5, 4.0]);
        // numpy.percentile([0, 1, 2, 4], [25, 50, 75]) = [0.75, 1.5, 2.5].
        let scaled = Scaling::Robust.apply(&column(&[0.0, 1.0, 2.0, 4.0]));
        assert!((scaled.values()[3] - 2.5 / 1.75).abs() < 1e-15);
    }

    #[test]
    fn robust_falls_back_on_the_range_when_quartiles_meet() {
        let scaled = Scaling::Robust.apply(&column(&[0.0, 0.0, 0.0, 0.0, 4.0]));
        assert_eq!(scaled.values(), [0.0, 0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn constant_columns_and_single_points_become_zero() {
        for scaling in [Scaling::MinMax, Scaling::Robust] {
            assert_eq!(scaling.apply(&column(&[5.0; 4])).values(), [0.0; 4]);
            assert_eq!(scaling.apply(&column(&[5.0])).values(), [0.0]);
        }
        assert_eq!(Scaling::None.apply(&column(&[5.0])).values(), [5.0]);
    }

    #[test]
    fn names_round_trip() {
        for (name, scaling) in NAMES {
            assert_eq!(scaling.to_string(), name);
            assert_eq!(name.parse::<Scaling>().unwrap(), scaling);
        }
        let error = "z-score".parse::<Scaling>().unwrap_err().to_string();
        assert!(error.contains("none, min-max, robust"), "{error}");
    }
}
