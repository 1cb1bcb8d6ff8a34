//! What the earlier edges span on a lune, and how a cocycle extends over it.

use super::coefficients::Coefficients;
use crate::homology::adjacency::{Adjacency, positions, positions_in};
use crate::homology::edge_order::PackedEdge;

/// The points of a lune as bits.
#[derive(Debug, Clone, Copy)]
pub(in crate::homology) struct Lune<'a> {
    pub(in crate::homology) adjacency: &'a Adjacency,
    pub(in crate::homology) bits: &'a [u64],
}

impl<'a> Lune<'a> {
    /// The positions in the lune, ascending.
    pub(in crate::homology) fn points(self) -> impl Iterator<Item = usize> + 'a {
        positions(self.bits)
    }

    /// The first point adjacent to all others, if there is one.
    pub(in crate::homology) fn tip(self) -> Option<usize> {
        let mut candidate = self.points().next()?;
        let Some(mut stranger) = self.stranger_of(candidate) else { return Some(candidate) };
        let mut candidates = self.bits.to_vec();
        loop {
            // A tip is adjacent to whatever showed that another point is none.
            let rows = candidates.iter_mut().zip(self.adjacency.row(stranger));
            rows.for_each(|(candidates, row)| *candidates &= row);
            candidate = positions(&candidates).next()?;
            match self.stranger_of(candidate) {
                Some(next) => stranger = next,
                None => return Some(candidate),
            }
        }
    }

    /// The first point of the lune that is not adjacent to a point.
    fn stranger_of(self, point: usize) -> Option<usize> {
        let rows = self.bits.iter().zip(self.adjacency.row(point)).enumerate();
        let mut strangers = rows.map(|(word, (lune, row))| (word, lune & !row));
        let (word, bits) = strangers.find(|(_, bits)| *bits != 0)?;
        positions_in(word, bits).next()
    }
}

/// Tasks that the lunes of a filtration are searched in.
pub(in crate::homology) const N_PARTS: usize = 16;

/// Shows the edges of one of [`N_PARTS`] parts, by place, with the lunes that those before them make.
pub(in crate::homology) fn each_lune(
    n_points: usize,
    edges: &[PackedEdge],
    part: usize,
    mut see: impl FnMut(usize, Lune<'_>),
) {
    let start = |part: usize| edges.len() * part / N_PARTS;
    let mut adjacency = Adjacency::new(n_points);
    adjacency.insert(edges[..start(part)].iter());
    let mut bits = vec![0; n_points.div_ceil(64)];
    for (place, edge) in edges.iter().enumerate().take(start(part + 1)).skip(start(part)) {
        adjacency.common(*edge, &mut bits);
        see(place, Lune { adjacency: &adjacency, bits: &bits });
        adjacency.join(edge.larger(), edge.smaller());
    }
}

#[inline]
pub(super) fn contains(bits: &[u64], position: usize) -> bool {
    bits[position / 64] >> (position % 64) & 1 == 1
}

/// A spanning forest of the earlier edges on a lune.
#[derive(Debug)]
pub(super) struct Forest {
    /// Every point that is not a root with its parent, parents first.
    branches: Vec<(usize, usize)>,
    /// The points of each tree as bits.
    trees: Vec<Vec<u64>>,
    pub(super) roots: Vec<usize>,
}

impl Forest {
    pub(super) fn of(lune: Lune<'_>) -> Self {
        let mut forest = Self { branches: Vec::new(), trees: Vec::new(), roots: Vec::new() };
        let mut unseen = lune.bits.to_vec();
        loop {
            let first = positions(&unseen).next();
            let Some(root) = first else { return forest };
            let before = unseen.clone();
            forest.grow(lune.adjacency, root, &mut unseen);
            forest.trees.push(before.iter().zip(&unseen).map(|(before, unseen)| before & !unseen).collect());
            forest.roots.push(root);
        }
    }

    fn grow(&mut self, adjacency: &Adjacency, root: usize, unseen: &mut [u64]) {
        let mut next = self.branches.len();
        unseen[root / 64] &= !(1 << (root % 64));
        let mut parent = root;
        loop {
            for (word, (unseen, row)) in unseen.iter_mut().zip(adjacency.row(parent)).enumerate() {
                self.branches.extend(positions_in(word, *unseen & row).map(|point| (point, parent)));
                *unseen &= !row;
            }
            if unseen.iter().all(|&word| word == 0) {
                return;
            }
            let Some(&(point, _)) = self.branches.get(next) else { return };
            parent = point;
            next += 1;
        }
    }

    /// The points of a tree.
    pub(super) fn tree(&self, tree: usize) -> &[u64] {
        &self.trees[tree]
    }

    /// The function that vanishes at the roots and grows along every branch by what `differences` has there: a row per
    /// position, that of the parent.
    pub(super) fn sums<C: Coefficients>(
        &self,
        coefficients: C,
        differences: &[C::Word],
        words_per_row: usize,
    ) -> Vec<C::Word> {
        let mut sums = vec![C::Word::default(); words_per_row];
        for &(point, parent) in &self.branches {
            let difference = C::get(&differences[parent * words_per_row..][..words_per_row], point);
            let value = coefficients.field().add(C::get(&sums, parent), difference);
            coefficients.add_at(&mut sums, point, value);
        }
        sums
    }
}

impl Lune<'_> {
    /// The edges on which a function does not grow by what `differences` has there, as packed positions, ascending.
    pub(super) fn disagreements<C: Coefficients>(
        self,
        coefficients: C,
        sums: &[C::Word],
        differences: &[C::Word],
    ) -> Vec<(u32, u32)> {
        let mut edges = Vec::new();
        for point in self.points() {
            let value = C::get(sums, point);
            let differences = &differences[point * sums.len()..][..sums.len()];
            let row = self.adjacency.row(point);
            for (word, (&row, &lune)) in row.iter().zip(self.bits).enumerate().take(point / 64 + 1) {
                let below = if word == point / 64 { (1 << (point % 64)) - 1 } else { u64::MAX };
                let within = (word, row & lune & below);
                let wrong = coefficients.disagreements(value, sums, differences, within);
                edges.extend(wrong.map(|(other, value)| ((point << 16 | other) as u32, value)));
            }
        }
        edges
    }
}

#[cfg(test)]
mod tests {
    use super::super::coefficients::Bits;
    use super::*;
    use crate::homology::field::PrimeField;

    /// A square 0 1 2 3 and the edge 4 5.
    fn square_and_edge() -> Adjacency {
        let mut adjacency = Adjacency::new(6);
        for (a, b) in [(0, 1), (1, 2), (2, 3), (0, 3), (4, 5)] {
            adjacency.join(a, b);
        }
        adjacency
    }

    #[test]
    fn a_tip_is_adjacent_to_all() {
        let adjacency = square_and_edge();
        let tip = |bits: u64| Lune { adjacency: &adjacency, bits: &[bits] }.tip();
        assert_eq!((tip(0b0111), tip(0b1111), tip(0b11_0000)), (Some(1), None, Some(4)));
    }

    #[test]
    fn a_forest_finds_components_and_the_obstruction_of_a_cycle() {
        let (adjacency, field) = (square_and_edge(), PrimeField::new(2).unwrap());
        let lune = Lune { adjacency: &adjacency, bits: &[0b11_1111] };
        let forest = Forest::of(lune);
        assert_eq!(forest.roots, [0, 4]);
        assert_eq!((forest.tree(0), forest.tree(1)), (&[0b1111][..], &[0b11_0000][..]));
        // Grows along 0 1 only: around the square that does not close up. Along 0 1 and 2 3 it does.
        for (differences, n_wrong) in [([2, 1, 0, 0, 0, 0], 1), ([2, 1, 8, 4, 0, 0], 0)] {
            let sums = forest.sums(Bits(&field), &differences, 1);
            assert_eq!(lune.disagreements(Bits(&field), &sums, &differences).len(), n_wrong);
        }
    }
}
