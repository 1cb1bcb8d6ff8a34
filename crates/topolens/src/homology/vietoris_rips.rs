//! The Vietoris–Rips persistence diagrams of a finite set.

use super::cohomology::{Pivots, reduce};
use super::column::Entry;
use super::filtration::Filtration;
use super::loops::{EdgeOrder, LowDimensions, MAX_POINTS};
use super::minimum_spanning_tree;
use crate::error::{Error, SettingKind};
use crate::{Diagram, Diagrams, DistanceMatrix, Interval, Scalar};

/// Persistent homology of the Vietoris–Rips filtration, exact, over ℤ/p.
///
/// A simplex enters at its diameter, the largest dissimilarity among its vertices. Dimensions 0 and 1 come from the lunes
/// of the edges, without any triangle: the lune of an edge holds the points nearer to both of its ends. Higher dimensions
/// come from persistent cohomology with clearing, apparent and emergent pairs, the coboundary matrix never stored. The
/// filtration stops at the threshold or at the enclosing radius, past which nothing changes.
///
/// # Units
///
/// Births and deaths have the units of the dissimilarities.
///
/// # Errors
///
/// If the modulus is not a prime below 32768, the threshold is negative or NaN, or the simplices cannot be counted in
/// 64 bits.
///
/// # Complexity
///
/// $O(n^{d+2})$ simplices in the worst case for maximal homology dimension $d$; see
/// [`estimated_memory`](Self::estimated_memory). Same bits for any number of threads.
///
/// # Examples
///
/// ```
/// use topolens::{DistanceMatrix, VietorisRips, synthetic};
///
/// let distances = DistanceMatrix::from_cloud(&synthetic::circle(100, 0)?);
/// let diagrams = VietorisRips::new().max_homology_dimension(1).diagrams(&distances)?;
/// let longest = diagrams[1].max_lifespan();
/// assert!(longest > 1.2);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `koyama2023`, `bauer2021`, `desilva2011`
#[derive(Debug, Clone)]
pub struct VietorisRips {
    max_homology_dimension: usize,
    threshold: f64,
    modulus: u32,
}

impl Default for VietorisRips {
    fn default() -> Self {
        Self::new()
    }
}

impl VietorisRips {
    /// Homology dimensions 0 and 1 over ℤ/2, no threshold.
    pub fn new() -> Self {
        Self { max_homology_dimension: 1, threshold: f64::INFINITY, modulus: 2 }
    }

    /// The highest homology dimension to compute; 14 at most.
    #[must_use]
    pub fn max_homology_dimension(self, max_homology_dimension: usize) -> Self {
        Self { max_homology_dimension, ..self }
    }

    /// The filtration value at which to stop; classes alive there are reported as essential.
    #[must_use]
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold, ..self }
    }

    /// The prime p of the field ℤ/p.
    #[must_use]
    pub fn modulus(self, modulus: u32) -> Self {
        Self { modulus, ..self }
    }

    /// The diagrams of homology dimensions 0 to the maximum.
    ///
    /// # Errors
    ///
    /// See [`VietorisRips`].
    pub fn diagrams<S: Scalar>(&self, distances: &DistanceMatrix<S>) -> Result<Diagrams, Error> {
        let filtration = self.filtration(distances)?;
        if self.is_low_dimensional(distances.n_points()) {
            return Ok(low_dimensions(&filtration));
        }
        Ok(self.by_cohomology(&filtration))
    }

    /// The filtration of the settings, which are checked.
    pub(super) fn filtration<'a, S: Scalar>(
        &self,
        distances: &'a DistanceMatrix<S>,
    ) -> Result<Filtration<'a, S>, Error> {
        if self.threshold.is_nan() || self.threshold < 0.0 {
            let (argument, value) = ("threshold", self.threshold);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "0 or more" }.into());
        }
        let threshold = self.last_filtration_value(distances);
        Filtration::new(distances, self.max_homology_dimension, self.modulus, threshold)
    }

    /// The diagrams from the spanning tree and the reduction of coboundaries.
    fn by_cohomology<S: Scalar>(&self, filtration: &Filtration<'_, S>) -> Diagrams {
        let tree = minimum_spanning_tree(filtration.distances);
        let mut diagrams = vec![tree.diagram_up_to(filtration.threshold.to_f64())];
        if self.max_homology_dimension == 0 {
            return diagrams;
        }
        let mut simplices = filtration.edges();
        let columns = filtration.edge_columns(&simplices, &tree);
        let mut pivots = push_diagram(&mut diagrams, filtration, &columns);
        for dimension in 2..=self.max_homology_dimension {
            if dimension > 2 {
                simplices = filtration.simplices_above(&simplices, dimension - 2);
            }
            let columns = filtration.columns_above(&simplices, dimension, &pivots);
            pivots = push_diagram(&mut diagrams, filtration, &columns);
        }
        diagrams
    }

    /// An estimate of the peak memory in bytes, dissimilarities included, for `n_points` points without threshold.
    ///
    /// Up to homology dimension 1: the lower triangle and a byte per pair for what is known of the edges. Above: the lower
    /// triangle, the listed simplices one dimension below the highest, and columns for a tenth of the highest ones (what
    /// remains without apparent pairs; more for data with many ties). A threshold lowers it.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::VietorisRips;
    ///
    /// let loops = VietorisRips::new().estimated_memory::<f32>(1000);
    /// let cavities = VietorisRips::new().max_homology_dimension(2).estimated_memory::<f32>(1000);
    /// assert!(loops < 20_000_000 && cavities > 20 * loops);
    /// ```
    #[expect(clippy::cast_sign_loss, reason = "sizes are not negative")]
    pub fn estimated_memory<S: Scalar>(&self, n_points: usize) -> u64 {
        let simplices = |n_vertices: usize| {
            (0..n_vertices)
                .fold(1.0, |product, i| product * n_points.saturating_sub(i) as f64 / (i + 1) as f64)
        };
        let matrix = simplices(2) * size_of::<S>() as f64;
        let entry = size_of::<Entry<S>>() as f64;
        let listed: f64 = if self.max_homology_dimension == 0 {
            0.0
        } else if self.is_low_dimensional(n_points) {
            simplices(2) / entry
        } else {
            let top = self.max_homology_dimension + 1;
            simplices((top - 1).max(2)) + 0.1 * simplices(top)
        };
        (matrix + entry * listed) as u64
    }

    /// Whether dimensions 0 and 1 are all there is to compute, without any triangle.
    fn is_low_dimensional(&self, n_points: usize) -> bool {
        self.max_homology_dimension == 1 && n_points <= MAX_POINTS
    }

    /// Where nothing happens any more, as a number of the matrix's own type.
    fn last_filtration_value<S: Scalar>(&self, distances: &DistanceMatrix<S>) -> S {
        let radius = distances.enclosing_radius();
        let last = if radius.is_finite() { radius } else { distances.largest_finite() };
        let threshold = S::from_f64(self.threshold);
        if threshold < last { threshold } else { last }
    }
}

/// Dimensions 0 and 1 without any triangle.
fn low_dimensions<S: Scalar>(filtration: &Filtration<'_, S>) -> Diagrams {
    let n_points = filtration.distances.n_points();
    let low =
        LowDimensions::new(&EdgeOrder::new(filtration.distances), filtration.threshold, &filtration.field);
    let essential = std::iter::repeat_n(f64::INFINITY, n_points - low.merges.len());
    let components = low.merges.into_iter().chain(essential).map(|death| Interval { birth: 0.0, death });
    let loops = low.loops.into_iter().map(|life| life.interval);
    vec![Diagram::new(0, components.collect()), Diagram::new(1, loops.collect())]
}

fn push_diagram<S: Scalar>(
    diagrams: &mut Diagrams,
    filtration: &Filtration<'_, S>,
    columns: &[Entry<S>],
) -> Pivots {
    let dimension = diagrams.len();
    let (intervals, pivots) = reduce(filtration, dimension, columns);
    diagrams.push(Diagram::new(dimension, intervals));
    pivots
}
