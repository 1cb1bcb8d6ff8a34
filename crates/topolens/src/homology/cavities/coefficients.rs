//! Rows of coefficients, one per point: bits over ℤ/2, numbers over ℤ/p.

use std::fmt::Debug;

use super::lune::contains;
use crate::homology::adjacency::positions;
use crate::homology::adjacency::positions_in;
use crate::homology::field::PrimeField;

/// How rows over a prime field are kept and added.
pub(super) trait Coefficients: Copy + Debug {
    /// What a row is made of; the default is zero.
    type Word: Copy + Debug + Default + PartialEq;

    fn field(&self) -> &PrimeField;

    /// The words of a row for so many points.
    fn row_length(n_points: usize) -> usize;

    fn get(row: &[Self::Word], position: usize) -> u32;

    fn add_at(&self, row: &mut [Self::Word], position: usize, value: u32);

    fn add(&self, row: &mut [Self::Word], other: &[Self::Word], factor: u32);

    /// Adds or subtracts another row where a mask has bits.
    fn add_within(&self, row: &mut [Self::Word], other: &[Self::Word], is_negative: bool, mask: &[u64]);

    /// The positions where a row is not zero, and what is there.
    fn entries(row: &[Self::Word]) -> impl Iterator<Item = (usize, u32)>;

    /// The positions within one word of bits where `differences + value - sums` is not zero, and what it is.
    fn disagreements(
        &self,
        value: u32,
        sums: &[Self::Word],
        differences: &[Self::Word],
        within: (usize, u64),
    ) -> impl Iterator<Item = (usize, u32)>;
}

/// Bits: the field is ℤ/2.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'a>(pub(super) &'a PrimeField);

impl Coefficients for Bits<'_> {
    type Word = u64;

    fn field(&self) -> &PrimeField {
        self.0
    }

    fn row_length(n_points: usize) -> usize {
        n_points.div_ceil(64)
    }

    #[inline]
    fn get(row: &[u64], position: usize) -> u32 {
        u32::from(contains(row, position))
    }

    #[inline]
    fn add_at(&self, row: &mut [u64], position: usize, value: u32) {
        row[position / 64] ^= u64::from(value) << (position % 64);
    }

    #[inline]
    fn add(&self, row: &mut [u64], other: &[u64], _: u32) {
        row.iter_mut().zip(other).for_each(|(word, other)| *word ^= other);
    }

    #[inline]
    fn add_within(&self, row: &mut [u64], other: &[u64], _: bool, mask: &[u64]) {
        row.iter_mut().zip(other).zip(mask).for_each(|((word, other), mask)| *word ^= other & mask);
    }

    fn entries(row: &[u64]) -> impl Iterator<Item = (usize, u32)> {
        positions(row).map(|position| (position, 1))
    }

    #[inline]
    fn disagreements(
        &self,
        value: u32,
        sums: &[u64],
        differences: &[u64],
        (word, bits): (usize, u64),
    ) -> impl Iterator<Item = (usize, u32)> {
        let flipped = if value == 1 { u64::MAX } else { 0 };
        let wrong = (differences[word] ^ sums[word] ^ flipped) & bits;
        positions_in(word, wrong).map(|position| (position, 1))
    }
}

/// Numbers below the modulus.
#[derive(Debug, Clone, Copy)]
pub(super) struct Residues<'a>(pub(super) &'a PrimeField);

impl Coefficients for Residues<'_> {
    type Word = u16;

    fn field(&self) -> &PrimeField {
        self.0
    }

    fn row_length(n_points: usize) -> usize {
        n_points
    }

    #[inline]
    fn get(row: &[u16], position: usize) -> u32 {
        u32::from(row[position])
    }

    #[inline]
    fn add_at(&self, row: &mut [u16], position: usize, value: u32) {
        row[position] = self.0.add(u32::from(row[position]), value) as u16;
    }

    #[inline]
    fn add(&self, row: &mut [u16], other: &[u16], factor: u32) {
        for (value, &other) in row.iter_mut().zip(other).filter(|(_, other)| **other != 0) {
            *value = self.0.add(u32::from(*value), self.0.multiply(u32::from(other), factor)) as u16;
        }
    }

    #[inline]
    fn add_within(&self, row: &mut [u16], other: &[u16], is_negative: bool, mask: &[u64]) {
        for position in positions(mask).filter(|&position| other[position] != 0) {
            let value = u32::from(other[position]);
            self.add_at(row, position, if is_negative { self.0.negate(value) } else { value });
        }
    }

    fn entries(row: &[u16]) -> impl Iterator<Item = (usize, u32)> {
        row.iter().enumerate().filter(|(_, value)| **value != 0).map(|(at, &value)| (at, u32::from(value)))
    }

    #[inline]
    fn disagreements(
        &self,
        value: u32,
        sums: &[u16],
        differences: &[u16],
        (word, bits): (usize, u64),
    ) -> impl Iterator<Item = (usize, u32)> {
        positions_in(word, bits).filter_map(move |position| {
            let expected = self.0.add(u32::from(differences[position]), value);
            let difference = self.0.add(expected, self.0.negate(u32::from(sums[position])));
            (difference != 0).then_some((position, difference))
        })
    }
}
