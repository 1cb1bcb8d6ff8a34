//! Whether two populations differ more than persons dealt at random do.

use topolens::statistics::{GroupPermutations, TestedStatistic};

use super::pooled::Pooled;
use super::quantity::{BETWEEN, OF_SIDE};
use crate::Result;
use crate::profile::curve::Quantity;

/// A quantity with its p-value.
pub(in crate::spoofing) struct Tested {
    pub(in crate::spoofing) quantity: Quantity<'static>,
    pub(in crate::spoofing) p_value: Option<f64>,
}

/// Tests every quantity on the same permutations of persons: of those of one side the absolute difference between the sides, of those between
/// sides the value itself, but for MTop-Div, which may be smaller where clouds lie apart and is tested on both sides.
pub(in crate::spoofing) fn tested(
    pooled: &Pooled,
    persons: &[usize],
    is_second: &[bool],
    n_permutations: usize,
    seed: u64,
) -> Result<Vec<Tested>> {
    let statistics = |is_second: &[bool]| statistics(pooled, is_second, seed);
    let test = GroupPermutations::new().n_permutations(n_permutations).seed(seed);
    let mut found = test.test(persons, is_second, statistics)?;
    let below = found.pop().and_then(|tested| tested.p_value);
    let tested =
        |(quantity, TestedStatistic { p_value, .. }): (&Quantity<'static>, TestedStatistic)| Tested {
            quantity: *quantity,
            p_value: if *quantity == BETWEEN[DIVERGENCE] {
                p_value.zip(below).map(|(above, below)| two_sided(above, below))
            } else {
                p_value
            },
        };
    Ok(OF_SIDE.iter().chain(&BETWEEN).zip(found).map(tested).collect())
}

/// The p-value of a test on both sides from those of each.
fn two_sided(above: f64, below: f64) -> f64 {
    (2.0 * above.min(below)).min(1.0)
}

/// The place of MTop-Div among the quantities between sides.
const DIVERGENCE: usize = 0;

/// The quantities, and last the divergence with its sign reversed.
fn statistics(pooled: &Pooled, is_second: &[bool], seed: u64) -> Vec<Option<f64>> {
    let of = |side: bool| pooled.side(is_second, side).map(|side| side.quantities(seed));
    let mut found = match (of(false), of(true)) {
        (Ok(first), Ok(second)) => {
            let gap = |(first, second): (Result<f64>, Result<f64>)| Some((second.ok()? - first.ok()?).abs());
            first.into_iter().zip(second).map(gap).collect()
        }
        _ => vec![None; OF_SIDE.len()],
    };
    let between = pooled.quantities_between(is_second).map(Result::ok);
    let below = between[DIVERGENCE].map(|divergence| -divergence);
    found.extend(between);
    found.push(below);
    found
}

#[cfg(test)]
mod tests {
    use topolens::{PointCloud, Scaling, synthetic};

    use super::*;

    /// 12 persons with 3 images each around a place of their own; those of the second half have wider clouds and lie `off`.
    fn p_values(seed: u64, off: f32, width: f32) -> Vec<f64> {
        const N: usize = 36;
        let places = synthetic::gaussian(12, 6, seed).unwrap();
        let noise = synthetic::gaussian(N, 6, seed + 1000).unwrap();
        let mut values = Vec::new();
        for (at, noise) in noise.points().enumerate() {
            let (spread, moved) = if at >= N / 2 { (width, off) } else { (1.0, 0.0) };
            let place = places.point(at / 3).iter().zip(noise);
            values.extend(place.map(|(place, noise)| spread * (*place + 0.3 * noise) as f32 + moved));
        }
        let cloud = PointCloud::new(values, N, 6).unwrap();
        let pooled = Pooled::new(&cloud, &(0..N).collect::<Vec<_>>(), Scaling::MinMax).unwrap();
        let persons: Vec<usize> = (0..N).map(|at| at / 3).collect();
        let is_second: Vec<bool> = (0..N).map(|at| at >= N / 2).collect();
        let found = tested(&pooled, &persons, &is_second, 39, seed).unwrap();
        found.iter().map(|tested| tested.p_value.unwrap_or(1.0)).collect()
    }

    fn rejections(seeds: std::ops::Range<u64>, off: f32, width: f32) -> Vec<usize> {
        let mut rejected = vec![0; OF_SIDE.len() + BETWEEN.len()];
        for seed in seeds {
            for (count, p_value) in rejected.iter_mut().zip(p_values(seed, off, width)) {
                *count += usize::from(p_value <= 0.05);
            }
        }
        rejected
    }

    #[test]
    fn a_test_on_both_sides_doubles_the_smaller_p_value() {
        assert_eq!((two_sided(0.02, 1.0), two_sided(0.9, 0.125), two_sided(0.6, 0.7)), (0.04, 0.25, 1.0));
    }

    #[test]
    fn populations_that_differ_are_told_apart() {
        let apart = rejections(0..4, 3.0, 1.0);
        // MTop-Div asks whether one cloud fills the loops of the other, not where it lies.
        assert!(apart[6..].iter().all(|count| *count == 4), "{apart:?}");
        let wide = rejections(0..4, 0.0, 4.0);
        assert!(wide[3] >= 3, "{wide:?}");
    }

    #[test]
    fn alike_populations_rarely_are() {
        // 1 of 24 is expected; the binomial's central 99.99 % ends at 7.
        let rejected = rejections(0..24, 0.0, 1.0);
        assert!(rejected.iter().all(|count| *count <= 7), "{rejected:?}");
    }

    #[test]
    #[ignore = "nightly: thousand tests of nine quantities"]
    fn the_size_is_five_in_a_hundred() {
        // 50 are expected; the binomial's central 99.9 % are 28 to 74.
        let rejected = rejections(1000..2000, 0.0, 1.0);
        assert!(rejected.iter().all(|count| (28..=74).contains(count)), "{rejected:?}");
    }
}
