//! Manifold topology divergence.

use super::batches::{Divergence, mean_over_batches};
use crate::error::{Error, InputKind, SettingKind};
use crate::{DistanceMatrix, PointCloud, Scalar, VietorisRips, subsample};

/// Manifold topology divergence: how far the topology of one cloud is from being filled by the other, at all scales.
///
/// Of the union of $P$ and $Q$ with all distances inside $Q$ set to 0, the sum of the lifespans of the loops is
/// $\mathrm{MTop\text{-}Div}(P, Q)$: what of $P$ is not covered by $Q$. Not symmetric; `forward` is $(x, y)$, `backward` $(y, x)$.
/// The clouds need not hold the same inputs, only the same features.
///
/// # Shape
///
/// Both clouds have the same number of features; the numbers of points may differ.
///
/// # Units
///
/// Those of the clouds.
///
/// # Errors
///
/// If the numbers of features differ, or `n_batches` or `batch_size` is 0.
///
/// # Complexity
///
/// Two persistence diagrams of loops of twice the batch size per batch, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::{MTopDivergence, synthetic};
///
/// let (x, y) = (synthetic::circle(60, 0)?, synthetic::gaussian(60, 2, 0)?);
/// let divergence = MTopDivergence::new();
/// assert_eq!(divergence.estimate(&x, &x)?.value, 0.0);
/// assert!(divergence.estimate(&x, &y)?.value > 0.0);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `barannikov2021`
#[derive(Debug, Clone)]
pub struct MTopDivergence {
    n_batches: usize,
    batch_size: usize,
    seed: u64,
}

impl Default for MTopDivergence {
    fn default() -> Self {
        Self::new()
    }
}

impl MTopDivergence {
    /// 10 batches of 500 points of each cloud, seed 0.
    pub fn new() -> Self {
        Self { n_batches: 10, batch_size: 500, seed: 0 }
    }

    /// The number of batches.
    #[must_use]
    pub fn n_batches(self, n_batches: usize) -> Self {
        Self { n_batches, ..self }
    }

    /// The number of points of each cloud in a batch; a cloud with no more is taken whole.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// The seed of the batches.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The divergence of two clouds with the same features, in both directions.
    ///
    /// # Errors
    ///
    /// See [`MTopDivergence`].
    pub fn estimate<S: Scalar>(&self, x: &PointCloud<S>, y: &PointCloud<S>) -> Result<Divergence, Error> {
        if x.n_features() != y.n_features() {
            return Err(InputKind::WidthsDiffer { x: x.n_features(), y: y.n_features() }.into());
        }
        let whole = self.batch_size >= x.n_points().max(y.n_points());
        let n_batches = if whole { self.n_batches.min(1) } else { self.n_batches };
        mean_over_batches(n_batches, |batch| {
            let draw = |cloud: &PointCloud<S>, stream| {
                let size = self.batch_size.min(cloud.n_points());
                cloud.select(&subsample(cloud.n_points(), size, self.seed, stream)?)
            };
            let (x, y) = (draw(x, 2 * batch)?, draw(y, 2 * batch + 1)?);
            let n_points = x.n_points() + y.n_points();
            let union = PointCloud::new([x.values(), y.values()].concat(), n_points, x.n_features())?;
            both_ways(&DistanceMatrix::from_cloud(&union), &(0..x.n_points()).collect::<Vec<usize>>())
        })
    }

    /// The divergence between two parts of one set from its dissimilarities, whole, not in batches: `first` are the indices of the points of
    /// the first part, the others are the second.
    ///
    /// # Errors
    ///
    /// A part is empty, or an index is out of range.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{DistanceMatrix, MTopDivergence, PointCloud, synthetic};
    ///
    /// let (x, y) = (synthetic::gaussian(40, 3, 0)?, synthetic::gaussian(40, 3, 1)?);
    /// let union = PointCloud::new([x.values(), y.values()].concat(), 80, 3)?;
    /// let first: Vec<usize> = (0..40).collect();
    /// let parts = MTopDivergence::between_parts(&DistanceMatrix::from_cloud(&union), &first)?;
    /// assert_eq!(parts.value, MTopDivergence::new().estimate(&x, &y)?.value);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn between_parts<S: Scalar>(
        distances: &DistanceMatrix<S>,
        first: &[usize],
    ) -> Result<Divergence, Error> {
        mean_over_batches(1, |_| both_ways(distances, first))
    }
}

/// Both one-way divergences between the points `first` and the others.
fn both_ways<S: Scalar>(distances: &DistanceMatrix<S>, first: &[usize]) -> Result<(f64, f64), Error> {
    let mut is_first = vec![false; distances.n_points()];
    for &index in first {
        let Some(place) = is_first.get_mut(index) else {
            let (argument, value) = ("first", index as f64);
            return Err(
                SettingKind::OutOfRange { argument, value, allowed: "below the number of points" }.into()
            );
        };
        *place = true;
    }
    let (first, second): (Vec<usize>, Vec<usize>) = (0..distances.n_points()).partition(|&at| is_first[at]);
    let one_way = |p: &[usize], q: &[usize]| one_way(&distances.select(&[q, p].concat())?, q.len());
    let (forward, backward) = rayon::join(|| one_way(&first, &second), || one_way(&second, &first));
    Ok((forward?, backward?))
}

/// The loops of the points behind the first `n_filling` that these do not fill.
fn one_way<S: Scalar>(distances: &DistanceMatrix<S>, n_filling: usize) -> Result<f64, Error> {
    let n_points = distances.n_points();
    if n_filling == 0 || n_filling == n_points {
        return Err(InputKind::Empty { argument: "first" }.into());
    }
    let mut lower = distances.pairs().to_vec();
    lower[..n_filling * (n_filling - 1) / 2].fill(S::ZERO);
    let diagrams = VietorisRips::new().diagrams(&DistanceMatrix::from_lower(lower, n_points))?;
    Ok(diagrams[1].lifespans_sum(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn a_cloud_fills_itself() {
        let x = synthetic::gaussian(40, 3, 0).unwrap();
        assert_eq!(MTopDivergence::new().estimate(&x, &x).unwrap().value, 0.0);
    }

    #[test]
    fn a_square_has_a_loop_unless_its_centre_is_filled() {
        let square = PointCloud::new(vec![0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0], 4, 2).unwrap();
        let one_way = |at: [f64; 2]| {
            let point = PointCloud::new(at.to_vec(), 1, 2).unwrap();
            MTopDivergence::new().estimate(&square, &point).unwrap().forward
        };
        assert!((one_way([100.0, 0.0]) - (2.0_f64.sqrt() - 1.0)).abs() < 1e-12);
        assert_eq!(one_way([0.5, 0.5]), 0.0);
    }

    #[test]
    fn widths_that_differ_are_an_error() {
        let (x, y) = (synthetic::gaussian(9, 3, 0).unwrap(), synthetic::gaussian(9, 2, 0).unwrap());
        assert!(MTopDivergence::new().estimate(&x, &y).unwrap_err().to_string().contains("3 columns"));
        assert!(MTopDivergence::new().n_batches(0).estimate(&x, &x).is_err());
        assert!(MTopDivergence::new().batch_size(0).estimate(&x, &x).is_err());
    }
}
