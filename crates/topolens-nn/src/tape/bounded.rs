//! Values brought into bounds.

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{Finish, POINTWISE_CHUNK, clear_at_bounds};
use crate::tensor::{Element, Pool, Tensor};

struct Bounded<E> {
    bounds: [E; 2],
}

impl<E: Element> Tape<E> {
    /// Each value, or the bound that it is beyond; the gradient is 0 at and beyond the bounds.
    pub(crate) fn bounded(&mut self, input: Variable, bounds: [E; 2]) -> Variable {
        let mut values = self.pool.take(self.value(input).len());
        let source = self.value(input);
        let finish = Finish { bias: None, bounds: Some(bounds) };
        let chunks = values.par_chunks_mut(POINTWISE_CHUNK).zip(source.values().par_chunks(POINTWISE_CHUNK));
        chunks.for_each(|(values, source)| {
            values.copy_from_slice(source);
            finish.apply(values, source.len());
        });
        let value = Tensor::from_parts(source.shape().to_vec(), values);
        self.record(value, &[input], Bounded { bounds })
    }
}

impl<E: Element> Operator<E> for Bounded<E> {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks { inputs: false, output: true }
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        _: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        clear_at_bounds(gradient.values_mut(), step.output.values(), self.bounds);
        vec![Some(gradient)]
    }
}
