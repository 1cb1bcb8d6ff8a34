//! The spectrum of the covariance of a cloud and of random halves of it.

use rayon::prelude::*;

use crate::error::Error;
use crate::linear_algebra::{gram, symmetric_eigenvalues, transposed_product};
use crate::statistics::half_samples;
use crate::subsample::shuffled;
use crate::{PointCloud, Scalar};

/// The spectra of a cloud and of random halves, whose spread is the standard error of what is read off them.
pub(super) struct Spectra {
    pub(super) whole: Spectrum,
    pub(super) halves: Vec<Spectrum>,
}

/// The eigenvalues of the covariance of some points.
pub(super) struct Spectrum {
    /// Positive, descending.
    pub(super) values: Vec<f64>,
    /// The number of directions that so many points can span.
    pub(super) largest_rank: usize,
}

const N_HALVES: usize = 10;
/// Random parts of a cloud with more points than features; a half is half of the parts.
const N_PARTS: usize = 10;
/// Up to so many features the products of all parts are kept.
const MOST_FEATURES: usize = 1024;

impl Spectra {
    /// `points` are 4 or more and distinct.
    pub(super) fn new<S: Scalar>(points: &PointCloud<S>, seed: u64) -> Result<Self, Error> {
        let (n_points, n_features) = (points.n_points(), points.n_features());
        if n_points < 2 * N_PARTS.max(n_features) || n_features > MOST_FEATURES {
            return Self::from_rows(points, seed);
        }
        let rows: Vec<f64> = points.values().iter().map(|value| value.to_f64()).collect();
        let rows = centred(&rows, n_features);
        let order = shuffled(n_points, seed);
        let parts: Vec<Moments> = (0..N_PARTS)
            .into_par_iter()
            .map(|part| Moments::new(order.iter().skip(part).step_by(N_PARTS), &rows, n_features))
            .collect();
        let whole = Moments::sum(&parts, &(0..N_PARTS).collect::<Vec<_>>()).spectrum()?;
        let halves = half_samples(N_PARTS, N_HALVES, seed)?;
        let halves = halves.par_iter().map(|half| Moments::sum(&parts, half).spectrum());
        Ok(Self { whole, halves: halves.collect::<Result<_, _>>()? })
    }

    fn from_rows<S: Scalar>(points: &PointCloud<S>, seed: u64) -> Result<Self, Error> {
        let n_points = points.n_points();
        let whole = Spectrum::new(points, &(0..n_points).collect::<Vec<_>>())?;
        let halves = half_samples(n_points, N_HALVES, seed)?;
        let halves = halves.par_iter().map(|half| Spectrum::new(points, half));
        Ok(Self { whole, halves: halves.collect::<Result<_, _>>()? })
    }
}

impl Spectrum {
    /// The spectrum of some points of a cloud.
    pub(super) fn new<S: Scalar>(points: &PointCloud<S>, indices: &[usize]) -> Result<Self, Error> {
        let n_features = points.n_features();
        let rows: Vec<f64> = indices.iter().flat_map(|&i| points.point(i)).map(|x| x.to_f64()).collect();
        let largest_rank = n_features.min(indices.len() - 1);
        Ok(Self { values: covariance_spectrum(&rows, n_features)?, largest_rank })
    }
}

/// Sums over points of $x$ and $x x^T$.
struct Moments {
    n_points: usize,
    sums: Vec<f64>,
    products: Vec<f64>,
}

impl Moments {
    fn new<'i>(indices: impl Iterator<Item = &'i usize>, rows: &[f64], n_features: usize) -> Self {
        let own: Vec<f64> =
            indices.flat_map(|&i| &rows[i * n_features..(i + 1) * n_features]).copied().collect();
        let n_points = own.len() / n_features;
        let mut sums = vec![0.0; n_features];
        for row in own.chunks_exact(n_features) {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        Self { n_points, sums, products: transposed_product(&own, &own, n_points) }
    }

    fn sum(parts: &[Self], members: &[usize]) -> Self {
        let n_features = parts[0].sums.len();
        let mut total =
            Self { n_points: 0, sums: vec![0.0; n_features], products: vec![0.0; n_features * n_features] };
        for part in members.iter().map(|&at| &parts[at]) {
            total.n_points += part.n_points;
            total.sums.iter_mut().zip(&part.sums).for_each(|(sum, x)| *sum += x);
            total.products.iter_mut().zip(&part.products).for_each(|(sum, x)| *sum += x);
        }
        total
    }

    /// The spectrum of $\sum x x^T - \frac1n \sum x \sum x^T$, over $n - 1$.
    fn spectrum(mut self) -> Result<Spectrum, Error> {
        let (n_features, n) = (self.sums.len(), self.n_points as f64);
        for (row, sum) in self.products.chunks_exact_mut(n_features).zip(&self.sums) {
            row.iter_mut().zip(&self.sums).for_each(|(product, other)| *product -= sum * other / n);
        }
        let values = positive_eigenvalues(&self.products, n_features, self.n_points, n_features)?;
        Ok(Spectrum { values, largest_rank: n_features.min(self.n_points - 1) })
    }
}

/// The positive eigenvalues of the covariance (the $n - 1$ form), descending; those lost in rounding are left out.
fn covariance_spectrum(rows: &[f64], n_columns: usize) -> Result<Vec<f64>, Error> {
    let n_rows = rows.len() / n_columns;
    let centred = centred(rows, n_columns);
    let order = n_rows.min(n_columns);
    let products = if n_rows < n_columns {
        gram(&centred, n_rows)
    } else {
        transposed_product(&centred, &centred, n_rows)
    };
    positive_eigenvalues(&products, order, n_rows, n_columns)
}

/// The eigenvalues of products of centred rows over `n_rows` − 1, descending, without those lost in rounding.
fn positive_eigenvalues(
    products: &[f64],
    order: usize,
    n_rows: usize,
    n_columns: usize,
) -> Result<Vec<f64>, Error> {
    let mut values = symmetric_eigenvalues(products, order)?;
    values.reverse();
    let floor = values[0].max(0.0) * f64::EPSILON * n_rows.max(n_columns) as f64;
    let spectrum = values.into_iter().take(n_rows - 1).filter(|&value| value > floor);
    Ok(spectrum.map(|value| value / (n_rows as f64 - 1.0)).collect())
}

/// The rows minus their mean.
pub(super) fn centred(rows: &[f64], n_columns: usize) -> Vec<f64> {
    let mut mean = vec![0.0; n_columns];
    for row in rows.chunks_exact(n_columns) {
        mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    let n_rows = (rows.len() / n_columns) as f64;
    for sum in &mut mean {
        *sum /= n_rows;
    }
    let centre = |row: &[f64]| row.iter().zip(&mean).map(|(value, mean)| value - mean).collect::<Vec<_>>();
    rows.chunks_exact(n_columns).flat_map(centre).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn parts_add_up_to_the_covariance() {
        let cloud = synthetic::gaussian(203, 7, 1).unwrap();
        let moved: Vec<f64> =
            cloud.values().iter().enumerate().map(|(at, x)| (at % 7) as f64 * x + 50.0).collect();
        let cloud = PointCloud::new(moved, 203, 7).unwrap();
        let (by_parts, by_rows) = (Spectra::new(&cloud, 3).unwrap(), Spectra::from_rows(&cloud, 3).unwrap());
        // The first feature is constant.
        assert_eq!((by_parts.whole.values.len(), by_parts.whole.largest_rank), (6, 7));
        for (a, b) in by_parts.whole.values.iter().zip(&by_rows.whole.values) {
            assert!((a / b - 1.0).abs() < 1e-12, "{a} {b}");
        }
        let spread = |spectra: &Spectra| {
            let largest: Vec<f64> = spectra.halves.iter().map(|half| half.values[0]).collect();
            let mean = largest.iter().sum::<f64>() / largest.len() as f64;
            (largest.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 9.0).sqrt() / mean
        };
        assert!((0.3..3.0).contains(&(spread(&by_parts) / spread(&by_rows))));
    }
}
