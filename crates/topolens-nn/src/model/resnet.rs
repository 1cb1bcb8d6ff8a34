//! Residual networks for small images (He et al. 2016, section 4.2): 6n + 2 weighted layers.

use super::squeeze_excitation::squeeze_excitation;
use super::{ModelSpec, Shortcut};
use crate::layer::{Graph, GraphBuilder, Place};
use crate::tensor::Element;

/// A block's place in the network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stage {
    /// From 0.
    pub(super) index: usize,
    /// Channels.
    pub(super) width: usize,
    /// Stride of its first convolution.
    pub(super) stride: usize,
}

impl Stage {
    /// `block1`, `block2`, …
    pub(super) fn name(self) -> String {
        format!("block{}", self.index + 1)
    }
}

/// The blocks: three stages with 1, 2 and 4 times the width, or ten blocks of one width; the second and third stage begin with
/// stride 2.
pub(super) fn stages(spec: &ModelSpec, blocks_per_stage: usize) -> Vec<Stage> {
    let n_blocks = if spec.uniform { UNIFORM_BLOCKS } else { 3 * blocks_per_stage };
    let stage_of = |index: usize| index * 3 / n_blocks;
    let block = |index: usize| Stage {
        index,
        width: if spec.uniform { spec.width } else { spec.width << stage_of(index) },
        stride: if index > 0 && stage_of(index) > stage_of(index - 1) { 2 } else { 1 },
    };
    (0..n_blocks).map(block).collect()
}

/// Blocks of a network of uniform width.
pub(super) const UNIFORM_BLOCKS: usize = 10;

/// A stem, the blocks, the mean over positions, the output.
pub(super) fn build<E: Element>(spec: &ModelSpec, blocks_per_stage: usize, excited: bool) -> Graph<E> {
    let (mut builder, mut place) = stem(spec);
    for stage in stages(spec, blocks_per_stage) {
        place = block(&mut builder, stage, place, spec, excited);
    }
    head(builder, place, spec)
}

/// Convolution, batch normalisation, nonlinearity.
pub(super) fn stem<E: Element>(spec: &ModelSpec) -> (GraphBuilder<E>, Place) {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let stem = builder.convolution("stem.conv", GraphBuilder::<E>::input(), spec.width, [3, 1]);
    let stem = builder.batch_norm("stem.norm", stem);
    let place = builder.nonlinearity("stem", stem, spec.nonlinearity);
    builder.end_block();
    (builder, place)
}

/// The mean over positions and the output.
pub(super) fn head<E: Element>(mut builder: GraphBuilder<E>, place: Place, spec: &ModelSpec) -> Graph<E> {
    let pooled = builder.global_average_pool("pool", place);
    builder.linear("output", pooled, spec.n_classes);
    builder.finish()
}

/// φ(x + N(C(φ(N(C(x)))))), where C is a convolution and N a batch normalisation.
fn block<E: Element>(
    builder: &mut GraphBuilder<E>,
    stage: Stage,
    input: Place,
    spec: &ModelSpec,
    excited: bool,
) -> Place {
    let name = stage.name();
    let inner = builder.convolution(&format!("{name}.conv1"), input, stage.width, [3, stage.stride]);
    let inner = builder.batch_norm(&format!("{name}.norm1"), inner);
    let inner = builder.nonlinearity(&format!("{name}.nonlinearity1"), inner, spec.nonlinearity);
    let inner = builder.convolution(&format!("{name}.conv2"), inner, stage.width, [3, 1]);
    let mut inner = builder.batch_norm(&format!("{name}.norm2"), inner);
    if excited {
        inner = squeeze_excitation(builder, &name, inner);
    }
    let past = shortcut(builder, stage, input, spec.shortcut);
    let sum = builder.sum(&format!("{name}.sum"), inner, past);
    let output = builder.nonlinearity(&name, sum, spec.nonlinearity);
    builder.end_block();
    output
}

fn shortcut<E: Element>(builder: &mut GraphBuilder<E>, stage: Stage, input: Place, kind: Shortcut) -> Place {
    let (name, width, stride) = (stage.name(), stage.width, stage.stride);
    if stride == 1 && builder.channels(input) == width {
        return input;
    }
    match kind {
        Shortcut::A => builder.shortcut_pad(&format!("{name}.shortcut"), input, stride, width),
        Shortcut::B => {
            let convolved = builder.convolution(&format!("{name}.shortcut.conv"), input, width, [1, stride]);
            builder.batch_norm(&format!("{name}.shortcut.norm"), convolved)
        }
    }
}
