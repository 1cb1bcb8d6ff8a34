//! LeNet-5 (LeCun et al. 1998) in its modern form: max pooling, a nonlinearity of choice, a softmax.

use super::ModelSpec;
use super::resnet::UNIFORM_BLOCKS;
use crate::error::{Error, ErrorKind};
use crate::layer::{Graph, GraphBuilder};
use crate::tensor::Element;

/// Channels of the two convolutions and features of the two hidden layers at width 6.
const WIDTHS: [usize; 4] = [6, 16, 120, 84];
/// The smallest image that both convolutions fit into.
const SMALLEST: usize = 12;

/// Two 5 × 5 convolutions, each with pooling, two hidden layers, the output. Images below 32 × 32 get a border of 2, as digits do. Of
/// uniform width: two convolutions and eight hidden layers of that width.
pub(super) fn build<E: Element>(spec: &ModelSpec) -> Result<Graph<E>, Error> {
    let smallest = spec.input_shape[0].min(spec.input_shape[1]);
    if smallest < SMALLEST {
        let (argument, value, allowed) =
            ("input_shape", smallest as f64, "12 or more pixels a side for lenet");
        return Err(ErrorKind::OutOfRange { argument, value, allowed }.into());
    }
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let mut place = GraphBuilder::<E>::input();
    let widths = widths(spec);
    for (index, width) in widths[..2].iter().enumerate() {
        let name = format!("block{}", index + 1);
        let padding = if index == 0 && smallest < 32 { 2 } else { 0 };
        place = builder.biased_convolution(&format!("{name}.conv"), place, *width, [5, 1, padding]);
        place = builder.nonlinearity(&format!("{name}.nonlinearity"), place, spec.nonlinearity);
        place = builder.halving_max_pool(&name, place);
        builder.end_block();
    }
    place = builder.flatten("flatten", place);
    for (index, width) in widths.iter().enumerate().skip(2) {
        let name = format!("block{}", index + 1);
        place = builder.linear(&format!("{name}.linear"), place, *width);
        place = builder.nonlinearity(&name, place, spec.nonlinearity);
        builder.end_block();
    }
    builder.linear("output", place, spec.n_classes);
    Ok(builder.finish())
}

fn widths(spec: &ModelSpec) -> Vec<usize> {
    if spec.uniform {
        return vec![spec.width; UNIFORM_BLOCKS];
    }
    WIDTHS.iter().map(|width| (width * spec.width / WIDTHS[0]).max(1)).collect()
}
