//! The numbers of each item in other places: other axes, borders of zeros, parts.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

/// Where the numbers of an item come from.
#[derive(Debug, Clone)]
pub(crate) struct Rearrangement {
    /// Shape of the item made.
    shape: Vec<usize>,
    /// For each of its numbers the place in the source; none is 0. Without places the numbers stay in order.
    places: Option<Arc<[Option<u32>]>>,
}

impl Rearrangement {
    /// The same numbers in the same order.
    pub(crate) fn reshape(shape: &[usize]) -> Self {
        Self { shape: shape.to_vec(), places: None }
    }

    /// Axis i of the item made is axis `axes[i]` of the source, an item of `shape`.
    pub(crate) fn permutation(shape: &[usize], axes: &[usize]) -> Self {
        let strides = strides(shape);
        let made: Vec<usize> = axes.iter().map(|axis| shape[*axis]).collect();
        let place = |index: &[usize]| Some(index.iter().zip(axes).map(|(i, axis)| i * strides[*axis]).sum());
        Self::from_places(made, place)
    }

    /// A window into the source, an item of `shape`, that begins at `starts`, takes places `steps` apart and may reach out of it.
    pub(crate) fn window(shape: &[usize], starts: &[isize], steps: &[usize], made: Vec<usize>) -> Self {
        let strides = strides(shape);
        let place = |index: &[usize]| {
            let at = index.iter().zip(starts.iter().zip(steps));
            let at = at.map(|(i, (start, step))| (i * step).checked_add_signed(*start));
            let at = at.zip(shape).map(|(i, extent)| i.filter(|i| i < extent));
            at.zip(&strides).map(|(i, stride)| Some(i? * stride)).sum()
        };
        Self::from_places(made, place)
    }

    fn from_places(shape: Vec<usize>, place: impl Fn(&[usize]) -> Option<usize>) -> Self {
        let mut index = vec![0; shape.len()];
        let mut places = Vec::with_capacity(shape.iter().product());
        for _ in 0..places.capacity() {
            places.push(place(&index).map(|place| place as u32));
            for (i, extent) in index.iter_mut().zip(&shape).rev() {
                *i = (*i + 1) % extent;
                if *i > 0 {
                    break;
                }
            }
        }
        Self { shape, places: Some(places.into()) }
    }
}

/// How far the next place along each axis is.
fn strides(shape: &[usize]) -> Vec<usize> {
    (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
}

impl<E: Element> Tape<E> {
    /// Every item with its numbers in other places.
    pub(crate) fn rearrangement(&mut self, items: Variable, rearrangement: &Rearrangement) -> Variable {
        let length: usize = rearrangement.shape.iter().product();
        let n_items = self.value(items).n_items();
        let value = if let Some(places) = &rearrangement.places {
            let mut values = self.pool.take(n_items * length);
            let source = self.value(items);
            let sources = source.values().par_chunks(source.item_len());
            values.par_chunks_mut(length).zip(sources).for_each(|(values, source)| {
                for (value, place) in values.iter_mut().zip(places.iter()) {
                    *value = place.map_or(E::ZERO, |place| source[place as usize]);
                }
            });
            values
        } else {
            {
                let source = &self.nodes[items.0].value;
                self.pool.take_copy(source.values())
            }
        };
        let shape = [&[n_items], &rearrangement.shape[..]].concat();
        self.record(Tensor::from_parts(shape, value), &[items], rearrangement.clone())
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
        let Some(places) = &self.places else {
            return vec![Some(Tensor::from_parts(items.shape().to_vec(), gradient.into_values()))];
        };
        let mut values = pool.take_zeros(items.shape_len());
        let chunks = values.par_chunks_mut(items.item_len()).zip(gradient.values().par_chunks(places.len()));
        chunks.for_each(|(values, gradient)| {
            for (slope, place) in gradient.iter().zip(places.iter()) {
                if let Some(place) = place {
                    values[*place as usize] += *slope;
                }
            }
        });
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(items.shape().to_vec(), values))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(rearrangement: &Rearrangement) -> Vec<Option<u32>> {
        rearrangement.places.as_ref().unwrap().to_vec()
    }

    #[test]
    fn axes_borders_and_parts() {
        let transposed = Rearrangement::permutation(&[2, 3], &[1, 0]);
        assert_eq!(transposed.shape, [3, 2]);
        assert_eq!(places(&transposed), [0, 3, 1, 4, 2, 5].map(Some));
        let bordered = Rearrangement::window(&[1, 2], &[-1, 0], &[1, 1], vec![2, 3]);
        assert_eq!(places(&bordered), [None, None, None, Some(0), Some(1), None]);
        let part = Rearrangement::window(&[2, 3], &[0, 1], &[1, 1], vec![2, 2]);
        assert_eq!(places(&part), [1, 2, 4, 5].map(Some));
        let strided = Rearrangement::window(&[4, 5], &[1, 0], &[2, 2], vec![2, 3]);
        assert_eq!(places(&strided), [5, 7, 9, 15, 17, 19].map(Some));
    }
}
