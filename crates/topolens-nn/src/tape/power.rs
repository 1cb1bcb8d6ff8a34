//! Powers with a constant exponent: squares, roots, reciprocals.

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::POINTWISE_CHUNK;
use crate::tensor::{Element, Pool, Tensor};

struct Power {
    exponent: f64,
}

impl<E: Element> Tape<E> {
    /// Each value to the power of `exponent`.
    pub(crate) fn power(&mut self, input: Variable, exponent: f64) -> Variable {
        let mut values = self.pool.take_copy(self.nodes[input.0].value.values());
        values.par_chunks_mut(POINTWISE_CHUNK).for_each(|values| {
            for value in values {
                *value = power(*value, exponent);
            }
        });
        let value = Tensor::from_parts(self.value(input).shape().to_vec(), values);
        self.record(value, &[input], Power { exponent })
    }
}

fn power<E: Element>(value: E, exponent: f64) -> E {
    E::from_f64(value.to_f64().powf(exponent))
}

impl<E: Element> Operator<E> for Power {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        _: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let exponent = self.exponent;
        let values = step.inputs[0].values().par_chunks(POINTWISE_CHUNK);
        gradient.values_mut().par_chunks_mut(POINTWISE_CHUNK).zip(values).for_each(|(slopes, values)| {
            for (slope, value) in slopes.iter_mut().zip(values) {
                *slope *= E::from_f64(exponent) * power(*value, exponent - 1.0);
            }
        });
        vec![Some(gradient)]
    }
}
