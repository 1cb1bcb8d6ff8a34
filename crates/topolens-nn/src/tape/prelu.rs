//! ReLU with a learnt slope below zero for each channel.

use rayon::prelude::*;

use super::bias::column_sums;
use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

/// Rows that one task handles.
const ROWS: usize = 256;

struct Prelu;

impl<E: Element> Tape<E> {
    /// $\max(x, 0) + a_c \min(x, 0)$ with one slope per channel, the last axis (He et al. 2015).
    pub(crate) fn prelu(&mut self, input: Variable, slopes: Variable) -> Variable {
        let mut values = self.pool.take_copy(self.nodes[input.0].value.values());
        let slopes_of_channels = self.value(slopes).values();
        values.par_chunks_mut(ROWS * slopes_of_channels.len()).for_each(|rows| {
            for (value, slope) in rows.iter_mut().zip(slopes_of_channels.iter().cycle()) {
                // What is no number stays so.
                *value = if *value > E::ZERO { *value } else { *slope * *value };
            }
        });
        let value = Tensor::from_parts(self.value(input).shape().to_vec(), values);
        self.record(value, &[input, slopes], Prelu)
    }
}

impl<E: Element> Operator<E> for Prelu {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    /// g or a g; the slope's is Σ g min(x, 0). At 0 the slope counts, as in PyTorch.
    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let (input, slopes) = (step.inputs[0], step.inputs[1]);
        let chunk = ROWS * slopes.len();
        let scaled = |by: &(dyn Fn(E, E) -> E + Sync), pool: &mut Pool<E>| {
            let mut values = pool.take_copy(gradient.values());
            values.par_chunks_mut(chunk).zip(input.values().par_chunks(chunk)).for_each(
                |(values, inputs)| {
                    let factors = inputs.iter().zip(slopes.values().iter().cycle());
                    values.iter_mut().zip(factors).for_each(|(value, (x, slope))| *value *= by(*x, *slope));
                },
            );
            Tensor::from_parts(input.shape().to_vec(), values)
        };
        let for_slopes = step.needed[1].then(|| {
            let terms = scaled(&|x, _| if x > E::ZERO { E::ZERO } else { x }, pool);
            let sums = column_sums(&terms, slopes.len());
            pool.give(terms.into_values());
            Tensor::from_parts(slopes.shape().to_vec(), sums)
        });
        let for_input =
            step.needed[0].then(|| scaled(&|x, slope| if x > E::ZERO { E::ONE } else { slope }, pool));
        pool.give(gradient.into_values());
        vec![for_input, for_slopes]
    }
}
