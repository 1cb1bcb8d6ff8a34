//! The maximum-likelihood estimator of Levina and Bickel.

use super::Estimate;
use crate::error::{Error, SettingKind, Undefined};
use crate::{NeighborTable, PointCloud, Scalar};

/// Maximum likelihood of neighbour distances, pooled over points as MacKay and Ghahramani propose.
///
/// With $T_j$ the distance to the j-th neighbour, a point's inverse dimension is
/// $\hat m_i^{-1} = \frac{1}{k-1} \sum_{j<k} \ln (T_k / T_j)$ and the estimate $\hat m = (\frac1n \sum_i \hat m_i^{-1})^{-1}$.
/// [`unbiased`](Self::unbiased) replaces $k - 1$ by $k - 2$.
///
/// The standard error is $\hat m / \sqrt n$ times the relative spread of the pointwise terms, times 1.3 since neighbours
/// share neighbours (simulated).
///
/// # Errors
///
/// If `n_neighbors` is below 2 (3 unbiased) or not below the number of distinct points, or if no point has neighbours
/// at different distances.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(nk)$ for the estimate.
///
/// # Examples
///
/// ```
/// use topolens::{Mle, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// let estimate = Mle::new().n_neighbors(20).estimate(&plane)?;
/// assert!((estimate.value - 2.0).abs() < 0.15);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `levina2004`, `mackay2005`
#[derive(Debug, Clone)]
pub struct Mle {
    n_neighbors: usize,
    is_unbiased: bool,
}

impl Default for Mle {
    fn default() -> Self {
        Self::new()
    }
}

impl Mle {
    /// 20 neighbours, the $k - 1$ form (as in scikit-dimension).
    pub fn new() -> Self {
        Self { n_neighbors: 20, is_unbiased: false }
    }

    /// The number of neighbours, k.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { n_neighbors, ..self }
    }

    /// Whether to divide by $k - 2$. That makes the *pointwise* estimates $\hat m_i$ unbiased for a homogeneous Poisson
    /// process; pooled as above, it is the $k - 1$ form that is consistent, and this one is $(k-2)/(k-1)$ times it.
    #[must_use]
    pub fn unbiased(self, is_unbiased: bool) -> Self {
        Self { is_unbiased, ..self }
    }

    /// The pooled estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Mle`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        let (distinct, n_dropped) = cloud.distinct();
        let table = NeighborTable::new(&distinct, self.n_neighbors)?;
        let estimate = self.estimate_from_neighbors(&table)?;
        Ok(Estimate { n_dropped: n_dropped + estimate.n_dropped, ..estimate })
    }

    /// The pooled estimate from a table with at least `n_neighbors` neighbours; points at distance 0 from a neighbour
    /// are dropped.
    ///
    /// # Errors
    ///
    /// See [`Mle`].
    pub fn estimate_from_neighbors(&self, table: &NeighborTable) -> Result<Estimate, Error> {
        let inverses = self.inverse_dimensions(table)?;
        let n_points = inverses.len();
        let total: f64 = inverses.iter().sum();
        if total <= 0.0 {
            return Err(Error::undefined("mle", Undefined::NoSpread));
        }
        let value = n_points as f64 / total;
        let relative_error = relative_error(&inverses, value);
        Ok(Estimate::from_ratios(value, relative_error, n_points, table.n_points() - n_points))
    }

    /// The estimates $\hat m_i$ at the single points, in their order; points at distance 0 from a neighbour are left
    /// out. Infinite where all neighbours are equally far.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is too small, or exceeds the table's.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Mle, NeighborTable, synthetic};
    ///
    /// let table = NeighborTable::new(&synthetic::uniform_cube(100, 2, 0)?, 10)?;
    /// assert_eq!(Mle::new().n_neighbors(5).pointwise(&table)?.len(), 100);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn pointwise(&self, table: &NeighborTable) -> Result<Vec<f64>, Error> {
        Ok(self.inverse_dimensions(table)?.into_iter().map(f64::recip).collect())
    }

    fn inverse_dimensions(&self, table: &NeighborTable) -> Result<Vec<f64>, Error> {
        let k = self.n_neighbors;
        let least = if self.is_unbiased { 3 } else { 2 };
        if k < least || k > table.n_neighbors() {
            let allowed = "2 or more (3 if unbiased), and at most that of the table";
            return Err(SettingKind::OutOfRange { argument: "n_neighbors", value: k as f64, allowed }.into());
        }
        let denominator = (k + 1 - least) as f64;
        let inverse = |distances: &[f64]| {
            let logarithms = distances[..k - 1].iter().map(|nearer| (distances[k - 1] / nearer).ln());
            logarithms.sum::<f64>() / denominator
        };
        let rows = (0..table.n_points()).map(|i| table.distances(i)).filter(|distances| distances[0] > 0.0);
        Ok(rows.map(inverse).collect())
    }
}

fn relative_error(inverses: &[f64], value: f64) -> f64 {
    let squares: f64 = inverses.iter().map(|inverse| (inverse * value - 1.0).powi(2)).sum();
    squares.sqrt() / inverses.len() as f64
}
