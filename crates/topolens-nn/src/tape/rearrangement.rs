//! The numbers of each item in other places: other axes, borders of zeros, parts.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::Movement;
use crate::tensor::{Element, Pool, Tensor};

/// Where the numbers of an item come from.
#[derive(Debug, Clone)]
pub(crate) struct Rearrangement {
    /// Shape of the item made.
    shape: Vec<usize>,
    /// Without movement the numbers stay in order.
    movement: Option<Arc<Movement>>,
}

impl Rearrangement {
    /// The same numbers in the same order.
    pub(crate) fn reshape(shape: &[usize]) -> Self {
        Self { shape: shape.to_vec(), movement: None }
    }

    /// Axis i of the item made is axis `axes[i]` of the source, an item of `shape`.
    pub(crate) fn permutation(shape: &[usize], axes: &[usize]) -> Self {
        let made = axes.iter().map(|axis| shape[*axis]).collect();
        Self::new(made, Movement::permutation(shape, axes))
    }

    /// A window into the source, an item of `shape`, that begins at `starts`, takes places `steps` apart and may reach out of it.
    pub(crate) fn window(shape: &[usize], starts: &[isize], steps: &[usize], made: Vec<usize>) -> Self {
        let movement = Movement::window(shape, starts, steps, &made);
        Self::new(made, movement)
    }

    fn new(shape: Vec<usize>, movement: Movement) -> Self {
        Self { shape, movement: (!movement.is_none()).then(|| Arc::new(movement)) }
    }

    /// This of what `before` makes, if it is one rearrangement of its source.
    pub(crate) fn after(&self, before: &Self) -> Option<Self> {
        match (&self.movement, &before.movement) {
            (None, movement) | (movement, None) => {
                Some(Self { shape: self.shape.clone(), movement: movement.clone() })
            }
            (Some(movement), Some(before)) => Some(Self::new(self.shape.clone(), movement.after(before)?)),
        }
    }
}

impl<E: Element> Tape<E> {
    /// Every item with its numbers in other places.
    pub(crate) fn rearrangement(&mut self, items: Variable, rearrangement: &Rearrangement) -> Variable {
        let n_items = self.value(items).n_items();
        let values = if let Some(movement) = &rearrangement.movement {
            let mut values = self.pool.take(n_items * movement.len());
            let (source, n_parts) = (self.value(items), movement.n_parts());
            let parts = values.par_chunks_mut((movement.len() / n_parts).max(1)).enumerate();
            parts.for_each(|(part, made)| {
                movement.write_part(part % n_parts, source.item(part / n_parts), made);
            });
            values
        } else {
            let source = &self.nodes[items.0].value;
            self.pool.take_copy(source.values())
        };
        let shape = [&[n_items], &rearrangement.shape[..]].concat();
        self.record(Tensor::from_parts(shape, values), &[items], rearrangement.clone())
    }
}

impl<E: Element> Tape<E> {
    /// The same of items that nobody but a backward pass looks at again: numbers that stay in order are not copied.
    pub(crate) fn last_rearrangement(&mut self, items: Variable, rearrangement: &Rearrangement) -> Variable {
        if rearrangement.movement.is_some() || self.nodes[items.0].is_looked_at {
            let moved = self.rearrangement(items, rearrangement);
            self.release(items);
            return moved;
        }
        let shape = [&[self.value(items).n_items()], &rearrangement.shape[..]].concat();
        let values = self.nodes[items.0].value.take_values();
        self.record(Tensor::from_parts(shape, values), &[items], rearrangement.clone())
    }
}

impl<E: Element> Operator<E> for Rearrangement {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::NOWHERE
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let items = step.inputs[0];
        let Some(movement) = &self.movement else {
            return vec![Some(Tensor::from_parts(items.shape().to_vec(), gradient.into_values()))];
        };
        let mut values = pool.take_zeros(items.shape_len());
        let chunks =
            values.par_chunks_mut(items.item_len()).zip(gradient.values().par_chunks(movement.len()));
        chunks.for_each(|(values, gradient)| movement.write_back(gradient, values));
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(items.shape().to_vec(), values))]
    }
}
