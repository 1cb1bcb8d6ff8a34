//! ConvMixer (Trockman & Kolter 2022).

use super::ModelSpec;
use super::resnet::UNIFORM_BLOCKS;
use crate::layer::{Graph, GraphBuilder, Place};
use crate::tensor::Element;

/// Side of a patch, and of the depthwise kernels, as for CIFAR-10 in the paper's code.
const PATCH: usize = 2;
const KERNEL: usize = 5;

/// Patches embedded by a convolution, `n_blocks` blocks of one width, the mean over positions, the output.
pub(super) fn build<E: Element>(spec: &ModelSpec, n_blocks: usize) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    // An image of one pixel a side is its own patch.
    let patch = PATCH.min(spec.input_shape[0]).min(spec.input_shape[1]);
    let stem =
        builder.biased_convolution("stem.conv", GraphBuilder::<E>::input(), spec.width, [patch, patch, 0]);
    let mut place = active_norm(&mut builder, "stem", stem, spec);
    builder.end_block();
    let n_blocks = if spec.uniform { UNIFORM_BLOCKS } else { n_blocks };
    for index in 0..n_blocks {
        let name = format!("block{}", index + 1);
        let mixed = builder.depthwise(&format!("{name}.depthwise.conv"), place, [KERNEL, 1], true);
        let mixed = active_norm(&mut builder, &format!("{name}.depthwise"), mixed, spec);
        let sum = builder.sum(&format!("{name}.sum"), mixed, place);
        let mixed = builder.biased_convolution(&format!("{name}.pointwise.conv"), sum, spec.width, [1, 1, 0]);
        place = active_norm(&mut builder, &name, mixed, spec);
        builder.end_block();
    }
    super::resnet::head(builder, place, spec)
}

/// N(φ(x)); the normalisation carries the name.
fn active_norm<E: Element>(
    builder: &mut GraphBuilder<E>,
    name: &str,
    input: Place,
    spec: &ModelSpec,
) -> Place {
    let active = builder.nonlinearity(&format!("{name}.nonlinearity"), input, spec.nonlinearity);
    builder.batch_norm(name, active)
}
