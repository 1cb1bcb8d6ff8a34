//! How much of a fall is made by classes that draw apart.

use rayon::prelude::*;

use super::classes::Classes;
use crate::error::{Error, SettingKind, Undefined};
use crate::statistics::{half_samples, mean, students_t_quantile};
use crate::{PointCloud, Scalar};

/// The share of the fall of a descriptor, from one layer to a later one, that separation of the classes alone makes.
///
/// The earlier cloud is *separated*: the points of every class move towards the class mean, all by one factor, until the spread within classes over
/// that between class means, $W / B$, is that of the later cloud; nothing else changes. With the descriptor $E$ of the earlier, the separated and
/// the later cloud, the share is
///
/// $$\frac{\ln (E_{\text{earlier}} / E_{\text{separated}})}{\ln (E_{\text{earlier}} / E_{\text{later}})}.$$
///
/// About 1: separation explains the whole fall, whatever the shape inside the classes. About 0: the classes are as far apart as before, and something
/// else fell. Above 1: without the rest, the fall would be larger still.
///
/// Here $W = \frac1n \sum_i \|x_i - \mu_{c(i)}\|^2$ and $B = \frac1K \sum_c \|\mu_c - \mu\|^2$. The interval is from half samples of the points, the same in
/// both clouds (delete-half jackknife).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SeparationShare {
    /// The descriptor of the earlier cloud.
    pub earlier: f64,
    /// That of the earlier cloud with the separation of the later.
    pub separated: f64,
    /// That of the later cloud.
    pub later: f64,
    /// The share.
    pub share: f64,
    /// The lower end of the 95 % interval of the share; `None` where a half sample has no fall.
    pub lower: Option<f64>,
    /// The upper end.
    pub upper: Option<f64>,
}

/// The number of half samples behind the interval.
const N_HALVES: usize = 10;

impl SeparationShare {
    /// Compares the clouds of the same inputs at two layers.
    ///
    /// # Shape
    ///
    /// As many points in both clouds, in the same order; `labels`: one class per point.
    ///
    /// # Errors
    ///
    /// If the numbers of points or labels differ, there is one class only, all class means of a cloud coincide or all its classes are single locations, the
    /// descriptor does not fall or is not positive, or it has no value.
    ///
    /// # Complexity
    ///
    /// 3 times the descriptor on the whole clouds and on 10 halves, in parallel.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Scaling, SeparationShare, minimum_spanning_tree, synthetic::GaussianClusters};
    ///
    /// let classes = |spread| GaussianClusters::new(10, 40, 16).spread(spread).sample(0);
    /// let ((earlier, labels), (later, _)) = (classes(1.0)?, classes(0.05)?);
    /// let found = SeparationShare::new(&earlier, &later, &labels, 0, |cloud, _| {
    ///     Ok(minimum_spanning_tree(&Scaling::MinMax.apply(cloud)).lifespans_sum(1.0))
    /// })?;
    /// assert!(found.later < 0.5 * found.earlier && found.is_explained());
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn new<S: Scalar>(
        earlier: &PointCloud<S>,
        later: &PointCloud<S>,
        labels: &[usize],
        seed: u64,
        descriptor: impl Fn(&PointCloud<S>, &[usize]) -> Result<f64, Error> + Sync,
    ) -> Result<Self, Error> {
        let whole = values(earlier, later, labels, &descriptor)?;
        let share = share(whole)?;
        let halves = half_samples(labels.len(), N_HALVES, seed)?;
        let of_half = |half: &Vec<usize>| {
            let labels: Vec<usize> = half.iter().map(|&point| labels[point]).collect();
            share_of(&earlier.select(half)?, &later.select(half)?, &labels, &descriptor)
        };
        let shares: Result<Vec<f64>, Error> = halves.par_iter().map(of_half).collect();
        let of_mean = shares.and_then(|shares| mean(&shares)).ok().and_then(|mean| mean.standard_error);
        // The spread over halves is the error of the whole: a half has twice its variance, the other half is not drawn.
        let half_width =
            of_mean.map(|error| students_t_quantile(0.975, N_HALVES - 1) * (N_HALVES as f64).sqrt() * error);
        let [earlier, separated, later] = whole;
        let (lower, upper) = (half_width.map(|half| share - half), half_width.map(|half| share + half));
        Ok(Self { earlier, separated, later, share, lower, upper })
    }

    /// Whether separation makes more than half of the fall, and that not by chance: the interval lies above one half.
    pub fn is_explained(&self) -> bool {
        self.lower.is_some_and(|lower| lower > 0.5)
    }
}

fn share_of<S: Scalar>(
    earlier: &PointCloud<S>,
    later: &PointCloud<S>,
    labels: &[usize],
    descriptor: &impl Fn(&PointCloud<S>, &[usize]) -> Result<f64, Error>,
) -> Result<f64, Error> {
    share(values(earlier, later, labels, descriptor)?)
}

/// The descriptor of the earlier, the separated and the later cloud.
fn values<S: Scalar>(
    earlier: &PointCloud<S>,
    later: &PointCloud<S>,
    labels: &[usize],
    descriptor: &impl Fn(&PointCloud<S>, &[usize]) -> Result<f64, Error>,
) -> Result<[f64; 3], Error> {
    let wanted = within_over_between(&Classes::new(later, labels, QUANTITY)?)?;
    let separated = separated(&Classes::new(earlier, labels, QUANTITY)?, wanted)?;
    Ok([descriptor(earlier, labels)?, descriptor(&separated, labels)?, descriptor(later, labels)?])
}

const QUANTITY: &str = "the share of separation";

fn share([earlier, separated, later]: [f64; 3]) -> Result<f64, Error> {
    if !(later > 0.0 && separated > 0.0) {
        let (argument, value) = ("descriptor", later.min(separated));
        return Err(SettingKind::OutOfRange { argument, value, allowed: "positive on all clouds" }.into());
    }
    if later >= earlier {
        return Err(Error::undefined(QUANTITY, Undefined::NoFall { from: earlier, to: later }));
    }
    Ok((earlier / separated).ln() / (earlier / later).ln())
}

/// $W / B$.
fn within_over_between<S: Scalar>(classes: &Classes<'_, S>) -> Result<f64, Error> {
    let squares = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
    let within: f64 = (0..classes.n_classes()).map(|class| squares(&classes.residuals(class))).sum();
    let between = squares(&classes.offsets().concat());
    if classes.is_rounding(between.sqrt()) {
        return Err(Error::undefined(QUANTITY, Undefined::ClassMeansCoincide));
    }
    if within <= 0.0 {
        return Err(Error::undefined(QUANTITY, Undefined::NoVariance));
    }
    Ok(within / classes.cloud.n_points() as f64 / (between / classes.n_classes() as f64))
}

/// The cloud with its classes scaled about their means until $W / B$ is `wanted`.
fn separated<S: Scalar>(classes: &Classes<'_, S>, wanted: f64) -> Result<PointCloud<S>, Error> {
    let factor = (wanted / within_over_between(classes)?).sqrt();
    let n_features = classes.cloud.n_features();
    let mut values = classes.cloud.values().to_vec();
    for (members, mean) in classes.members.iter().zip(&classes.means) {
        for &point in members {
            let row = &mut values[point * n_features..(point + 1) * n_features];
            let moved = |x: S, m: f64| S::from_f64(m + factor * (x.to_f64() - m));
            row.iter_mut().zip(mean).for_each(|(x, &m)| *x = moved(*x, m));
        }
    }
    Ok(classes.cloud.with_values(values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::GaussianClusters;
    use crate::{Scaling, TreeSum, minimum_spanning_tree};

    /// $E^0$ per class after min–max over all points.
    fn per_class_sum(cloud: &PointCloud<f64>, labels: &[usize]) -> Result<f64, Error> {
        let scaled = Scaling::MinMax.apply(cloud);
        let classes = crate::subsample::members(labels);
        let sum = |class: &Vec<usize>| Ok(minimum_spanning_tree(&scaled.select(class)?).lifespans_sum(1.0));
        classes.values().map(sum).sum::<Result<f64, Error>>()
    }

    fn persistent(cloud: &PointCloud<f64>, _: &[usize]) -> Result<f64, Error> {
        let settings = crate::PersistentDimension::new().repeats(1).tree_sum(TreeSum::All);
        Ok(settings.estimate(cloud)?.estimate.value)
    }

    fn classes(spread: f64, dimension: usize) -> (PointCloud<f64>, Vec<usize>) {
        let clusters = GaussianClusters::new(10, 60, 64).within_class_dimension(dimension);
        clusters.spread(spread).sample(3).unwrap()
    }

    #[test]
    fn classes_that_only_draw_apart_explain_their_curves() {
        let ((earlier, labels), (later, _)) = (classes(2.0, 64), classes(0.05, 64));
        for descriptor in [per_class_sum, persistent] {
            let found = SeparationShare::new(&earlier, &later, &labels, 0, descriptor).unwrap();
            assert!((found.share - 1.0).abs() < 0.02 && found.is_explained(), "{found:?}");
        }
    }

    /// A loss of dimension within classes whose spread is as before.
    #[test]
    fn a_loss_of_dimension_is_not_explained() {
        let ((earlier, labels), (later, _)) = (classes(1.0, 64), classes(2.0, 16));
        for descriptor in [per_class_sum, persistent] {
            let found = SeparationShare::new(&earlier, &later, &labels, 0, descriptor).unwrap();
            assert!(found.later < 0.8 * found.earlier, "{found:?}");
            assert!(found.share.abs() < 0.1 && !found.is_explained(), "{found:?}");
        }
    }

    #[test]
    fn the_share_does_not_depend_on_scale_and_place() {
        let ((earlier, labels), (later, _)) = (classes(1.0, 64), classes(0.2, 16));
        let of = |later: &PointCloud<f64>| {
            SeparationShare::new(&earlier, later, &labels, 0, per_class_sum).unwrap()
        };
        let moved = later.values().iter().map(|x| 8.0 * x + 5.0).collect();
        let (here, there) = (of(&later), of(&PointCloud::new(moved, 600, 64).unwrap()));
        assert!((here.share / there.share - 1.0).abs() < 1e-9);
        assert!(0.2 < here.share && here.share < 0.98 && here.lower.unwrap() < here.share, "{here:?}");
    }

    #[test]
    fn what_has_no_share_says_why() {
        let (cloud, labels) = classes(1.0, 64);
        let message = |later: &PointCloud<f64>, labels: &[usize]| {
            SeparationShare::new(&cloud, later, labels, 0, per_class_sum).unwrap_err().to_string()
        };
        assert!(message(&classes(2.0, 64).0, &labels).contains("does not fall"));
        assert!(message(&cloud, &[0; 600]).contains("one label"));
        assert!(message(&cloud.select(&[0, 1]).unwrap(), &labels).contains("`labels`"));
        assert!(message(&PointCloud::new(vec![1.0; 1200], 600, 2).unwrap(), &labels).contains("coincide"));
        let collapsed: Vec<f64> = labels.iter().map(|&label| label as f64).collect();
        assert!(message(&PointCloud::new(collapsed, 600, 1).unwrap(), &labels).contains("variance"));
    }
}
