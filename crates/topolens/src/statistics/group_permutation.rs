//! Two-sample tests that permute whole groups of points.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::error::{Error, InputKind};
use crate::random::generator;

/// A permutation test of two samples whose points come in groups, such as images of persons: under the null hypothesis it makes no
/// difference on which side a group is.
///
/// Every group lies on one side. A permutation deals the groups anew, as many to each side as before, so that points of one group stay
/// together: permuting the points one by one would take the likeness within groups for a difference between sides.
///
/// $p = (1 + \#\{b : T_b \ge T\}) / (1 + B)$ for a statistic $T$ that is large where the sides differ. The test is exact if groups are
/// exchangeable.
///
/// # Errors
///
/// Lengths differ, a group is on both sides, or a side has no group.
///
/// # Complexity
///
/// $B + 1$ evaluations, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::statistics::GroupPermutations;
///
/// let x = [0.1, 0.2, 0.0, 0.3, 0.1, 0.2, 5.1, 5.2, 5.0, 5.3, 4.9, 5.1];
/// let groups = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5];
/// let is_second: Vec<bool> = groups.iter().map(|group| *group >= 3).collect();
/// let gap = |is_second: &[bool]| {
///     let sum = |side: bool| x.iter().zip(is_second).filter(|(_, of)| **of == side).map(|(x, _)| x).sum::<f64>();
///     vec![Some((sum(true) - sum(false)).abs())]
/// };
/// let tested = GroupPermutations::new().test(&groups, &is_second, gap)?;
/// // 2 of the 20 ways to deal six groups are as far apart.
/// assert!((tested[0].p_value.unwrap() - 0.1).abs() < 0.05);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `phipson2010`
#[derive(Debug, Clone)]
pub struct GroupPermutations {
    n_permutations: usize,
    seed: u64,
}

/// A statistic with its p-value.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct TestedStatistic {
    /// The statistic of the sides as they are; `None` where it is undefined.
    pub value: Option<f64>,
    /// The share of deals, that given among them, with a statistic as large; deals on which it is undefined count as such. `None` where
    /// the value is undefined.
    pub p_value: Option<f64>,
}

impl Default for GroupPermutations {
    fn default() -> Self {
        Self::new()
    }
}

impl GroupPermutations {
    /// 199 permutations, seed 0.
    pub fn new() -> Self {
        Self { n_permutations: 199, seed: 0 }
    }

    /// The number of permutations.
    #[must_use]
    pub fn n_permutations(self, n_permutations: usize) -> Self {
        Self { n_permutations, ..self }
    }

    /// The seed of the permutations.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Tests the statistics that `statistics` computes from the side of each point, all on the same permutations.
    ///
    /// # Shape
    ///
    /// `groups` and `is_second`: one entry per point. One tested statistic for each that `statistics` returns.
    ///
    /// # Errors
    ///
    /// See [`GroupPermutations`].
    pub fn test(
        &self,
        groups: &[usize],
        is_second: &[bool],
        statistics: impl Fn(&[bool]) -> Vec<Option<f64>> + Sync,
    ) -> Result<Vec<TestedStatistic>, Error> {
        let sides = sides_of_groups(groups, is_second)?;
        let permuted = |permutation: u64| {
            let mut dealt: Vec<bool> = sides.values().copied().collect();
            dealt.shuffle(&mut generator(self.seed, permutation));
            let of_group: BTreeMap<usize, bool> = sides.keys().copied().zip(dealt).collect();
            statistics(&groups.iter().map(|group| of_group[group]).collect::<Vec<bool>>())
        };
        let found: Vec<Vec<Option<f64>>> =
            (0..self.n_permutations as u64).into_par_iter().map(permuted).collect();
        let tested = statistics(is_second).into_iter().enumerate().map(|(at, value)| {
            let p_value = value.map(|value| {
                let as_large = |other: &&Vec<Option<f64>>| {
                    other.get(at).copied().flatten().is_none_or(|other| other >= value)
                };
                (1.0 + found.iter().filter(as_large).count() as f64) / (1.0 + found.len() as f64)
            });
            TestedStatistic { value, p_value }
        });
        Ok(tested.collect())
    }
}

/// The side of each group.
fn sides_of_groups(groups: &[usize], is_second: &[bool]) -> Result<BTreeMap<usize, bool>, Error> {
    if groups.len() != is_second.len() {
        let (argument, expected, got) = ("is_second", groups.len(), is_second.len());
        return Err(InputKind::ShapeMismatch { argument, expected, got }.into());
    }
    let mut sides = BTreeMap::new();
    for (&group, &side) in groups.iter().zip(is_second) {
        if *sides.entry(group).or_insert(side) != side {
            return Err(InputKind::GroupOnBothSides { group }.into());
        }
    }
    for side in [false, true] {
        if !sides.values().any(|of| *of == side) {
            return Err(InputKind::Empty { argument: "is_second" }.into());
        }
    }
    Ok(sides)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    /// Values of persons that differ much, with four images each that are alike.
    fn persons(seed: u64, shift: f64) -> (Vec<f64>, Vec<usize>, Vec<bool>) {
        let mut random = generator(seed, 0);
        let (mut values, mut groups, mut is_second) = (Vec::new(), Vec::new(), Vec::new());
        for person in 0..12_usize {
            let own: f64 = random.random::<f64>() + if person < 6 { 0.0 } else { shift };
            for _ in 0..4 {
                values.push(own + 0.01 * random.random::<f64>());
                groups.push(person);
                is_second.push(person >= 6);
            }
        }
        (values, groups, is_second)
    }

    fn p_value(seed: u64, shift: f64) -> f64 {
        let (values, groups, is_second) = persons(seed, shift);
        let gap = |is_second: &[bool]| {
            let of = |side: bool| values.iter().zip(is_second).filter(move |(_, of)| **of == side);
            let mean = |side: bool| of(side).map(|(x, _)| x).sum::<f64>() / of(side).count() as f64;
            vec![Some((mean(true) - mean(false)).abs()), None]
        };
        let test = GroupPermutations::new().n_permutations(99).seed(seed);
        let tested = test.test(&groups, &is_second, gap).unwrap();
        assert_eq!((tested[1].value, tested[1].p_value), (None, None));
        tested[0].p_value.unwrap()
    }

    #[test]
    fn without_a_difference_one_test_in_twenty_rejects() {
        let rejected = (0..400).filter(|seed| p_value(*seed, 0.0) <= 0.05).count();
        // 20 are expected; the binomial's central 99.9 % are 8 to 36. Dealing images one by one rejects more than half.
        assert!((8..=36).contains(&rejected), "{rejected}");
    }

    #[test]
    #[ignore = "nightly: thousand tests"]
    fn the_size_is_five_in_a_hundred() {
        let rejected = (1000..2000).filter(|seed| p_value(*seed, 0.0) <= 0.05).count();
        assert!((40..=60).contains(&rejected), "{rejected}");
    }

    #[test]
    fn a_difference_is_found() {
        let found = (0..20).filter(|seed| p_value(*seed, 1.0) <= 0.05).count();
        assert!(found >= 18, "{found}");
    }

    #[test]
    fn groups_on_both_sides_and_empty_sides_are_errors() {
        let test = |groups: &[usize], is_second: &[bool]| {
            let message = GroupPermutations::new().test(groups, is_second, |_| vec![]).unwrap_err();
            message.to_string()
        };
        assert!(test(&[0, 0], &[true, false]).contains("group 0"));
        assert!(test(&[0, 1], &[true, true]).contains("is_second"));
        assert!(test(&[0, 1], &[true]).contains("2 numbers"));
    }
}
