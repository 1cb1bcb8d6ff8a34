//! Which edges have entered, as one row of bits per point.

use super::edge_order::PackedEdge;

/// Words that are looked at together: 512 bits.
pub(super) const GROUP: usize = 8;

/// A symmetric bit matrix over positions whose diagonal is set: a point is its own neighbour.
#[derive(Debug, Clone)]
pub(super) struct Adjacency {
    words_per_row: usize,
    words: Vec<u64>,
}

impl Adjacency {
    pub(super) fn new(n_points: usize) -> Self {
        let words_per_row = n_points.div_ceil(64 * GROUP) * GROUP;
        let mut adjacency = Self { words_per_row, words: vec![0; n_points * words_per_row] };
        for point in 0..n_points {
            adjacency.set(point, point);
        }
        adjacency
    }

    pub(super) fn words_per_row(&self) -> usize {
        self.words_per_row
    }

    /// The neighbours of a position.
    #[inline]
    pub(super) fn row(&self, position: usize) -> &[u64] {
        &self.words[position * self.words_per_row..][..self.words_per_row]
    }

    #[inline]
    pub(super) fn contains(&self, a: usize, b: usize) -> bool {
        self.words[a * self.words_per_row + b / 64] >> (b % 64) & 1 == 1
    }

    pub(super) fn insert<'e>(&mut self, edges: impl Iterator<Item = &'e PackedEdge>) {
        for edge in edges {
            self.join(edge.larger(), edge.smaller());
        }
    }

    /// Makes two positions neighbours.
    #[inline]
    pub(super) fn join(&mut self, a: usize, b: usize) {
        self.set(a, b);
        self.set(b, a);
    }

    /// Makes two positions strangers.
    #[inline]
    pub(super) fn part(&mut self, a: usize, b: usize) {
        self.words[a * self.words_per_row + b / 64] &= !(1 << (b % 64));
        self.words[b * self.words_per_row + a / 64] &= !(1 << (a % 64));
    }

    /// Writes the common neighbours of the ends of an edge.
    #[inline]
    pub(super) fn common(&self, edge: PackedEdge, bits: &mut [u64]) {
        let rows = self.row(edge.larger()).iter().zip(self.row(edge.smaller()));
        for (bits, (u, v)) in bits.iter_mut().zip(rows) {
            *bits = u & v;
        }
    }

    #[inline]
    fn set(&mut self, row: usize, column: usize) {
        self.words[row * self.words_per_row + column / 64] |= 1 << (column % 64);
    }
}

/// The first groups of all rows, which decide most questions, in an order in which they will be read.
#[derive(Debug)]
pub(super) struct Heads<'a> {
    adjacency: &'a Adjacency,
    positions: &'a [u32],
    first_groups: Vec<[u64; GROUP]>,
}

impl<'a> Heads<'a> {
    /// Of the rows at these positions.
    pub(super) fn of(adjacency: &'a Adjacency, positions: &'a [u32]) -> Self {
        let row = |&position: &u32| adjacency.row(position as usize).first_chunk().copied();
        Self { adjacency, positions, first_groups: positions.iter().filter_map(row).collect() }
    }

    /// Whether two of the rows have a neighbour in common.
    #[inline]
    pub(super) fn have_common_neighbor(&self, a: usize, b: usize) -> bool {
        meet(&self.first_groups[a], &self.first_groups[b]) || self.meet_beyond(a, b)
    }

    fn meet_beyond(&self, a: usize, b: usize) -> bool {
        let groups = |at: usize| self.adjacency.row(self.positions[at] as usize).as_chunks().0;
        groups(a).iter().zip(groups(b)).skip(1).any(|(a, b)| meet(a, b))
    }
}

/// Whether two groups have a bit in common, without a branch inside.
#[inline]
fn meet(a: &[u64; GROUP], b: &[u64; GROUP]) -> bool {
    a.iter().zip(b).fold(0, |any, (a, b)| any | (a & b)) != 0
}

/// The positions of the set bits of a word.
#[inline]
pub(super) fn positions_in(word: usize, bits: u64) -> impl Iterator<Item = usize> {
    let mut rest = bits;
    std::iter::from_fn(move || {
        let lowest = (rest != 0).then(|| word * 64 + rest.trailing_zeros() as usize);
        rest &= rest.wrapping_sub(1);
        lowest
    })
}

/// The positions of the set bits of several words.
pub(super) fn positions(bits: &[u64]) -> impl Iterator<Item = usize> + '_ {
    bits.iter().enumerate().flat_map(|(at, &word)| positions_in(at, word))
}
