//! Fully connected layer.

use super::{Looks, Operator, Step, Tape, Variable, weighted};
use crate::kernels::LinearShape;
use crate::tensor::{Element, Pool, Tensor};

struct Linear {
    shape: LinearShape,
}

impl<E: Element> Tape<E> {
    /// The last axis of `rows` times weights (in × out).
    pub(crate) fn linear(&mut self, rows: Variable, weights: Variable) -> Variable {
        let [n_in, n_out] = *self.value(weights).shape() else {
            panic!("bug: linear with weights {:?}", self.value(weights).shape());
        };
        let shape = LinearShape { n_in, n_out };
        let mut values = self.pool.take(self.value(rows).len() / n_in * n_out);
        let source = self.value(rows);
        shape.forward(source.values(), self.value(weights).values(), &mut values);
        let mut extents = source.shape().to_vec();
        if let Some(last) = extents.last_mut() {
            *last = n_out;
        }
        self.record(Tensor::from_parts(extents, values), &[rows, weights], Linear { shape })
    }
}

impl<E: Element> Operator<E> for Linear {
    fn looks_at(&self, needed: &[bool]) -> Looks {
        weighted::looks_at(needed)
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        weighted::gradients(&self.shape, step, gradient, pool)
    }
}
