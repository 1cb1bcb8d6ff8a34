//! Global depthwise convolution.

use super::{Tape, Variable};
use crate::kernels::{Finish, GlobalDepthwiseShape};
use crate::tensor::Element;

impl<E: Element> Tape<E> {
    /// $y_c = \sum_{ij} w_{ijc} x_{ijc}$ of NHWC images: N × 1 × 1 × channels; weights are height × width × 1 × channels
    /// (Chen et al. 2018).
    pub(crate) fn global_depthwise(&mut self, images: Variable, weights: Variable) -> Variable {
        let source = self.value(images);
        let [n_images, height, width, channels] = *source.shape() else {
            panic!("bug: global depthwise convolution of {:?}", source.shape());
        };
        let shape = GlobalDepthwiseShape { n_positions: height * width, channels };
        self.weighted([images, weights], vec![n_images, 1, 1, channels], shape, Finish::NOTHING)
    }
}
