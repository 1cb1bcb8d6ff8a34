//! What the earlier edges span on a lune, and how a cocycle extends over it.

use crate::homology::adjacency::{Adjacency, positions_in};

/// How many points are tried as the tip of a cone.
const MAX_TIPS: usize = 8;

/// The points of a lune as bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lune<'a> {
    pub(super) adjacency: &'a Adjacency,
    pub(super) bits: &'a [u64],
}

impl<'a> Lune<'a> {
    /// The positions in the lune, ascending.
    pub(super) fn points(self) -> impl Iterator<Item = usize> + 'a {
        positions(self.bits)
    }

    /// A point adjacent to all others, if one of the first is.
    pub(super) fn tip(self) -> Option<usize> {
        self.points().take(MAX_TIPS).find(|&point| {
            self.bits.iter().zip(self.adjacency.row(point)).all(|(lune, row)| lune & !row == 0)
        })
    }
}

/// The positions of the set bits.
pub(super) fn positions(bits: &[u64]) -> impl Iterator<Item = usize> + '_ {
    bits.iter().enumerate().flat_map(|(at, &word)| positions_in(at, word))
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
            let Some(&(point, _)) = self.branches.get(next) else { return };
            parent = point;
            next += 1;
        }
    }

    /// The points of a tree.
    pub(super) fn tree(&self, tree: usize) -> &[u64] {
        &self.trees[tree]
    }

    /// The function that vanishes at the roots and differs along every branch by what `differences` has there: per
    /// position a row of bits.
    pub(super) fn sums(&self, differences: &[u64], n_words: usize) -> Vec<u64> {
        let mut sums = vec![0; n_words];
        for &(point, parent) in &self.branches {
            let differs = contains(&differences[parent * n_words..][..n_words], point);
            if contains(&sums, parent) != differs {
                sums[point / 64] |= 1 << (point % 64);
            }
        }
        sums
    }
}

impl Lune<'_> {
    /// The edges on which a function does not differ by what `differences` has there, as packed positions, ascending.
    pub(super) fn disagreements(self, sums: &[u64], differences: &[u64]) -> Vec<u32> {
        let n_words = sums.len();
        let mut edges = Vec::new();
        for point in self.points() {
            let flipped = if contains(sums, point) { u64::MAX } else { 0 };
            let differences = &differences[point * n_words..][..n_words];
            let row = self.adjacency.row(point);
            for word in 0..=point / 64 {
                let wrong = (differences[word] ^ sums[word] ^ flipped) & row[word] & self.bits[word];
                let below = if word == point / 64 { wrong & ((1 << (point % 64)) - 1) } else { wrong };
                edges.extend(positions_in(word, below).map(|other| (point << 16 | other) as u32));
            }
        }
        edges
    }
}
