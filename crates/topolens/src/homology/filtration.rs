//! The Vietoris–Rips filtration, never built: its simplices are enumerated when needed.

use super::adjacency::Adjacency;
use super::cofacets::{Cofacets, Facets};
use super::column::Entry;
use super::field::PrimeField;
use super::simplex::{Binomials, MAX_VERTICES};
use crate::error::{Error, SettingKind};
use crate::{DistanceMatrix, Scalar};

/// What a simplex of the filtration needs to be known.
#[derive(Debug)]
pub(super) struct Filtration<'a, S> {
    pub(super) distances: &'a DistanceMatrix<S>,
    pub(super) binomials: Binomials,
    pub(super) field: PrimeField,
    pub(super) threshold: S,
    /// The pairs up to the threshold.
    pub(super) neighbors: Adjacency,
}

impl<'a, S: Scalar> Filtration<'a, S> {
    pub(super) fn new(
        distances: &'a DistanceMatrix<S>,
        max_homology_dimension: usize,
        field: PrimeField,
        threshold: S,
    ) -> Result<Self, Error> {
        let n_vertices = max_homology_dimension + 2;
        if n_vertices > MAX_VERTICES {
            let (argument, value) = ("max_homology_dimension", max_homology_dimension as f64);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "at most 14" }.into());
        }
        let binomials = Binomials::new(distances.n_points(), n_vertices)?;
        let mut neighbors = Adjacency::new(distances.n_points());
        for a in 1..distances.n_points() {
            let near = |&(_, distance): &(usize, &S)| *distance <= threshold;
            for (b, _) in distances.row_below(a).iter().enumerate().filter(near) {
                neighbors.join(a, b);
            }
        }
        Ok(Self { distances, binomials, field, threshold, neighbors })
    }

    /// The cofacets up to the threshold, by decreasing index.
    pub(super) fn cofacets(&self, simplex: Entry<S>, dimension: usize) -> Cofacets<'_, S> {
        Cofacets::new(self, simplex, dimension)
    }

    /// The facets, by increasing index.
    pub(super) fn facets(&self, simplex: Entry<S>, dimension: usize) -> Facets<'_, S> {
        Facets::new(self, simplex, dimension)
    }

    /// The largest dissimilarity among some vertices.
    pub(super) fn diameter(&self, vertices: impl Iterator<Item = u32> + Clone) -> S {
        let mut diameter = S::ZERO;
        let mut rest = vertices;
        while let Some(a) = rest.next() {
            for b in rest.clone() {
                let distance = self.distances.get(a as usize, b as usize);
                if distance > diameter {
                    diameter = distance;
                }
            }
        }
        diameter
    }
}
