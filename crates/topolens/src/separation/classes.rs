//! The classes of a cloud and their means.

use crate::error::{Error, InputKind, Undefined};
use crate::subsample::members;
use crate::{PointCloud, Scalar};

/// The points of every class, by ascending label, with their means.
pub(super) struct Classes<'a, S: Scalar> {
    pub(super) cloud: &'a PointCloud<S>,
    pub(super) labels: Vec<usize>,
    pub(super) members: Vec<Vec<usize>>,
    pub(super) means: Vec<Vec<f64>>,
    /// The mean of the class means.
    pub(super) centre: Vec<f64>,
    /// Of all coordinates of all means, by its size.
    largest_coordinate: f64,
}

impl<'a, S: Scalar> Classes<'a, S> {
    /// Two classes or more, one label per point.
    pub(super) fn new(
        cloud: &'a PointCloud<S>,
        labels: &[usize],
        quantity: &'static str,
    ) -> Result<Self, Error> {
        let n_points = cloud.n_points();
        if labels.len() != n_points {
            let got = labels.len();
            return Err(InputKind::ShapeMismatch { argument: "labels", expected: n_points, got }.into());
        }
        let (labels, members): (Vec<usize>, Vec<Vec<usize>>) = members(labels).into_iter().unzip();
        if members.len() < 2 {
            return Err(Error::undefined(quantity, Undefined::OneClass));
        }
        let means: Vec<Vec<f64>> = members.iter().map(|class| mean_of(cloud, class)).collect();
        let weights = vec![(means.len() as f64).recip(); means.len()];
        let centre = combination(&means.concat(), &weights);
        let largest_coordinate = means.iter().flatten().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        Ok(Self { cloud, labels, members, means, centre, largest_coordinate })
    }

    pub(super) fn n_classes(&self) -> usize {
        self.members.len()
    }

    /// The class means less the centre.
    pub(super) fn offsets(&self) -> Vec<Vec<f64>> {
        let offset = |mean: &Vec<f64>| mean.iter().zip(&self.centre).map(|(m, c)| m - c).collect();
        self.means.iter().map(offset).collect()
    }

    /// Whether a distance between class means is no more than rounding of their coordinates.
    pub(super) fn is_rounding(&self, distance: f64) -> bool {
        distance
            <= self.largest_coordinate
                * f64::EPSILON
                * (self.centre.len() as f64).sqrt()
                * self.n_classes() as f64
    }

    /// The points of a class less its mean, row by row.
    pub(super) fn residuals(&self, class: usize) -> Vec<f64> {
        let mean = &self.means[class];
        let row = |&point: &usize| self.cloud.point(point).iter().zip(mean).map(|(x, m)| x.to_f64() - m);
        self.members[class].iter().flat_map(row).collect()
    }
}

fn mean_of<S: Scalar>(cloud: &PointCloud<S>, indices: &[usize]) -> Vec<f64> {
    let mut mean = vec![0.0; cloud.n_features()];
    for &index in indices {
        mean.iter_mut().zip(cloud.point(index)).for_each(|(sum, x)| *sum += x.to_f64());
    }
    for sum in &mut mean {
        *sum /= indices.len() as f64;
    }
    mean
}

/// $\sum_r w_r \, \text{row}_r$.
pub(super) fn combination(rows: &[f64], weights: &[f64]) -> Vec<f64> {
    let n_features = rows.len() / weights.len();
    let mut sum = vec![0.0; n_features];
    for (row, weight) in rows.chunks_exact(n_features).zip(weights) {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += weight * x);
    }
    sum
}

/// The Euclidean length.
pub(super) fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The Euclidean distance.
pub(super) fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}
