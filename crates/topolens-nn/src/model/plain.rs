//! Residual networks without their shortcuts, the control of He et al. 2016.

use super::ModelSpec;
use super::resnet::{self, stages};
use crate::layer::Graph;
use crate::tensor::Element;

/// A stem and `depth` − 2 convolutions in three stages, two in a block; otherwise as [`resnet`].
pub(super) fn build<E: Element>(spec: &ModelSpec, blocks_per_stage: usize) -> Graph<E> {
    let (mut builder, mut place) = resnet::stem(spec);
    for stage in stages(spec, blocks_per_stage) {
        let name = stage.name();
        let inner = builder.convolution(&format!("{name}.conv1"), place, stage.width, [3, stage.stride]);
        let inner = builder.batch_norm(&format!("{name}.norm1"), inner);
        let inner = builder.nonlinearity(&format!("{name}.nonlinearity1"), inner, spec.nonlinearity);
        let inner = builder.convolution(&format!("{name}.conv2"), inner, stage.width, [3, 1]);
        let inner = builder.batch_norm(&format!("{name}.norm2"), inner);
        place = builder.nonlinearity(&name, inner, spec.nonlinearity);
        builder.end_block();
    }
    resnet::head(builder, place, spec)
}
