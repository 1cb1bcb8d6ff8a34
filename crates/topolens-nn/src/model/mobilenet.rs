//! MobileNetV2 (Sandler et al. 2018), with strides for small images.

use super::ModelSpec;
use super::resnet::UNIFORM_BLOCKS;
use crate::layer::{Graph, GraphBuilder, Place};
use crate::tensor::Element;

/// Expansion, channels at width 32, blocks, stride of the first block.
const STAGES: [[usize; 4]; 7] = [
    [1, 16, 1, 1],
    [6, 24, 2, 1],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
];
/// Channels of the stem and of the last convolution at width 32.
const STEM: usize = 32;
const LAST: usize = 1280;

/// A block: expansion, channels, stride.
pub(super) type Bottleneck = (usize, usize, usize);

/// A stem, inverted bottlenecks, a last 1 × 1 convolution, the mean over positions, the output. Of uniform width: ten bottlenecks of that
/// width, expanded twice.
pub(super) fn build<E: Element>(spec: &ModelSpec) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let input = GraphBuilder::<E>::input();
    let mut place = convolution(&mut builder, "stem", input, (spec.width, [3, 1]), spec);
    builder.end_block();
    for (index, bottleneck) in
        bottlenecks(spec, &STAGES, |channels| scaled(channels, spec)).into_iter().enumerate()
    {
        place = block(&mut builder, &format!("block{}", index + 1), place, bottleneck, spec);
    }
    let last = if spec.uniform { spec.width } else { scaled(LAST, spec) };
    let place = convolution(&mut builder, "last", place, (last, [1, 1]), spec);
    super::resnet::head(builder, place, spec)
}

/// Channels at the width asked for.
fn scaled(channels: usize, spec: &ModelSpec) -> usize {
    (channels * spec.width / STEM).max(1)
}

/// The bottlenecks of stages (expansion, channels, blocks, stride of the first block), channels as `scaled` has them; of uniform width ten,
/// expanded twice.
pub(super) fn bottlenecks(
    spec: &ModelSpec,
    stages: &[[usize; 4]],
    scaled: impl Fn(usize) -> usize,
) -> Vec<Bottleneck> {
    if spec.uniform {
        let blocks = super::resnet::stages(spec, UNIFORM_BLOCKS);
        return blocks.into_iter().map(|block| (2, block.width, block.stride)).collect();
    }
    let stage = |[expansion, channels, n_blocks, stride]: &[usize; 4]| {
        let (expansion, width, stride) = (*expansion, scaled(*channels), *stride);
        (0..*n_blocks).map(move |block| (expansion, width, if block == 0 { stride } else { 1 }))
    };
    stages.iter().flat_map(stage).collect()
}

/// φ(N(C(x))).
pub(super) fn convolution<E: Element>(
    builder: &mut GraphBuilder<E>,
    name: &str,
    input: Place,
    (channels, window): (usize, [usize; 2]),
    spec: &ModelSpec,
) -> Place {
    let output = builder.convolution(&format!("{name}.conv"), input, channels, window);
    let output = builder.batch_norm(&format!("{name}.norm"), output);
    builder.nonlinearity(name, output, spec.nonlinearity)
}

/// Wider by 1 × 1, depthwise 3 × 3, narrower by 1 × 1 without nonlinearity; the input is added where shapes agree.
pub(super) fn block<E: Element>(
    builder: &mut GraphBuilder<E>,
    name: &str,
    input: Place,
    (expansion, width, stride): Bottleneck,
    spec: &ModelSpec,
) -> Place {
    let channels = builder.channels(input);
    let mut inner = input;
    if expansion > 1 {
        let wide = (channels * expansion, [1, 1]);
        inner = convolution(builder, &format!("{name}.expand"), inner, wide, spec);
    }
    inner = builder.depthwise(&format!("{name}.depthwise.conv"), inner, [3, stride], false);
    inner = builder.batch_norm(&format!("{name}.depthwise.norm"), inner);
    inner = builder.nonlinearity(&format!("{name}.depthwise"), inner, spec.nonlinearity);
    inner = builder.convolution(&format!("{name}.project.conv"), inner, width, [1, 1]);
    let is_residual = stride == 1 && channels == width;
    let norm = if is_residual { format!("{name}.project.norm") } else { name.to_owned() };
    let mut output = builder.batch_norm(&norm, inner);
    if is_residual {
        output = builder.sum(name, output, input);
    }
    builder.end_block();
    output
}
