//! VGG with batch normalisation (Simonyan & Zisserman 2015), with one fully connected layer, as is usual for small images.

use super::ModelSpec;
use super::resnet::UNIFORM_BLOCKS;
use crate::layer::{Graph, GraphBuilder};
use crate::tensor::Element;

/// Convolutions of the five stages by the number in the name. From 11 on the number counts the three fully connected layers of the
/// original; below it is that of convolutions and the output.
const STAGES: [(usize, [usize; 5]); 6] = [
    (6, [1, 1, 1, 1, 1]),
    (8, [1, 1, 1, 2, 2]),
    (11, [1, 1, 2, 2, 2]),
    (13, [2, 2, 2, 2, 2]),
    (16, [2, 2, 3, 3, 3]),
    (19, [2, 2, 4, 4, 4]),
];

/// The stages of VGG-`depth`, if there is one.
pub(super) fn stages(depth: usize) -> Option<[usize; 5]> {
    STAGES.iter().find(|(number, _)| *number == depth).map(|(_, stages)| *stages)
}

/// Stages of 3 × 3 convolutions with 1, 2, 4, 8, 8 times the width, each followed by pooling; the mean over what positions are left,
/// the output. Of uniform width: five stages of two convolutions, pooling behind the first three.
pub(super) fn build<E: Element>(spec: &ModelSpec, stages: [usize; 5]) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let mut place = GraphBuilder::<E>::input();
    let stages = if spec.uniform { [UNIFORM_BLOCKS / 5; 5] } else { stages };
    let mut block = 0;
    for (stage, n_convolutions) in stages.into_iter().enumerate() {
        let width = if spec.uniform { spec.width } else { spec.width << stage.min(3) };
        for _ in 0..n_convolutions {
            block += 1;
            let name = format!("block{block}");
            place = builder.biased_convolution(&format!("{name}.conv"), place, width, [3, 1, 1]);
            place = builder.batch_norm(&format!("{name}.norm"), place);
            place = builder.nonlinearity(&name, place, spec.nonlinearity);
            builder.end_block();
        }
        if !spec.uniform || stage < 3 {
            place = builder.halving_max_pool(&format!("pool{}", stage + 1), place);
        }
    }
    super::resnet::head(builder, place, spec)
}
