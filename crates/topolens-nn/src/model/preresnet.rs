//! Residual networks with pre-activation (He et al. 2016, "Identity mappings in deep residual networks").

use super::resnet::{self, Stage, stages};
use super::{ModelSpec, Shortcut};
use crate::layer::{Graph, GraphBuilder, Place};
use crate::tensor::Element;

/// A convolution, the blocks, a last normalisation and nonlinearity, the mean over positions, the output.
pub(super) fn build<E: Element>(spec: &ModelSpec, blocks_per_stage: usize) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let mut place = builder.convolution("stem", GraphBuilder::<E>::input(), spec.width, [3, 1]);
    builder.end_block();
    for stage in stages(spec, blocks_per_stage) {
        place = block(&mut builder, stage, place, spec);
    }
    let place = builder.batch_norm("last.norm", place);
    let place = builder.nonlinearity("last", place, spec.nonlinearity);
    resnet::head(builder, place, spec)
}

/// x + C(φ(N(C(φ(N(x)))))); where the shape changes, the shortcut starts behind the first nonlinearity.
fn block<E: Element>(builder: &mut GraphBuilder<E>, stage: Stage, input: Place, spec: &ModelSpec) -> Place {
    let (name, width, stride) = (stage.name(), stage.width, stage.stride);
    let active = builder.batch_norm(&format!("{name}.norm1"), input);
    let active = builder.nonlinearity(&format!("{name}.nonlinearity1"), active, spec.nonlinearity);
    let past = if stride == 1 && builder.channels(input) == width {
        input
    } else {
        match spec.shortcut {
            Shortcut::A => builder.shortcut_pad(&format!("{name}.shortcut"), active, stride, width),
            Shortcut::B => builder.convolution(&format!("{name}.shortcut"), active, width, [1, stride]),
        }
    };
    let inner = builder.convolution(&format!("{name}.conv1"), active, width, [3, stride]);
    let inner = builder.batch_norm(&format!("{name}.norm2"), inner);
    let inner = builder.nonlinearity(&format!("{name}.nonlinearity2"), inner, spec.nonlinearity);
    let inner = builder.convolution(&format!("{name}.conv2"), inner, width, [3, 1]);
    let output = builder.sum(&name, inner, past);
    builder.end_block();
    output
}
