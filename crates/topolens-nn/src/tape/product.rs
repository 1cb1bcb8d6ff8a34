//! Product of two values of one shape, number by number.

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

/// Numbers that one task handles.
const CHUNK: usize = 1 << 14;

struct Product;

impl<E: Element> Tape<E> {
    /// Each number of the one times that of the other.
    pub(crate) fn product(&mut self, left: Variable, right: Variable) -> Variable {
        let mut values = self.pool.take(self.value(left).len());
        multiply(self.value(left), self.value(right), &mut values);
        let value = Tensor::from_parts(self.value(left).shape().to_vec(), values);
        self.record(value, &[left, right], Product)
    }
}

fn multiply<E: Element>(left: &Tensor<E>, right: &Tensor<E>, products: &mut [E]) {
    let terms = left.values().par_chunks(CHUNK).zip(right.values().par_chunks(CHUNK));
    products.par_chunks_mut(CHUNK).zip(terms).for_each(|(products, (left, right))| {
        let terms = left.iter().zip(right);
        products.iter_mut().zip(terms).for_each(|(product, (left, right))| *product = *left * *right);
    });
}

impl<E: Element> Operator<E> for Product {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let mut times = |needed: bool, other: &Tensor<E>| {
            needed.then(|| {
                let mut values = pool.take(gradient.len());
                multiply(&gradient, other, &mut values);
                Tensor::from_parts(other.shape().to_vec(), values)
            })
        };
        let gradients = vec![times(step.needed[0], step.inputs[1]), times(step.needed[1], step.inputs[0])];
        pool.give(gradient.into_values());
        gradients
    }
}
