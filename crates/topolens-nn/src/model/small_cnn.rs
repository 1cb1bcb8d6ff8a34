//! A plain network that trains in seconds.

use super::ModelSpec;
use super::resnet::UNIFORM_BLOCKS;
use crate::layer::{Graph, GraphBuilder};
use crate::tensor::Element;

/// Six blocks of convolution, batch normalisation and nonlinearity with 1, 1, 2, 2, 4, 4 times the width, pooling after the
/// second and the fourth, the mean over positions, the output. Of uniform width: ten blocks.
pub(super) fn build<E: Element>(spec: &ModelSpec) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let mut place = GraphBuilder::<E>::input();
    let n_blocks = if spec.uniform { UNIFORM_BLOCKS } else { 6 };
    for index in 0..n_blocks {
        let name = format!("block{}", index + 1);
        let width = if spec.uniform { spec.width } else { spec.width << (index / 2) };
        place = builder.convolution(&format!("{name}.conv"), place, width, [3, 1]);
        place = builder.batch_norm(&format!("{name}.norm"), place);
        place = builder.nonlinearity(&name, place, spec.nonlinearity);
        builder.end_block();
        if index == 1 || index == 3 {
            place = builder.halving_max_pool(&format!("pool{}", index / 2 + 1), place);
        }
    }
    super::resnet::head(builder, place, spec)
}
