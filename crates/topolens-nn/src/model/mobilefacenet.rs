//! MobileFaceNet (Chen et al. 2018): an embedding of faces, told apart by cosines.

use super::mobilenet::{block, bottlenecks, convolution};
use super::{Architecture, ModelSpec};
use crate::layer::{Graph, GraphBuilder};
use crate::tensor::Element;

/// The name in the registry.
pub(super) const NAME: &str = "mobilefacenet";
/// s of the output s cos θ unless another is asked for (Deng et al. 2019).
const SCALE: u16 = 64;
/// Expansion, channels at width 64, blocks, stride of the first block.
const STAGES: [[usize; 4]; 5] =
    [[2, 64, 5, 2], [4, 128, 1, 2], [2, 128, 6, 1], [4, 128, 1, 2], [2, 128, 2, 1]];
/// Channels at width 64: of the stem, of the last 1 × 1 convolution, of the embedding.
const STEM: usize = 64;
const LAST: usize = 512;
const EMBEDDING: usize = 128;

impl Architecture {
    /// s of its output, if that is s times the cosines between the embedding and the weights of each class.
    pub fn cosine_scale(&self) -> Option<u16> {
        (self.name == NAME).then_some(SCALE)
    }
}

/// A stem of stride 2, a depthwise convolution, inverted bottlenecks, a last 1 × 1 convolution; a global depthwise convolution over whatever
/// positions are left and a 1 × 1 convolution, both linear with batch normalisation, to the layer `embedding`; the scaled cosines. Of uniform width: ten bottlenecks of that
/// width, expanded twice.
pub(super) fn build<E: Element>(spec: &ModelSpec) -> Graph<E> {
    let scaled = |channels: usize| (channels * spec.width / STEM).max(1);
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let input = GraphBuilder::<E>::input();
    let mut place = convolution(&mut builder, "stem", input, (spec.width, [3, 2]), spec);
    place = builder.depthwise("depthwise.conv", place, [3, 1], false);
    place = builder.batch_norm("depthwise.norm", place);
    place = builder.nonlinearity("depthwise", place, spec.nonlinearity);
    for (index, bottleneck) in bottlenecks(spec, &STAGES, scaled).into_iter().enumerate() {
        place = block(&mut builder, &format!("block{}", index + 1), place, bottleneck, spec);
    }
    let [last, embedding] = [LAST, EMBEDDING].map(|n| if spec.uniform { spec.width } else { scaled(n) });
    place = convolution(&mut builder, "last", place, (last, [1, 1]), spec);
    place = builder.global_depthwise("global.conv", place);
    place = builder.batch_norm("global.norm", place);
    place = builder.convolution("embedding.conv", place, embedding, [1, 1]);
    place = builder.batch_norm("embedding.norm", place);
    place = builder.flatten("embedding", place);
    builder.end_block();
    builder.cosine("output", place, spec.n_classes, spec.cosine_scale.unwrap_or(SCALE));
    builder.finish()
}
