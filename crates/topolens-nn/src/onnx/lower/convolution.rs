//! Convolution, with groups of channels.

use super::program::Bounds;
use super::window::bordered;
use super::{Layout, Lowering, Node, Refusal, Value};
use crate::kernels::Finish;
use crate::tape::{Tape, Variable};
use crate::tensor::Tensor;

/// `Conv` of images with square kernel and stride.
pub(super) fn conv(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let weights = lowering.parameter(node, 1)?;
    let [n_out, group, height, width] = *weights.shape() else {
        return Err(format!("weights of shape {:?} are not lowered", weights.shape()));
    };
    let stride = square(node.integers("strides").unwrap_or(&[1, 1]), "strides")?;
    if square(node.integers("dilations").unwrap_or(&[1, 1]), "dilations")? != 1 {
        return Err("dilated kernels are not lowered".to_owned());
    }
    if height != width {
        return Err("kernels that are not square are not lowered".to_owned());
    }
    let images = lowering.input(node, 0)?;
    let images = lowering.channels_last(&images)?;
    let (n_in, item) = (images.item[0], lowering.output_item(node)?);
    let (images, padding) = padded(lowering, node, &images, [height, stride], &item)?;
    let bias = lowering.constant(node, 2).cloned();
    if bias.as_ref().is_some_and(|bias| bias.len() != n_out) {
        return Err("its bias is not one number per channel".to_owned());
    }
    let is_depthwise = group == 1 && n_in == n_out && n_in > 1;
    let weights = spatial_first(weights);
    let operation = move |tape: &mut Tape<f32>, inputs: &[Variable], bounds: Option<Bounds>| {
        let kernel = tape.leaf(&weights, false);
        let finish = Finish { bias: bias.as_ref().map(Tensor::values), bounds };
        if is_depthwise {
            tape.finished_depthwise(inputs[0], kernel, [stride, padding], finish)
        } else {
            tape.finished_convolution(inputs[0], kernel, [stride, padding], finish)
        }
    };
    Ok(lowering.boundable_step(&[&images], (Layout::ChannelsLast, item), operation))
}

/// The extent of a window that is the same along both axes.
pub(super) fn square(extents: &[i64], what: &str) -> Result<usize, Refusal> {
    match *extents {
        [height, width] if height == width && height > 0 => Ok(height as usize),
        _ => Err(format!("{what} of {extents:?} are not lowered")),
    }
}

/// The images and the padding on all sides; where the sides differ, the images get a border of zeros.
fn padded(
    lowering: &mut Lowering<'_>,
    node: &Node,
    images: &Value,
    [kernel, stride]: [usize; 2],
    output: &[usize],
) -> Result<(Value, usize), Refusal> {
    let sides = sides(node, &images.item, [kernel, stride], output)?;
    if sides.iter().all(|side| *side == sides[0]) {
        return Ok((images.clone(), sides[0]));
    }
    Ok((bordered(lowering, images, sides), 0))
}

/// Padding at the top, left, bottom and right.
pub(super) fn sides(
    node: &Node,
    item: &[usize],
    [kernel, stride]: [usize; 2],
    output: &[usize],
) -> Result<[usize; 4], Refusal> {
    let total = |axis: usize| ((output[axis] - 1) * stride + kernel).saturating_sub(item[axis]);
    match node.word("auto_pad") {
        "SAME_UPPER" => {
            let [rows, columns] = [total(1), total(2)];
            Ok([rows / 2, columns / 2, rows.div_ceil(2), columns.div_ceil(2)])
        }
        "SAME_LOWER" => {
            let [rows, columns] = [total(1), total(2)];
            Ok([rows.div_ceil(2), columns.div_ceil(2), rows / 2, columns / 2])
        }
        "VALID" => Ok([0; 4]),
        _ => {
            let pads = node.integers("pads").unwrap_or(&[0; 4]);
            let pads: Option<Vec<usize>> = pads.iter().map(|pad| usize::try_from(*pad).ok()).collect();
            let pads = pads.and_then(|pads| <[usize; 4]>::try_from(pads).ok());
            pads.ok_or_else(|| "its pads are not four sides".to_owned())
        }
    }
}

/// out × in × kernel × kernel to kernel × kernel × in × out.
fn spatial_first(weights: &Tensor) -> Tensor {
    let [n_out, n_in, height, width] = *weights.shape() else { return weights.clone() };
    let (n_taps, mut values) = (height * width, Vec::with_capacity(weights.len()));
    for tap in 0..n_taps {
        for input in 0..n_in {
            values.extend((0..n_out).map(|output| weights.values()[(output * n_in + input) * n_taps + tap]));
        }
    }
    Tensor::from_parts(vec![height, width, n_in, n_out], values)
}
