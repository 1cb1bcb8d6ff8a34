//! Residual networks for small images (He et al. 2016, section 4.2): 6n + 2 weighted layers.

use super::{ModelSpec, Shortcut};
use crate::layer::{Graph, GraphBuilder, Place};
use crate::tensor::Element;

/// A stem, three stages of `blocks_per_stage` blocks with 1, 2 and 4 times the width, the mean over positions, the output.
pub(super) fn build<E: Element>(spec: &ModelSpec, blocks_per_stage: usize) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let stem = builder.convolution("stem.conv", GraphBuilder::<E>::input(), spec.width, [3, 1]);
    let stem = builder.batch_norm("stem.norm", stem);
    let mut place = builder.nonlinearity("stem", stem, spec.nonlinearity);
    builder.end_block();
    for index in 0..3 * blocks_per_stage {
        let (stage, first) = (index / blocks_per_stage, index % blocks_per_stage == 0);
        let stride = if stage > 0 && first { 2 } else { 1 };
        place =
            block(&mut builder, &format!("block{}", index + 1), place, (spec.width << stage, stride), spec);
    }
    let pooled = builder.global_average_pool("pool", place);
    builder.linear("output", pooled, spec.n_classes);
    builder.finish()
}

/// φ(x + N(C(φ(N(C(x)))))), where C is a convolution and N a batch normalisation.
fn block<E: Element>(
    builder: &mut GraphBuilder<E>,
    name: &str,
    input: Place,
    (width, stride): (usize, usize),
    spec: &ModelSpec,
) -> Place {
    let inner = builder.convolution(&format!("{name}.conv1"), input, width, [3, stride]);
    let inner = builder.batch_norm(&format!("{name}.norm1"), inner);
    let inner = builder.nonlinearity(&format!("{name}.nonlinearity1"), inner, spec.nonlinearity);
    let inner = builder.convolution(&format!("{name}.conv2"), inner, width, [3, 1]);
    let inner = builder.batch_norm(&format!("{name}.norm2"), inner);
    let past = shortcut(builder, name, input, (width, stride), spec.shortcut);
    let sum = builder.sum(&format!("{name}.sum"), inner, past);
    let output = builder.nonlinearity(name, sum, spec.nonlinearity);
    builder.end_block();
    output
}

fn shortcut<E: Element>(
    builder: &mut GraphBuilder<E>,
    name: &str,
    input: Place,
    (width, stride): (usize, usize),
    kind: Shortcut,
) -> Place {
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
