//! The Euclidean metric, in direct and therefore cancellation-safe form.
//!
//! $d(x, y) = \sqrt{\sum_j (x_j - y_j)^2}$, accumulated in [`LANES`] partial sums of the cloud's own type: term
//! $j$ goes to lane $j \bmod$ [`LANES`], the terms beyond the last full chunk are added one after the other, then the upper
//! half of the lanes is added to the lower half and those one after the other. The order depends on the number of features
//! only, so neither the instruction set nor the number of threads changes a bit.

#![expect(
    clippy::inline_always,
    reason = "inlined into a function compiled for the vector instructions; a call would lose them"
)]

use pulp::{Arch, Simd, WithSimd};

use crate::Scalar;

/// The number of partial sums: one AVX-512 register of `f32`, two AVX2 registers.
const LANES: usize = 16;

/// Writes the distances from `point` to each of `others` into `out`, with the vector instructions found at run time.
pub(crate) fn distances_to<'a, S: Scalar>(point: &[S], others: impl Iterator<Item = &'a [S]>, out: &mut [S]) {
    Arch::new().dispatch(DistancesTo { point, others, out });
}

struct DistancesTo<'p, 'o, S, I> {
    point: &'p [S],
    others: I,
    out: &'o mut [S],
}

impl<'a, S: Scalar, I: Iterator<Item = &'a [S]>> WithSimd for DistancesTo<'_, '_, S, I> {
    type Output = ();

    #[inline(always)]
    fn with_simd<V: Simd>(self, _: V) {
        for (other, distance) in self.others.zip(self.out) {
            *distance = euclidean(self.point, other);
        }
    }
}

/// The Euclidean distance between two rows of equal length.
#[inline(always)]
fn euclidean<S: Scalar>(a: &[S], b: &[S]) -> S {
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    let mut lanes = [S::ZERO; LANES];
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            let difference = x[lane] - y[lane];
            lanes[lane] += difference * difference;
        }
    }
    let mut rest = S::ZERO;
    for (&x, &y) in a_rest.iter().zip(b_rest) {
        rest += (x - y) * (x - y);
    }
    for lane in 0..LANES / 2 {
        lanes[lane] += lanes[lane + LANES / 2];
    }
    for &lane in &lanes[..LANES / 2] {
        rest += lane;
    }
    rest.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_four_five_in_every_lane() {
        for n_features in [2, 16, 17, 33, 50] {
            let a = vec![0.0_f64; n_features];
            let mut b = vec![0.0; n_features];
            b[0] = 3.0;
            b[n_features - 1] = 4.0;
            assert!((euclidean(&a, &b) - 5.0).abs() < 1e-15, "{n_features}");
        }
    }

    #[test]
    fn near_points_far_from_the_origin_do_not_cancel() {
        let a = vec![1000.0_f32; 40];
        let mut b = a.clone();
        b[7] += 0.125;
        assert!((euclidean(&a, &b) - 0.125).abs() < 1e-7);
    }
}
