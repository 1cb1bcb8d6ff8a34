//! Sum of two branches.

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{bounded, clear_at_bounds};
use crate::tensor::{Element, Pool, Tensor};

const CHUNK: usize = 1 << 14;

struct Add<E> {
    bounds: Option<[E; 2]>,
}

impl<E: Element> Tape<E> {
    /// `left` + `right`, of one shape.
    pub(crate) fn add(&mut self, left: Variable, right: Variable) -> Variable {
        self.bounded_add(left, right, None)
    }

    /// The same, brought into bounds.
    pub(crate) fn bounded_add(
        &mut self,
        left: Variable,
        right: Variable,
        bounds: Option<[E; 2]>,
    ) -> Variable {
        let mut values = self.pool.take(self.value(left).len());
        let (a, b) = (self.value(left), self.value(right));
        let terms = a.values().par_chunks(CHUNK).zip(b.values().par_chunks(CHUNK));
        values.par_chunks_mut(CHUNK).zip(terms).for_each(|(sums, (a, b))| {
            sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum = *a + *b);
            if let Some(bounds) = bounds {
                for sum in sums {
                    *sum = bounded(*sum, bounds);
                }
            }
        });
        let value = Tensor::from_parts(a.shape().to_vec(), values);
        self.record(value, &[left, right], Add { bounds })
    }
}

impl<E: Element> Operator<E> for Add<E> {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks { inputs: false, output: self.bounds.is_some() }
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        if let Some(bounds) = self.bounds {
            clear_at_bounds(gradient.values_mut(), step.output.values(), bounds);
        }
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
