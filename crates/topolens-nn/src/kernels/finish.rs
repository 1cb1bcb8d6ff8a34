//! What follows a product at once: a bias, then bounds.

#![expect(clippy::inline_always, reason = "inlined into loops compiled for the vector instructions")]

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use super::POINTWISE_CHUNK;
use crate::tensor::Element;

/// Added to each channel, and the bounds that the sums are brought into: ReLU is 0 and infinity.
///
/// Applied while the sums are in registers or in cache, it saves passes over memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Finish<'a, E> {
    pub(crate) bias: Option<&'a [E]>,
    pub(crate) bounds: Option<[E; 2]>,
}

impl<E: Element> Finish<'_, E> {
    /// Nothing follows.
    pub(crate) const NOTHING: Self = Self { bias: None, bounds: None };

    /// Finishes rows of `n_channels` sums, on this thread.
    pub(crate) fn apply(self, sums: &mut [E], n_channels: usize) {
        Arch::new().dispatch(Apply { finish: self, sums, n_channels });
    }

    /// The same for sums in single precision, if these are.
    pub(super) fn singles(&self) -> Option<Finish<'_, f32>> {
        let bias = match self.bias {
            Some(bias) => Some(E::singles(bias)?),
            None => None,
        };
        let bounds = self.bounds.map(|bounds| bounds.map(|bound| bound.to_f64() as f32));
        Some(Finish { bias, bounds })
    }
}

struct Apply<'a, E> {
    finish: Finish<'a, E>,
    sums: &'a mut [E],
    n_channels: usize,
}

impl<E: Element> NullaryFnOnce for Apply<'_, E> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        if let Some(bias) = self.finish.bias {
            for row in self.sums.chunks_exact_mut(self.n_channels) {
                for (sum, bias) in row.iter_mut().zip(bias) {
                    *sum += *bias;
                }
            }
        }
        if let Some(bounds) = self.finish.bounds {
            for sum in self.sums {
                *sum = bounded(*sum, bounds);
            }
        }
    }
}

/// The number, or the bound that it is beyond; what is no number stays so.
#[inline(always)]
pub(crate) fn bounded<E: Element>(x: E, [least, greatest]: [E; 2]) -> E {
    let x = if x < least { least } else { x };
    if x > greatest { greatest } else { x }
}

/// Clears the gradients of sums that the bounds hold.
pub(crate) fn clear_at_bounds<E: Element>(gradients: &mut [E], outputs: &[E], [least, greatest]: [E; 2]) {
    let chunks = gradients.par_chunks_mut(POINTWISE_CHUNK).zip(outputs.par_chunks(POINTWISE_CHUNK));
    chunks.for_each(|(gradients, outputs)| {
        for (gradient, output) in gradients.iter_mut().zip(outputs) {
            let is_held = *output <= least || *output >= greatest;
            *gradient = if is_held { E::ZERO } else { *gradient };
        }
    });
}
