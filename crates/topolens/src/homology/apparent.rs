//! Apparent pairs of zero length: a simplex and a cofacet of equal diameter, each the other's first choice.
//!
//! They are persistence pairs, found by looking at the two simplices alone; none ever needs a stored column.

use super::column::Entry;
use super::filtration::Filtration;
use crate::Scalar;

impl<S: Scalar> Filtration<'_, S> {
    /// The cofacet that forms a zero-length apparent pair with the simplex.
    pub(super) fn zero_apparent_cofacet(&self, simplex: Entry<S>, dimension: usize) -> Option<Entry<S>> {
        let cofacet = self.earliest_cofacet_of_equal_diameter(simplex, dimension)?;
        let facet = self.latest_facet_of_equal_diameter(cofacet, dimension + 1)?;
        (facet.index == simplex.index).then_some(cofacet)
    }

    /// The facet that forms a zero-length apparent pair with the simplex.
    pub(super) fn zero_apparent_facet(&self, simplex: Entry<S>, dimension: usize) -> Option<Entry<S>> {
        let facet = self.latest_facet_of_equal_diameter(simplex, dimension)?;
        let cofacet = self.earliest_cofacet_of_equal_diameter(facet, dimension - 1)?;
        (cofacet.index == simplex.index).then_some(facet)
    }

    fn earliest_cofacet_of_equal_diameter(&self, simplex: Entry<S>, dimension: usize) -> Option<Entry<S>> {
        self.cofacets(simplex, dimension).find(|cofacet| cofacet.diameter == simplex.diameter)
    }

    fn latest_facet_of_equal_diameter(&self, simplex: Entry<S>, dimension: usize) -> Option<Entry<S>> {
        self.facets(simplex, dimension).find(|facet| facet.diameter == simplex.diameter)
    }
}
