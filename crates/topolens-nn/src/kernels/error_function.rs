//! The error function of each value.

#![expect(clippy::inline_always, reason = "inlined into loops compiled for the vector instructions")]

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use super::POINTWISE_CHUNK;
use crate::tensor::Element;

/// Writes erf x.
pub(crate) fn error_function<E: Element>(values: &[E], output: &mut [E]) {
    output.par_chunks_mut(POINTWISE_CHUNK).zip(values.par_chunks(POINTWISE_CHUNK)).for_each(
        |(output, values)| {
            Arch::new().dispatch(Pointwise { values, output, function: |x: E, _| x.error_function() });
        },
    );
}

/// Replaces the gradients in erf x by those in x: times 2 / √π e^{−x²}.
pub(crate) fn error_function_gradient<E: Element>(values: &[E], gradients: &mut [E]) {
    let scale = E::from_f64(std::f64::consts::FRAC_2_SQRT_PI);
    let slope = move |x: E, gradient: E| gradient * scale * (-(x * x)).exponential();
    gradients
        .par_chunks_mut(POINTWISE_CHUNK)
        .zip(values.par_chunks(POINTWISE_CHUNK))
        .for_each(|(output, values)| Arch::new().dispatch(Pointwise { values, output, function: slope }));
}

/// Replaces each number y by a function of x and y.
struct Pointwise<'a, E, F> {
    values: &'a [E],
    output: &'a mut [E],
    function: F,
}

impl<E: Element, F: Fn(E, E) -> E> NullaryFnOnce for Pointwise<'_, E, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (y, x) in self.output.iter_mut().zip(self.values) {
            *y = (self.function)(*x, *y);
        }
    }
}
