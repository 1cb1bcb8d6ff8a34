//! Enumeration of cofacets (one vertex more) and facets (one vertex less), with their signs.

use super::column::Entry;
use super::filtration::Filtration;
use super::simplex::Vertices;
use crate::Scalar;

/// The cofacets of a simplex up to the threshold, by decreasing index, with the coefficients of its coboundary.
#[derive(Debug)]
pub(super) struct Cofacets<'a, S> {
    filtration: &'a Filtration<'a, S>,
    simplex: Entry<S>,
    vertices: Vertices,
    /// The word of the neighbours' bits that is being looked at, and what is left of it.
    word: usize,
    common: u64,
    /// Candidates end here: 0, or one above the largest vertex.
    end: usize,
    /// How many vertices of the simplex lie below the candidate.
    n_below: usize,
    /// The contribution to the index of the vertices below the candidate, and above it, one place up.
    below: u64,
    above: u64,
}

impl<'a, S: Scalar> Cofacets<'a, S> {
    pub(super) fn new(filtration: &'a Filtration<'a, S>, simplex: Entry<S>, dimension: usize) -> Self {
        Self {
            filtration,
            simplex,
            vertices: filtration.binomials.vertices(simplex.index, dimension),
            word: filtration.neighbors.words_per_row(),
            common: 0,
            end: 0,
            n_below: dimension + 1,
            below: simplex.index,
            above: 0,
        }
    }

    /// Only the cofacets whose new vertex is the largest: every simplex is such a cofacet of exactly one facet.
    pub(super) fn with_new_largest_vertex(mut self) -> Self {
        self.end = self.vertices.as_slice()[0] as usize + 1;
        self
    }

    /// The largest vertex not seen yet that is a neighbour of all vertices; those of the simplex are their own.
    #[inline]
    fn next_candidate(&mut self) -> Option<usize> {
        while self.common == 0 {
            self.word = self.word.checked_sub(1)?;
            if (self.word + 1) * 64 <= self.end {
                return None;
            }
            let words = self.vertices.as_slice().iter();
            let words = words.map(|&vertex| self.filtration.neighbors.row(vertex as usize)[self.word]);
            self.common = words.fold(u64::MAX, |common, word| common & word);
        }
        let bit = 63 - self.common.leading_zeros() as usize;
        self.common ^= 1 << bit;
        let candidate = self.word * 64 + bit;
        (candidate >= self.end).then_some(candidate)
    }

    /// Moves past a candidate that is a vertex of the simplex already.
    fn skip_vertex(&mut self, candidate: usize) {
        let binomials = &self.filtration.binomials;
        self.below -= binomials.get(candidate, self.n_below);
        self.above += binomials.get(candidate, self.n_below + 1);
        self.n_below -= 1;
    }

    /// The diameter with the candidate added.
    #[inline]
    fn diameter(&self, candidate: usize) -> S {
        let mut diameter = self.simplex.diameter;
        for &vertex in self.vertices.as_slice() {
            let distance = self.filtration.distances.get(candidate, vertex as usize);
            if distance > diameter {
                diameter = distance;
            }
        }
        diameter
    }
}

impl<S: Scalar> Iterator for Cofacets<'_, S> {
    type Item = Entry<S>;

    fn next(&mut self) -> Option<Entry<S>> {
        while let Some(candidate) = self.next_candidate() {
            let vertices = self.vertices.as_slice();
            if self.n_below > 0 && vertices[vertices.len() - self.n_below] as usize == candidate {
                self.skip_vertex(candidate);
                continue;
            }
            let Filtration { binomials, field, .. } = self.filtration;
            let index = self.above + binomials.get(candidate, self.n_below + 1) + self.below;
            let coefficient = signed(field, self.simplex.coefficient, self.n_below);
            return Some(Entry { diameter: self.diameter(candidate), index, coefficient });
        }
        None
    }
}

/// The facets of a simplex, by increasing index, with the coefficients of its boundary.
#[derive(Debug)]
pub(super) struct Facets<'a, S> {
    filtration: &'a Filtration<'a, S>,
    simplex: Entry<S>,
    vertices: Vertices,
    /// The position of the next vertex to leave out.
    position: usize,
    below: u64,
    above: u64,
}

impl<'a, S: Scalar> Facets<'a, S> {
    pub(super) fn new(filtration: &'a Filtration<'a, S>, simplex: Entry<S>, dimension: usize) -> Self {
        let vertices = filtration.binomials.vertices(simplex.index, dimension);
        Self { filtration, simplex, vertices, position: 0, below: simplex.index, above: 0 }
    }
}

impl<S: Scalar> Iterator for Facets<'_, S> {
    type Item = Entry<S>;

    fn next(&mut self) -> Option<Entry<S>> {
        let Filtration { binomials, field, .. } = self.filtration;
        let vertices = self.vertices.as_slice();
        let left_out = *vertices.get(self.position)? as usize;
        let n_below = vertices.len() - 1 - self.position;
        self.below -= binomials.get(left_out, n_below + 1);
        let index = self.above + self.below;
        self.above += binomials.get(left_out, n_below);
        let (before, after) = (&vertices[..self.position], &vertices[self.position + 1..]);
        let diameter = self.filtration.diameter(before.iter().chain(after).copied());
        self.position += 1;
        Some(Entry { diameter, index, coefficient: signed(field, self.simplex.coefficient, n_below) })
    }
}

fn signed(field: &super::field::PrimeField, coefficient: u32, n_below: usize) -> u32 {
    if n_below.is_multiple_of(2) { coefficient } else { field.negate(coefficient) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::homology::field::PrimeField;
    use crate::{DistanceMatrix, synthetic};

    fn entry(filtration: &Filtration<'_, f64>, index: u64, dimension: usize) -> Entry<f64> {
        let vertices = filtration.binomials.vertices(index, dimension);
        let diameter = filtration.diameter(vertices.as_slice().iter().copied());
        Entry { diameter, index, coefficient: 1 }
    }

    #[test]
    fn boundary_and_coboundary_are_transposes() {
        let distances = DistanceMatrix::from_cloud(&synthetic::gaussian(7, 2, 0).unwrap());
        let filtration = Filtration::new(&distances, 3, PrimeField::new(5).unwrap(), f64::INFINITY).unwrap();
        for dimension in 1..=3 {
            let mut incidences = 0;
            for index in 0..filtration.binomials.get(7, dimension + 1) {
                let simplex = entry(&filtration, index, dimension);
                for cofacet in filtration.cofacets(simplex, dimension) {
                    let whole = entry(&filtration, cofacet.index, dimension + 1);
                    assert_eq!(whole.diameter, cofacet.diameter);
                    let back = filtration.facets(whole, dimension + 1).find(|f| f.index == index).unwrap();
                    assert_eq!((back.diameter, back.coefficient), (simplex.diameter, cofacet.coefficient));
                    incidences += 1;
                }
            }
            assert_eq!(incidences, filtration.binomials.get(7, dimension + 2) * (dimension as u64 + 2));
        }
    }

    #[test]
    fn the_boundary_of_a_boundary_vanishes() {
        let distances = DistanceMatrix::from_cloud(&synthetic::gaussian(7, 2, 0).unwrap());
        let filtration = Filtration::new(&distances, 3, PrimeField::new(5).unwrap(), f64::INFINITY).unwrap();
        let tetrahedron = entry(&filtration, 17, 3);
        let mut sums = std::collections::BTreeMap::<u64, u32>::new();
        for triangle in filtration.facets(tetrahedron, 3) {
            for edge in filtration.facets(triangle, 2) {
                let sum = sums.entry(edge.index).or_default();
                *sum = filtration.field.add(*sum, edge.coefficient);
            }
        }
        assert_eq!(sums.len(), 6);
        assert!(sums.values().all(|&sum| sum == 0));
    }

    #[test]
    fn orders_are_those_the_algorithm_relies_on() {
        let distances = DistanceMatrix::from_cloud(&synthetic::gaussian(9, 2, 1).unwrap());
        let filtration = Filtration::new(&distances, 2, PrimeField::new(2).unwrap(), f64::INFINITY).unwrap();
        let triangle = entry(&filtration, 40, 2);
        let cofacets: Vec<u64> = filtration.cofacets(triangle, 2).map(|c| c.index).collect();
        let facets: Vec<u64> = filtration.facets(triangle, 2).map(|f| f.index).collect();
        assert!(cofacets.is_sorted_by(|a, b| a > b) && cofacets.len() == 6);
        assert!(facets.is_sorted_by(|a, b| a < b) && facets.len() == 3);
        let largest = filtration.cofacets(triangle, 2).with_new_largest_vertex().count();
        assert_eq!(largest, 8 - filtration.binomials.vertices(40, 2).as_slice()[0] as usize);
    }
}
