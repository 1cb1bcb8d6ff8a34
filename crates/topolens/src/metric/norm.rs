//! Sums and maxima over the differences of two rows, in direct and therefore cancellation-safe form.
//!
//! $d(x, y)$ is accumulated in [`LANES`] parts of the cloud's own type: term $j$ goes to lane $j \bmod$ [`LANES`], the terms
//! beyond the last full chunk are added one after the other, then the upper half of the lanes is added to the lower half
//! and those one after the other. The order depends on the number of features only, so neither the instruction set nor
//! the number of threads changes a bit.

#![expect(
    clippy::inline_always,
    reason = "inlined into a function compiled for the vector instructions; a call would lose them"
)]

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};

use crate::Scalar;

/// The number of partial sums: one AVX-512 register of `f32`, two AVX2 registers.
const LANES: usize = 16;

/// How the differences of coordinates become one number.
pub(crate) trait Norm {
    /// A partial result with one more difference.
    fn add<S: Scalar>(sum: S, difference: S) -> S;

    /// Two partial results as one.
    fn merge<S: Scalar>(a: S, b: S) -> S;

    /// The number that a result stands for.
    fn finish<S: Scalar>(sum: S) -> S;
}

/// $\sqrt{\sum_j (x_j - y_j)^2}$.
#[derive(Debug)]
pub(crate) struct Euclidean;

/// $\sum_j |x_j - y_j|$.
#[derive(Debug)]
pub(crate) struct Manhattan;

/// $\max_j |x_j - y_j|$.
#[derive(Debug)]
pub(crate) struct Chebyshev;

/// $\frac12 \sum_j (x_j - y_j)^2$ of rows of length one, 2 at most.
#[derive(Debug)]
pub(crate) struct HalfSquare;

impl Norm for Euclidean {
    #[inline(always)]
    fn add<S: Scalar>(sum: S, difference: S) -> S {
        sum + difference * difference
    }

    #[inline(always)]
    fn merge<S: Scalar>(a: S, b: S) -> S {
        a + b
    }

    #[inline(always)]
    fn finish<S: Scalar>(sum: S) -> S {
        sum.sqrt()
    }
}

impl Norm for Manhattan {
    #[inline(always)]
    fn add<S: Scalar>(sum: S, difference: S) -> S {
        sum + difference.abs()
    }

    #[inline(always)]
    fn merge<S: Scalar>(a: S, b: S) -> S {
        a + b
    }

    #[inline(always)]
    fn finish<S: Scalar>(sum: S) -> S {
        sum
    }
}

impl Norm for Chebyshev {
    #[inline(always)]
    fn add<S: Scalar>(largest: S, difference: S) -> S {
        Self::merge(largest, difference.abs())
    }

    #[inline(always)]
    fn merge<S: Scalar>(a: S, b: S) -> S {
        if b > a { b } else { a }
    }

    #[inline(always)]
    fn finish<S: Scalar>(largest: S) -> S {
        largest
    }
}

impl Norm for HalfSquare {
    #[inline(always)]
    fn add<S: Scalar>(sum: S, difference: S) -> S {
        Euclidean::add(sum, difference)
    }

    #[inline(always)]
    fn merge<S: Scalar>(a: S, b: S) -> S {
        a + b
    }

    #[inline(always)]
    fn finish<S: Scalar>(sum: S) -> S {
        let (half, two) = (S::from_f64(0.5) * sum, S::from_f64(2.0));
        if half < two { half } else { two }
    }
}

/// Writes the distances from `point` to each of `others` into `out`, with the vector instructions found at run time.
pub(crate) fn distances_to<'a, N: Norm, S: Scalar>(
    point: &[S],
    others: impl Iterator<Item = &'a [S]>,
    out: &mut [S],
) {
    Arch::new().dispatch(DistancesTo { point, others, out, norm: PhantomData::<N> });
}

struct DistancesTo<'p, 'o, S, I, N> {
    point: &'p [S],
    others: I,
    out: &'o mut [S],
    norm: PhantomData<N>,
}

impl<'a, S: Scalar, N: Norm, I: Iterator<Item = &'a [S]>> WithSimd for DistancesTo<'_, '_, S, I, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<V: Simd>(self, _: V) {
        for (other, distance) in self.others.zip(self.out) {
            *distance = of_difference::<N, S>(self.point, other);
        }
    }
}

/// The norm of the difference of two rows of equal length.
#[inline(always)]
fn of_difference<N: Norm, S: Scalar>(a: &[S], b: &[S]) -> S {
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    let mut lanes = [S::ZERO; LANES];
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] = N::add(lanes[lane], x[lane] - y[lane]);
        }
    }
    let mut rest = S::ZERO;
    for (&x, &y) in a_rest.iter().zip(b_rest) {
        rest = N::add(rest, x - y);
    }
    for lane in 0..LANES / 2 {
        lanes[lane] = N::merge(lanes[lane], lanes[lane + LANES / 2]);
    }
    for &lane in &lanes[..LANES / 2] {
        rest = N::merge(rest, lane);
    }
    N::finish(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_and_four_in_every_lane() {
        for n_features in [2, 16, 17, 33, 50] {
            let a = vec![0.0_f64; n_features];
            let mut b = vec![0.0; n_features];
            b[0] = 3.0;
            b[n_features - 1] = -4.0;
            assert!((of_difference::<Euclidean, _>(&a, &b) - 5.0).abs() < 1e-15, "{n_features}");
            assert_eq!(of_difference::<Manhattan, _>(&a, &b), 7.0);
            assert_eq!(of_difference::<Chebyshev, _>(&a, &b), 4.0);
            assert_eq!(of_difference::<HalfSquare, _>(&a, &b), 2.0);
        }
    }

    #[test]
    fn near_points_far_from_the_origin_do_not_cancel() {
        let a = vec![1000.0_f32; 40];
        let mut b = a.clone();
        b[7] += 0.125;
        assert!((of_difference::<Euclidean, _>(&a, &b) - 0.125).abs() < 1e-7);
    }
}
