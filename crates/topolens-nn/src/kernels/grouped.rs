//! Convolution in groups of channels that do not see each other (Krizhevsky et al. 2012; Xie et al. 2017).

use std::ops::Range;

use super::{ConvolutionShape, Finish};
use crate::tensor::Element;

/// Extents of a grouped convolution; weights are kernel × kernel × channels of a group × all output channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GroupedShape {
    /// Extents with the channels of all groups.
    pub(crate) whole: ConvolutionShape,
    pub(crate) n_groups: usize,
}

/// Some columns of every row, as rows of their own.
fn columns<E: Element>(rows: &[E], n_columns: usize, range: Range<usize>) -> Vec<E> {
    rows.chunks_exact(n_columns).flat_map(|row| &row[range.clone()]).copied().collect()
}

/// Puts rows made as by [`columns`] back into their places.
fn put_columns<E: Element>(part: &[E], rows: &mut [E], n_columns: usize, range: Range<usize>) {
    for (row, part) in rows.chunks_exact_mut(n_columns).zip(part.chunks_exact(range.len())) {
        row[range.clone()].copy_from_slice(part);
    }
}

impl GroupedShape {
    fn group(&self) -> ConvolutionShape {
        let in_channels = self.whole.in_channels / self.n_groups;
        let out_channels = self.whole.out_channels / self.n_groups;
        ConvolutionShape { in_channels, out_channels, ..self.whole }
    }

    /// Each group's channels of the input and of the output.
    fn channels(&self) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let ConvolutionShape { in_channels, out_channels, .. } = self.group();
        let range = |group: usize, n: usize| group * n..(group + 1) * n;
        (0..self.n_groups).map(move |group| (range(group, in_channels), range(group, out_channels)))
    }

    /// Writes the convolution of each image, finished.
    pub(crate) fn forward<E: Element>(
        &self,
        images: &[E],
        weights: &[E],
        outputs: &mut [E],
        finish: Finish<'_, E>,
    ) {
        let (n_in, n_out) = (self.whole.in_channels, self.whole.out_channels);
        for (inside, outside) in self.channels() {
            let images = columns(images, n_in, inside);
            let weights = columns(weights, n_out, outside.clone());
            let mut part = vec![E::ZERO; outputs.len() / self.n_groups];
            let bias = finish.bias.map(|bias| &bias[outside.clone()]);
            self.group().forward(&images, &weights, &mut part, Finish { bias, ..finish });
            put_columns(&part, outputs, n_out, outside);
        }
    }

    /// Writes the gradient in the images.
    pub(crate) fn input_gradient<E: Element>(&self, gradients: &[E], weights: &[E], images: &mut [E]) {
        let (n_in, n_out) = (self.whole.in_channels, self.whole.out_channels);
        for (inside, outside) in self.channels() {
            let gradients = columns(gradients, n_out, outside.clone());
            let weights = columns(weights, n_out, outside);
            let mut part = vec![E::ZERO; images.len() / self.n_groups];
            self.group().input_gradient(&gradients, &weights, &mut part);
            put_columns(&part, images, n_in, inside);
        }
    }

    /// Writes the gradient in the weights.
    pub(crate) fn weight_gradient<E: Element>(&self, images: &[E], gradients: &[E], weights: &mut [E]) {
        let (n_in, n_out) = (self.whole.in_channels, self.whole.out_channels);
        for (inside, outside) in self.channels() {
            let images = columns(images, n_in, inside);
            let gradients = columns(gradients, n_out, outside.clone());
            let mut part = vec![E::ZERO; weights.len() / self.n_groups];
            self.group().weight_gradient(&images, &gradients, &mut part);
            put_columns(&part, weights, n_out, outside);
        }
    }
}
