//! Perceptron with hidden layers of one width.

use super::ModelSpec;
use super::resnet::UNIFORM_BLOCKS;
use crate::layer::{Graph, GraphBuilder};
use crate::tensor::Element;

/// Pixels as a row, `n_hidden` fully connected layers with nonlinearity, the output.
pub(super) fn build<E: Element>(spec: &ModelSpec, n_hidden: usize) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let mut place = builder.flatten("flatten", GraphBuilder::<E>::input());
    let n_hidden = if spec.uniform { UNIFORM_BLOCKS } else { n_hidden };
    for index in 0..n_hidden {
        let name = format!("block{}", index + 1);
        place = builder.linear(&format!("{name}.linear"), place, spec.width);
        place = builder.nonlinearity(&name, place, spec.nonlinearity);
        builder.end_block();
    }
    builder.linear("output", place, spec.n_classes);
    builder.finish()
}
