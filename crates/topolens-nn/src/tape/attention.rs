//! Attention.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::AttentionShape;
use crate::tensor::{Element, Pool, Tensor};

struct Attention {
    shape: AttentionShape,
}

impl<E: Element> Tape<E> {
    /// Attention of the positions of each image to each other; the last axis holds query, key and value, the output a third of it.
    pub(crate) fn attention(&mut self, tokens: Variable, n_heads: usize) -> Variable {
        let source = self.value(tokens);
        let mut extents = source.shape().to_vec();
        let last = extents.len() - 1;
        extents[last] /= 3;
        let shape =
            AttentionShape { n_tokens: extents[1..last].iter().product(), width: extents[last], n_heads };
        let mut values = self.pool.take(extents.iter().product());
        shape.forward(self.value(tokens).values(), &mut values);
        self.record(Tensor::from_parts(extents, values), &[tokens], Attention { shape })
    }
}

impl<E: Element> Operator<E> for Attention {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let tokens = step.inputs[0];
        let mut values = pool.take(tokens.len());
        self.shape.backward(tokens.values(), gradient.values(), &mut values);
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(tokens.shape().to_vec(), values))]
    }
}
