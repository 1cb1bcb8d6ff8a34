//! Vision transformer (Dosovitskiy et al. 2021) for small images: the mean over tokens instead of a class token (Beyer et al. 2022).

use super::ModelSpec;
use super::resnet::UNIFORM_BLOCKS;
use crate::layer::{Graph, GraphBuilder, Place};
use crate::tensor::Element;

/// Side of a patch.
const PATCH: usize = 4;
/// Numbers of a head, if the width is a multiple of them; else there is one head.
const HEAD: usize = 32;
/// How much wider the inner layer of the perceptron is.
const EXPANSION: usize = 4;

/// Patches embedded by a convolution, learnt positions, `n_blocks` blocks, a norm, the mean over tokens, the output.
pub(super) fn build<E: Element>(spec: &ModelSpec, n_blocks: usize) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let patch = PATCH.min(spec.input_shape[0]).min(spec.input_shape[1]);
    let stem =
        builder.biased_convolution("stem.conv", GraphBuilder::<E>::input(), spec.width, [patch, patch, 0]);
    let mut place = builder.position("stem.position", stem);
    builder.end_block();
    let n_blocks = if spec.uniform { UNIFORM_BLOCKS } else { n_blocks };
    for index in 0..n_blocks {
        place = block(&mut builder, &format!("block{}", index + 1), place, spec);
    }
    let normed = builder.layer_norm("norm", place);
    super::resnet::head(builder, normed, spec)
}

/// y = x + A(N(x)) and y + P(N(y)), where A is attention, P a perceptron and N a layer normalisation.
fn block<E: Element>(builder: &mut GraphBuilder<E>, name: &str, input: Place, spec: &ModelSpec) -> Place {
    let width = builder.channels(input);
    let n_heads = if width.is_multiple_of(HEAD) { width / HEAD } else { 1 };
    let inner = builder.layer_norm(&format!("{name}.norm1"), input);
    let inner = builder.linear(&format!("{name}.attention.qkv"), inner, 3 * width);
    let inner = builder.attention(&format!("{name}.attention"), inner, n_heads);
    let inner = builder.linear(&format!("{name}.attention.output"), inner, width);
    let attended = builder.sum(&format!("{name}.sum"), inner, input);
    let inner = builder.layer_norm(&format!("{name}.norm2"), attended);
    let inner = builder.linear(&format!("{name}.linear1"), inner, EXPANSION * width);
    let inner = builder.nonlinearity(&format!("{name}.nonlinearity"), inner, spec.nonlinearity);
    let inner = builder.linear(&format!("{name}.linear2"), inner, width);
    let output = builder.sum(name, inner, attended);
    builder.end_block();
    output
}
