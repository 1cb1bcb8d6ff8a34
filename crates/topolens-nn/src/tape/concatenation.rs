//! Values side by side.

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

/// How many values each part has in a row, a row being all that lies behind the axes before the one of concatenation.
struct Concatenation {
    lengths: Vec<usize>,
}

impl<E: Element> Tape<E> {
    /// The parts along `axis`, whose shapes differ in it alone; `axis` is not the first.
    pub(crate) fn concatenation(&mut self, parts: &[Variable], axis: usize) -> Variable {
        let lengths: Vec<usize> =
            parts.iter().map(|part| self.value(*part).shape()[axis..].iter().product()).collect();
        let mut shape = self.value(parts[0]).shape().to_vec();
        shape[axis] = parts.iter().map(|part| self.value(*part).shape()[axis]).sum();
        let mut values = self.pool.take(shape.iter().product());
        let sources: Vec<&[E]> = parts.iter().map(|part| self.value(*part).values()).collect();
        values.par_chunks_mut(lengths.iter().sum()).enumerate().for_each(|(row, values)| {
            let mut rest = values;
            for (source, length) in sources.iter().zip(&lengths) {
                let (part, behind) = rest.split_at_mut(*length);
                part.copy_from_slice(&source[row * length..(row + 1) * length]);
                rest = behind;
            }
        });
        self.record(Tensor::from_parts(shape, values), parts, Concatenation { lengths })
    }
}

impl<E: Element> Operator<E> for Concatenation {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::NOWHERE
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let row_len: usize = self.lengths.iter().sum();
        let mut start = 0;
        let mut gradients = Vec::with_capacity(self.lengths.len());
        for (index, length) in self.lengths.iter().enumerate() {
            gradients.push(step.needed[index].then(|| {
                let mut values = pool.take(step.inputs[index].shape_len());
                let rows = gradient.values().par_chunks(row_len);
                values
                    .par_chunks_mut(*length)
                    .zip(rows)
                    .for_each(|(part, row)| part.copy_from_slice(&row[start..start + length]));
                Tensor::from_parts(step.inputs[index].shape().to_vec(), values)
            }));
            start += length;
        }
        pool.give(gradient.into_values());
        gradients
    }
}
