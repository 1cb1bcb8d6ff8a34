//! Representation topology divergence.

use super::batches::{Divergence, mean_over_batches};
use super::centred::ensure_same_rows;
use super::quantile::quantile;
use crate::error::{Error, InputKind, Undefined};
use crate::{DistanceMatrix, PointCloud, Scalar, VietorisRips, subsample};

/// Representation topology divergence: how the multi-scale topology of two clouds of the same points differs.
///
/// The distances $A$ and $B$ of each cloud are divided by their 0.9 quantile. The graph of $2n$ vertices with the dissimilarities
/// $\begin{pmatrix} 0 & A_+^T \\ A_+ & \min(A, B) \end{pmatrix}$, $A_+$ infinite on one side of the diagonal, has a loop for every
/// difference between the topology of $A$ and that of $\min(A, B)$; the sum of their lifespans is $\mathrm{RTD}(A, B)$. The value is
/// the mean of $\mathrm{RTD}(A, B)$ and $\mathrm{RTD}(B, A)$, averaged over batches.
///
/// It grows with the batch size: compare values of one size only. Invariant under rotations, shifts and scalings of either cloud.
///
/// # Shape
///
/// Row $i$ of both clouds is the same input; the numbers of features may differ.
///
/// # Units
///
/// Quantiles of distances.
///
/// # Errors
///
/// If the numbers of points differ or are below 2, `n_batches` or `batch_size` is 0, or nine of ten distances are 0.
///
/// # Complexity
///
/// Two persistence diagrams of loops of twice the batch size per batch, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::{RepresentationTopologyDivergence, synthetic};
///
/// let (x, y) = (synthetic::uniform_cube(60, 2, 0)?, synthetic::uniform_cube(60, 2, 1)?);
/// let rtd = RepresentationTopologyDivergence::new();
/// assert_eq!(rtd.estimate(&x, &x)?.value, 0.0);
/// assert!(rtd.estimate(&x, &y)?.value > 1.0);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `barannikov2022`
#[derive(Debug, Clone)]
pub struct RepresentationTopologyDivergence {
    n_batches: usize,
    batch_size: usize,
    seed: u64,
}

impl Default for RepresentationTopologyDivergence {
    fn default() -> Self {
        Self::new()
    }
}

impl RepresentationTopologyDivergence {
    /// 10 batches of 500 points, seed 0.
    pub fn new() -> Self {
        Self { n_batches: 10, batch_size: 500, seed: 0 }
    }

    /// The number of batches.
    #[must_use]
    pub fn n_batches(self, n_batches: usize) -> Self {
        Self { n_batches, ..self }
    }

    /// The number of points in a batch; with as many as there are points or more, one batch holds all.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// The seed of the batches.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The divergence of two clouds of the same points.
    ///
    /// # Errors
    ///
    /// See [`RepresentationTopologyDivergence`].
    pub fn estimate<S: Scalar, T: Scalar>(
        &self,
        x: &PointCloud<S>,
        y: &PointCloud<T>,
    ) -> Result<Divergence, Error> {
        ensure_same_rows(x.n_points(), y.n_points())?;
        let n_points = x.n_points();
        if n_points < 2 {
            return Err(InputKind::TooFewPoints { quantity: "rtd", needed: 2, got: n_points }.into());
        }
        let n_batches = if self.batch_size >= n_points { self.n_batches.min(1) } else { self.n_batches };
        mean_over_batches(n_batches, |batch| {
            let drawn = subsample(n_points, self.batch_size.min(n_points), self.seed, batch)?;
            let a = normalised(&x.select(&drawn)?, "x")?;
            let b = normalised(&y.select(&drawn)?, "y")?;
            let (forward, backward) = rayon::join(|| one_way(&a, &b), || one_way(&b, &a));
            Ok((forward?, backward?))
        })
    }
}

/// The distances over their 0.9 quantile, rows below the diagonal.
fn normalised<S: Scalar>(
    cloud: &PointCloud<S>,
    argument: &'static str,
) -> Result<DistanceMatrix<f64>, Error> {
    const QUANTILE: f64 = 0.9;
    let distances = DistanceMatrix::from_cloud(cloud);
    let pairs: Vec<f64> = distances.pairs().iter().map(|distance| distance.to_f64()).collect();
    match quantile(pairs.clone(), QUANTILE) {
        Some(scale) if scale > 0.0 => {
            let scaled = pairs.into_iter().map(|distance| distance / scale).collect();
            Ok(DistanceMatrix::from_lower(scaled, cloud.n_points()))
        }
        _ => Err(Error::undefined("rtd", Undefined::ZeroQuantile { argument, quantile: QUANTILE })),
    }
}

/// The sum of the lifespans of the loops that tell $A$ from $\min(A, B)$.
fn one_way(a: &DistanceMatrix<f64>, b: &DistanceMatrix<f64>) -> Result<f64, Error> {
    let n = a.n_points();
    let mut lower = vec![0.0; n * (n - 1) / 2];
    for i in 0..n {
        lower.extend((0..n).map(|j| if j >= i { a.get(i, j) } else { f64::INFINITY }));
        lower.extend(a.row_below(i).iter().zip(b.row_below(i)).map(|(a, b)| a.min(*b)));
    }
    let diagrams = VietorisRips::new().diagrams(&DistanceMatrix::from_lower(lower, 2 * n))?;
    Ok(diagrams[1].lifespans_sum(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn rotations_scalings_and_shifts_change_nothing() {
        let (x, y) = (synthetic::uniform_cube(50, 2, 0).unwrap(), synthetic::uniform_cube(50, 2, 1).unwrap());
        let (sin, cos) = 0.7_f64.sin_cos();
        let turned = x
            .points()
            .flat_map(|p| [3.0 * (cos * p[0] - sin * p[1]) + 9.0, 3.0 * (sin * p[0] + cos * p[1]), 4.0]);
        let turned = PointCloud::new(turned.collect(), 50, 3).unwrap();
        let rtd = RepresentationTopologyDivergence::new();
        assert!(rtd.estimate(&x, &turned).unwrap().value < 1e-10);
        let (one, other) = (rtd.estimate(&x, &y).unwrap(), rtd.estimate(&turned, &y).unwrap());
        assert!((one.value - other.value).abs() < 1e-10);
        assert_eq!((one.n_batches, one.lower), (1, None));
        let swapped = rtd.estimate(&y, &x).unwrap();
        assert_eq!((swapped.forward, swapped.backward), (one.backward, one.forward));
    }

    #[test]
    fn batches_give_an_interval_and_a_seed_the_same_bits() {
        let (x, y) = (synthetic::uniform_cube(60, 2, 0).unwrap(), synthetic::uniform_cube(60, 2, 1).unwrap());
        let rtd = RepresentationTopologyDivergence::new().n_batches(4).batch_size(30).seed(3);
        let found = rtd.estimate(&x, &y).unwrap();
        assert_eq!(found, rtd.estimate(&x, &y).unwrap());
        assert!(found.lower.unwrap() < found.value && found.value < found.upper.unwrap());
        assert!(found != rtd.seed(4).estimate(&x, &y).unwrap());
    }

    #[test]
    fn degenerate_input_is_an_error() {
        let x = synthetic::gaussian(8, 2, 0).unwrap();
        let constant = PointCloud::new(vec![1.0_f32; 16], 8, 2).unwrap();
        let rtd = RepresentationTopologyDivergence::new();
        assert!(rtd.estimate(&x, &constant).unwrap_err().to_string().contains("`y`"));
        assert!(rtd.estimate(&x, &synthetic::gaussian(7, 2, 0).unwrap()).is_err());
        assert!(rtd.clone().n_batches(0).estimate(&x, &x).unwrap_err().to_string().contains("`n_batches`"));
        assert!(rtd.clone().batch_size(0).estimate(&x, &x).is_err());
        let one = PointCloud::new(vec![1.0], 1, 1).unwrap();
        assert!(rtd.estimate(&one, &one).is_err());
    }
}
