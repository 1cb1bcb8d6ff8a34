//! Images as rows.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

struct Flatten;

impl<E: Element> Tape<E> {
    /// N × height × width × channels to N × (channels · height · width): channel by channel, as PyTorch lays images out, so that
    /// weights behind it are the same.
    pub(crate) fn flatten(&mut self, images: Variable) -> Variable {
        let mut values = self.pool.take(self.value(images).len());
        let source = self.value(images);
        let channels = source.shape().last().copied().unwrap_or(1);
        transpose_items(source, source.item_len() / channels, &mut values);
        let value = Tensor::from_parts(vec![source.n_items(), source.item_len()], values);
        self.record(value, &[images], Flatten)
    }
}

/// Each item, a matrix with `n_rows` rows, is transposed.
fn transpose_items<E: Element>(items: &Tensor<E>, n_rows: usize, output: &mut [E]) {
    let item_len = items.item_len();
    let n_columns = item_len / n_rows;
    for (output, item) in output.chunks_exact_mut(item_len).zip(items.values().chunks_exact(item_len)) {
        for (row, values) in item.chunks_exact(n_columns).enumerate() {
            values.iter().enumerate().for_each(|(column, value)| output[column * n_rows + row] = *value);
        }
    }
}

impl<E: Element> Operator<E> for Flatten {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::NOWHERE
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let images = step.inputs[0];
        let mut values = pool.take(images.shape_len());
        transpose_items(&gradient, images.shape().last().copied().unwrap_or(1), &mut values);
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(images.shape().to_vec(), values))]
    }
}
