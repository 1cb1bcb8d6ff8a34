//! The Vietoris–Rips persistence diagrams of a finite set.

use rayon::prelude::*;

use super::cavities::FirstDimensions;
use super::cohomology::Filtration;
use super::edge_order::EdgeOrder;
use super::field::PrimeField;
use super::loops::{LowDimensions, MAX_POINTS, components_diagram};
use super::minimum_spanning_tree;
use super::neighborhoods::{Dense, Edges, Sparse};
use crate::distances::is_sparse;
use crate::error::{Error, SettingKind};
use crate::{Diagram, Diagrams, Dissimilarities, DistanceMatrix, Scalar, SparseDistances};

/// Persistent homology of the Vietoris–Rips filtration, exact, over ℤ/p.
///
/// A simplex enters at its diameter, the largest dissimilarity among its vertices. Dimensions 0 to 2 come from the lunes
/// of the edges: the lune of an edge holds the points nearer to both of its ends. Dimension 1 needs no triangle and dimension
/// 2 no tetrahedron. If dimension 3 or more is asked for, or few pairs ever meet, all come from persistent cohomology with
/// clearing, apparent and emergent pairs, the coboundary matrix never stored. The filtration stops at the threshold or at the enclosing radius,
/// past which nothing changes.
///
/// # Units
///
/// Births and deaths have the units of the dissimilarities.
///
/// # Errors
///
/// If the modulus is not a prime below 32768, the threshold is negative or NaN, there are more than 65535 points in dimension
/// 1 or above, or the other vertices of a simplex beside its longest edge do not fit 64 bits (up to dimension 6 for 1000 points, 9 for 100).
///
/// # Complexity
///
/// $O(n^{d+2})$ simplices in the worst case for maximal homology dimension $d$, at most 64 of them per word operation up to
/// dimension 2 over ℤ/2; see [`estimated_memory`](Self::estimated_memory). Same bits for any number of threads.
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

    /// The highest homology dimension to compute; 14 at most, fewer for many points.
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
        let field = self.checked_field()?;
        let threshold = self.last_filtration_value(distances);
        if self.max_homology_dimension > 0 {
            ensure_few(distances.n_points())?;
        }
        match self.max_homology_dimension {
            0 => Ok(vec![minimum_spanning_tree(distances).diagram_up_to(threshold.to_f64())]),
            1 => {
                let order = EdgeOrder::new(distances);
                Ok(LowDimensions::new(&order, threshold, &field).diagrams(distances.n_points()))
            }
            2 => Ok(up_to_cavities(distances, threshold, &field)),
            highest => by_cohomology(distances, threshold, highest, field),
        }
    }

    /// The same diagrams of points whose dissimilarities are computed on the fly, in the way that needs least: dimension 0
    /// alone and a threshold that few pairs stay below need no matrix.
    ///
    /// # Errors
    ///
    /// See [`VietorisRips`].
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{VietorisRips, synthetic};
    ///
    /// let components = VietorisRips::new().max_homology_dimension(0);
    /// let diagrams = components.point_diagrams(&synthetic::circle(100, 0)?)?;
    /// assert_eq!(diagrams[0].intervals().len(), 100);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn point_diagrams<D: Dissimilarities>(&self, points: &D) -> Result<Diagrams, Error> {
        self.checked_field()?;
        if self.max_homology_dimension == 0 {
            return Ok(vec![minimum_spanning_tree(points).diagram_up_to(self.threshold)]);
        }
        ensure_few(points.n_points())?;
        if self.expected_pairs(points).is_some() {
            return self.sparse_diagrams(&SparseDistances::within(points, self.threshold)?);
        }
        if let Some(cloud) = points.cloud() {
            return self.diagrams(&DistanceMatrix::from_cloud(cloud));
        }
        let all: Vec<usize> = (0..points.n_points()).collect();
        self.diagrams(&DistanceMatrix::from_dissimilarities(points, &all)?)
    }

    /// How many pairs the threshold is expected to leave, judged by a few points, if they are so few that
    /// [`point_diagrams`](Self::point_diagrams) keeps them alone; `None` if it makes a matrix of all dissimilarities.
    ///
    /// The memory is then that of [`estimated_sparse_memory`](Self::estimated_sparse_memory) or of
    /// [`estimated_memory`](Self::estimated_memory).
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{VietorisRips, synthetic};
    ///
    /// let circle = synthetic::circle(5000, 0)?;
    /// assert_eq!(VietorisRips::new().expected_pairs(&circle), None);
    /// let n_pairs = VietorisRips::new().threshold(0.01).expected_pairs(&circle);
    /// assert!(n_pairs.is_some_and(|n_pairs| n_pairs < 100_000));
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn expected_pairs<D: Dissimilarities>(&self, points: &D) -> Option<usize> {
        const N_JUDGED: usize = 64;
        let n_points = points.n_points();
        if self.max_homology_dimension == 0 {
            return Some(0);
        }
        if self.threshold == f64::INFINITY || !is_sparse(n_points, 0) {
            return None;
        }
        let all: Vec<usize> = (0..n_points).collect();
        let near = |at: usize| {
            let mut row = vec![D::Scalar::ZERO; n_points];
            points.row(at * n_points / N_JUDGED, &all, &mut row);
            row.iter().filter(|value| value.to_f64() <= self.threshold).count().saturating_sub(1)
        };
        let n_near: usize = (0..N_JUDGED).into_par_iter().map(near).sum();
        let n_pairs = n_near * n_points / N_JUDGED / 2;
        is_sparse(n_points, n_pairs).then_some(n_pairs)
    }

    /// An estimate of the peak memory in bytes of so many points of which only so many pairs ever meet, the pairs included;
    /// in dimension 2 and above data with many classes take more.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::VietorisRips;
    ///
    /// let memory = VietorisRips::estimated_sparse_memory(50_000, 2_000_000);
    /// assert!(memory < 250_000_000);
    /// ```
    pub fn estimated_sparse_memory(n_points: usize, n_pairs: usize) -> u64 {
        256 * n_points as u64 + 80 * n_pairs as u64
    }

    /// The same diagrams of the pairs that ever meet. Where they are few, homology of all dimensions comes from their
    /// coboundaries and takes memory for them alone; where they are many, from a matrix.
    ///
    /// # Errors
    ///
    /// See [`VietorisRips`].
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{SparseDistances, VietorisRips, synthetic};
    ///
    /// let near = SparseDistances::within(&synthetic::circle(2000, 0)?, 0.02)?;
    /// let diagrams = VietorisRips::new().sparse_diagrams(&near)?;
    /// assert_eq!(diagrams[0].intervals().len(), 2000);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn sparse_diagrams<S: Scalar>(&self, distances: &SparseDistances<S>) -> Result<Diagrams, Error> {
        let n_points = distances.n_points();
        if !distances.is_sparse() {
            return self.diagrams(&distances.to_matrix());
        }
        let field = self.checked_field()?;
        let edges = Edges::of_pairs(distances, self.threshold);
        if self.max_homology_dimension == 0 {
            return Ok(vec![edges.components(&edges.joining(n_points), n_points)]);
        }
        let neighborhoods = Sparse::new(&edges, n_points);
        if self.max_homology_dimension == 1 {
            return Ok(LowDimensions::of_lists(&edges, &neighborhoods, n_points, &field).diagrams(n_points));
        }
        Ok(Filtration::new(edges, neighborhoods, n_points, self.max_homology_dimension, field)?.diagrams())
    }

    /// The field of the settings, which are checked.
    pub(super) fn checked_field(&self) -> Result<PrimeField, Error> {
        if self.threshold.is_nan() || self.threshold < 0.0 {
            let (argument, value) = ("threshold", self.threshold);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "0 or more" }.into());
        }
        PrimeField::new(self.modulus)
    }

    /// An estimate of the peak memory in bytes, dissimilarities included, for `n_points` points without threshold.
    ///
    /// Up to homology dimension 1: the lower triangle and a byte per pair for what is known of the edges. In dimension 2:
    /// the lower triangle, the sorted edges, and cocycles with a row for a quarter of the pairs (bits over ℤ/2, 16 times as
    /// much over another field; more for data with many cavities). Above: the lower triangle, the sorted edges, their ranks as a
    /// square, and columns for a fiftieth of the highest simplices (what remains without apparent pairs; far less for
    /// activations). A threshold lowers it.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::VietorisRips;
    ///
    /// let loops = VietorisRips::new().estimated_memory::<f32>(1000);
    /// let cavities = VietorisRips::new().max_homology_dimension(2).estimated_memory::<f32>(1000);
    /// assert!(loops < 20_000_000 && cavities < 20 * loops);
    /// ```
    #[expect(clippy::cast_sign_loss, reason = "sizes are not negative")]
    pub fn estimated_memory<S: Scalar>(&self, n_points: usize) -> u64 {
        let simplices = |n_vertices: usize| {
            (0..n_vertices)
                .fold(1.0, |product, i| product * n_points.saturating_sub(i) as f64 / (i + 1) as f64)
        };
        let matrix = simplices(2) * size_of::<S>() as f64;
        let listed = match self.max_homology_dimension {
            0 => 0.0,
            1 => simplices(2),
            2 => {
                let row = n_points as f64 / 8.0 * if self.modulus == 2 { 1.0 } else { 16.0 };
                simplices(2) * (size_of::<S>() as f64 + 8.0 + 0.25 * row)
            }
            dimension => {
                let pairs = (size_of::<S>() + 24) as f64;
                simplices(2) * pairs + 0.02 * simplices(dimension + 1) * 64.0
            }
        };
        (matrix + listed) as u64
    }

    /// Where nothing happens any more, as a number of the matrix's own type.
    pub(super) fn last_filtration_value<S: Scalar>(&self, distances: &DistanceMatrix<S>) -> S {
        let radius = distances.enclosing_radius();
        let last = if radius.is_finite() { radius } else { distances.largest_finite() };
        let threshold = S::from_f64(self.threshold);
        if threshold < last { threshold } else { last }
    }
}

/// Checks that positions fit an edge.
pub(super) fn ensure_few(n_points: usize) -> Result<(), Error> {
    if n_points > MAX_POINTS {
        return Err(SettingKind::TooManyPoints { n_points, most: MAX_POINTS }.into());
    }
    Ok(())
}

/// Dimensions 0 to 2 without any tetrahedron.
fn up_to_cavities<S: Scalar>(distances: &DistanceMatrix<S>, threshold: S, field: &PrimeField) -> Diagrams {
    let found = FirstDimensions::new(distances, threshold, field);
    let components = components_diagram(found.merges, distances.n_points());
    vec![components, Diagram::new(1, found.loops), Diagram::new(2, found.cavities)]
}

/// Any dimension from the coboundaries of simplices.
fn by_cohomology<S: Scalar>(
    distances: &DistanceMatrix<S>,
    threshold: S,
    max_homology_dimension: usize,
    field: PrimeField,
) -> Result<Diagrams, Error> {
    let n_points = distances.n_points();
    let edges = Edges::of_matrix(distances, threshold);
    let neighborhoods = Dense::new(&edges, n_points);
    Ok(Filtration::new(edges, neighborhoods, n_points, max_homology_dimension, field)?.diagrams())
}
