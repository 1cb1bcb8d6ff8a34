//! Shortcut without parameters (option A of He et al. 2016).

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

/// Every `stride`-th pixel; half of the new channels before the old ones, half after, all zeros.
struct ShortcutPad {
    stride: usize,
}

impl<E: Element> Tape<E> {
    /// Subsamples rows and columns by `stride` and widens to `out_channels` with zeros.
    pub(crate) fn shortcut_pad(&mut self, images: Variable, stride: usize, out_channels: usize) -> Variable {
        let source = self.value(images);
        let [n_images, height, width, _] = *source.shape() else {
            panic!("bug: shortcut of {:?}", source.shape());
        };
        let extents = vec![n_images, height.div_ceil(stride), width.div_ceil(stride), out_channels];
        let mut output = Tensor::from_parts(extents.clone(), self.pool.take_zeros(extents.iter().product()));
        let source = self.value(images);
        for (from, to) in pairs(source.shape(), output.shape(), stride) {
            let channels = source.shape()[3];
            output.values_mut()[to..to + channels].copy_from_slice(&source.values()[from..from + channels]);
        }
        self.record(output, &[images], ShortcutPad { stride })
    }
}

/// For each pixel of the output, where its channels start in the input and where these go in the output.
fn pairs(input: &[usize], output: &[usize], stride: usize) -> Vec<(usize, usize)> {
    let before = (output[3] - input[3]) / 2;
    let mut pairs = Vec::with_capacity(output[..3].iter().product());
    for image in 0..output[0] {
        for y in 0..output[1] {
            for x in 0..output[2] {
                let from = ((image * input[1] + y * stride) * input[2] + x * stride) * input[3];
                let to = ((image * output[1] + y) * output[2] + x) * output[3] + before;
                pairs.push((from, to));
            }
        }
    }
    pairs
}

impl<E: Element> Operator<E> for ShortcutPad {
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
        let mut values = pool.take_zeros(images.shape_len());
        let channels = images.shape()[3];
        for (from, to) in pairs(images.shape(), gradient.shape(), self.stride) {
            values[from..from + channels].copy_from_slice(&gradient.values()[to..to + channels]);
        }
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(images.shape().to_vec(), values))]
    }
}
