//! The Euclidean metric, in direct and therefore cancellation-safe form.
//!
//! $d(x, y) = \sqrt{\sum_j (x_j - y_j)^2}$, accumulated in [`LANES`] partial sums of the cloud's own type: term
//! $j$ goes to lane $j \bmod$ [`LANES`], lanes are added by halving, and the terms beyond the last full chunk are added
//! one after the other. The order depends on the number of features only, so neither the instruction set nor the
//! number of threads changes a bit.

use crate::Scalar;

/// The number of partial sums: one AVX-512 register of `f32`, two AVX2 registers.
const LANES: usize = 16;

/// The Euclidean distance between two rows of equal length.
// Inlined into a function compiled for the vector instructions found at run time; as a call it would lose them.
#[allow(clippy::inline_always)]
#[inline(always)]
pub(crate) fn euclidean<S: Scalar>(a: &[S], b: &[S]) -> S {
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
    if !a_chunks.is_empty() {
        rest += sum_of_lanes(lanes);
    }
    rest.sqrt()
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn sum_of_lanes<S: Scalar>(mut lanes: [S; LANES]) -> S {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            let upper = lanes[lane + width];
            lanes[lane] += upper;
        }
        width /= 2;
    }
    lanes[0]
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
