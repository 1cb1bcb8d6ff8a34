//! Residual networks for large images (He et al. 2016; the grouped ones Xie et al. 2017), as torchvision has them.

use super::ModelSpec;
use super::resnet::{UNIFORM_BLOCKS, head};
use crate::layer::{Graph, GraphBuilder, Place};
use crate::tensor::Element;

/// Groups of channels in the middle of a block of ResNeXt, and channels of a group where the width is 64.
const N_GROUPS: usize = 32;
const GROUP_WIDTH: usize = 4;

/// Blocks per stage of a network of so many layers, and whether its blocks are bottlenecks.
pub(super) fn stages(n_layers: usize) -> Option<([usize; 4], bool)> {
    Some(match n_layers {
        18 => ([2, 2, 2, 2], false),
        34 => ([3, 4, 6, 3], false),
        50 => ([3, 4, 6, 3], true),
        101 => ([3, 4, 23, 3], true),
        152 => ([3, 8, 36, 3], true),
        _ => return None,
    })
}

/// A block: its channels, their stride, and the channels inside a bottleneck with their groups.
#[derive(Debug, Clone, Copy)]
struct Block {
    index: usize,
    width: usize,
    stride: usize,
    bottleneck: Option<(usize, usize)>,
}

/// A stem of 7 × 7 with max pooling, four stages of blocks, the mean over positions, the output.
pub(super) fn build<E: Element>(spec: &ModelSpec, n_layers: usize, grouped: bool) -> Graph<E> {
    let mut builder = GraphBuilder::new(spec.input_shape, spec.seed);
    let stem = builder.convolution("stem.conv", GraphBuilder::<E>::input(), spec.width, [7, 2]);
    let stem = builder.batch_norm("stem.norm", stem);
    let stem = builder.nonlinearity("stem.nonlinearity", stem, spec.nonlinearity);
    let mut place = builder.max_pool("stem", stem, [3, 2, 1]);
    builder.end_block();
    for described in blocks(spec, n_layers, grouped) {
        place = block(&mut builder, described, place, spec);
    }
    head(builder, place, spec)
}

fn blocks(spec: &ModelSpec, n_layers: usize, grouped: bool) -> Vec<Block> {
    let (per_stage, is_bottleneck) = stages(n_layers).unwrap_or_default();
    let stage_of: Vec<usize> = if spec.uniform {
        (0..UNIFORM_BLOCKS).map(|index| index * 4 / UNIFORM_BLOCKS).collect()
    } else {
        per_stage.iter().enumerate().flat_map(|(stage, n)| std::iter::repeat_n(stage, *n)).collect()
    };
    let block = |(index, &stage): (usize, &usize)| {
        let expansion = if is_bottleneck { 4 } else { 1 };
        let width = if spec.uniform { spec.width } else { (spec.width << stage) * expansion };
        let inner = (width / expansion).max(1);
        let bottleneck = match (is_bottleneck, grouped) {
            (false, _) => None,
            (true, false) => Some((inner, 1)),
            // Groups of 4 channels at 64, of 8 at 128, and so on.
            (true, true) => Some((N_GROUPS * (inner * GROUP_WIDTH / 64).max(1), N_GROUPS)),
        };
        let stride = if index > 0 && stage > stage_of[index - 1] { 2 } else { 1 };
        Block { index, width, stride, bottleneck }
    };
    stage_of.iter().enumerate().map(block).collect()
}

/// φ(B(x) + x), where B is two convolutions of 3 × 3, or one between two of 1 × 1; where shapes differ x is convolved too.
fn block<E: Element>(builder: &mut GraphBuilder<E>, block: Block, input: Place, spec: &ModelSpec) -> Place {
    let (name, stride) = (format!("block{}", block.index + 1), block.stride);
    let windows = match block.bottleneck {
        None => vec![(block.width, [3, stride, 1]), (block.width, [3, 1, 1])],
        Some((inner, n_groups)) => {
            vec![(inner, [1, 1, 1]), (inner, [3, stride, n_groups]), (block.width, [1, 1, 1])]
        }
    };
    let (mut inner, n_convolutions) = (input, windows.len());
    for ((width, window), number) in windows.into_iter().zip(1..) {
        inner = builder.grouped_convolution(&format!("{name}.conv{number}"), inner, width, window);
        inner = builder.batch_norm(&format!("{name}.norm{number}"), inner);
        if number < n_convolutions {
            inner = builder.nonlinearity(&format!("{name}.nonlinearity{number}"), inner, spec.nonlinearity);
        }
    }
    let mut past = input;
    if stride > 1 || builder.channels(input) != block.width {
        past = builder.convolution(&format!("{name}.shortcut.conv"), input, block.width, [1, stride]);
        past = builder.batch_norm(&format!("{name}.shortcut.norm"), past);
    }
    let sum = builder.sum(&format!("{name}.sum"), inner, past);
    let output = builder.nonlinearity(&name, sum, spec.nonlinearity);
    builder.end_block();
    output
}
