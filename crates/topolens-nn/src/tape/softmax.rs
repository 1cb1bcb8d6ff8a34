//! Softmax of each row.

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::softmax;
use crate::tensor::{Element, Pool, Tensor};

/// Rows that one task handles.
const ROWS: usize = 64;

struct Softmax;

impl<E: Element> Tape<E> {
    /// exp(x) / Σ exp(x) along the last axis.
    pub(crate) fn softmax(&mut self, rows: Variable) -> Variable {
        let mut values = self.pool.take_copy(self.nodes[rows.0].value.values());
        let length = row_len(self.value(rows));
        values
            .par_chunks_mut(ROWS * length)
            .for_each(|rows| rows.chunks_exact_mut(length).for_each(|row| softmax(row, E::ONE)));
        let value = Tensor::from_parts(self.value(rows).shape().to_vec(), values);
        self.record(value, &[rows], Softmax)
    }
}

fn row_len<E: Element>(rows: &Tensor<E>) -> usize {
    rows.shape().last().copied().unwrap_or(1)
}

impl<E: Element> Operator<E> for Softmax {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks { inputs: false, output: true }
    }

    /// p (g − Σ p g).
    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        _: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let chunk = ROWS * row_len(step.output);
        let outputs = step.output.values().par_chunks(chunk);
        gradient.values_mut().par_chunks_mut(chunk).zip(outputs).for_each(|(slopes, shares)| {
            let rows = slopes.chunks_exact_mut(chunk / ROWS).zip(shares.chunks_exact(chunk / ROWS));
            for (slopes, shares) in rows {
                let mean: E = slopes.iter().zip(shares).map(|(slope, share)| *slope * *share).sum();
                slopes.iter_mut().zip(shares).for_each(|(slope, share)| *slope = (*slope - mean) * *share);
            }
        });
        vec![Some(gradient)]
    }
}
