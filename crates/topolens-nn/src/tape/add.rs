//! Sum of two branches.

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

const CHUNK: usize = 1 << 14;

struct Add;

impl<E: Element> Tape<E> {
    /// `left` + `right`, of one shape.
    pub(crate) fn add(&mut self, left: Variable, right: Variable) -> Variable {
        let mut values = self.pool.take(self.value(left).len());
        let (a, b) = (self.value(left), self.value(right));
        let terms = a.values().par_chunks(CHUNK).zip(b.values().par_chunks(CHUNK));
        values.par_chunks_mut(CHUNK).zip(terms).for_each(|(sums, (a, b))| {
            sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum = *a + *b);
        });
        let value = Tensor::from_parts(a.shape().to_vec(), values);
        self.record(value, &[left, right], Add)
    }
}

impl<E: Element> Operator<E> for Add {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::NOWHERE
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        match step.needed[..] {
            [true, true] => {
                let copy = Tensor::from_parts(gradient.shape().to_vec(), pool.take_copy(gradient.values()));
                vec![Some(gradient), Some(copy)]
            }
            [true, false] => vec![Some(gradient), None],
            _ => vec![None, Some(gradient)],
        }
    }
}
