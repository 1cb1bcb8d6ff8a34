//! A plain network that trains in seconds.

use super::ModelSpec;
use crate::layer::{Graph, GraphBuilder};
use crate::tensor::Element;

/// Six blocks of convolution, batch normalisation and nonlinearity with 1, 1, 2, 2, 4, 4 times the width, pooling after the
/// second and the fourth, the mean over positions, the output.
pub(super) fn build<E: Element>(spec: &ModelSpec) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let mut place = GraphBuilder::<E>::input();
    for index in 0..6 {
        let name = format!("block{}", index + 1);
        place = builder.convolution(&format!("{name}.conv"), place, spec.width << (index / 2), [3, 1]);
        place = builder.batch_norm(&format!("{name}.norm"), place);
        place = builder.nonlinearity(&name, place, spec.nonlinearity);
        builder.end_block();
        if index == 1 || index == 3 {
            place = builder.max_pool(&format!("pool{}", index / 2 + 1), place);
        }
    }
    let pooled = builder.global_average_pool("pool", place);
    builder.linear("output", pooled, spec.n_classes);
    builder.finish()
}
