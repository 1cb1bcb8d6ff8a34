//! A vector added to every item.

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

/// Rows that one task handles.
const ROWS: usize = 256;
/// Numbers that one task handles, of whole rows.
const CHUNK: usize = 1 << 16;

struct Bias;

impl<E: Element> Tape<E> {
    /// Adds `bias` to each run of as many values: one per channel to every pixel, or a whole image to every image.
    pub(crate) fn bias(&mut self, input: Variable, bias: Variable) -> Variable {
        let mut values = self.pool.take(self.value(input).len());
        let (source, bias_values) = (self.value(input), self.value(bias).values());
        // A bias may be as long as an item.
        let chunk = (CHUNK / bias_values.len()).clamp(1, ROWS) * bias_values.len();
        values.par_chunks_mut(chunk).zip(source.values().par_chunks(chunk)).for_each(|(sums, source)| {
            let rows = sums.chunks_exact_mut(bias_values.len()).zip(source.chunks_exact(bias_values.len()));
            for (sums, row) in rows {
                let terms = row.iter().zip(bias_values);
                sums.iter_mut().zip(terms).for_each(|(sum, (value, bias))| *sum = *value + *bias);
            }
        });
        let value = Tensor::from_parts(source.shape().to_vec(), values);
        self.record(value, &[input, bias], Bias)
    }
}

impl<E: Element> Operator<E> for Bias {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::NOWHERE
    }

    fn backward(&self, step: &Step<'_, E>, gradient: Tensor<E>, _: &mut Pool<E>) -> Vec<Option<Tensor<E>>> {
        let bias = step.inputs[1];
        let sums = step.needed[1]
            .then(|| Tensor::from_parts(bias.shape().to_vec(), column_sums(&gradient, bias.len())));
        vec![step.needed[0].then_some(gradient), sums]
    }
}

/// Sums of the columns, in parts of a fixed number of rows that are added in order.
pub(super) fn column_sums<E: Element>(rows: &Tensor<E>, n_columns: usize) -> Vec<E> {
    let partial = |rows: &[E]| {
        let mut sums = vec![E::ZERO; n_columns];
        for row in rows.chunks_exact(n_columns) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += *value);
        }
        sums
    };
    let partials: Vec<Vec<E>> = rows.values().par_chunks(ROWS * n_columns).map(partial).collect();
    let mut sums = vec![E::ZERO; n_columns];
    for partial in partials {
        sums.iter_mut().zip(partial).for_each(|(sum, value)| *sum += value);
    }
    sums
}
