//! Pooling over windows and over all positions.

use super::convolution::{sides, square};
use super::power::mean_of_rows;
use super::{Layout, Lowering, Node, Refusal, Value};
use crate::kernels::PoolWindow;
use crate::tape::Rearrangement;

/// `MaxPool`.
pub(super) fn max_pool(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let (images, window, item) = windows(lowering, node)?;
    let shape = (Layout::ChannelsLast, item);
    Ok(lowering.step(&[&images], shape, move |tape, inputs| tape.max_pool(inputs[0], window)))
}

/// `AveragePool`.
pub(super) fn average_pool(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let (images, window, item) = windows(lowering, node)?;
    let counts_padding = node.integer("count_include_pad", 0) != 0;
    if counts_padding && window.reaches_out {
        return Err("windows that reach out and count the padding are not lowered".to_owned());
    }
    let shape = (Layout::ChannelsLast, item);
    Ok(lowering
        .step(&[&images], shape, move |tape, inputs| tape.average_pool(inputs[0], window, counts_padding)))
}

fn windows(lowering: &mut Lowering<'_>, node: &Node) -> Result<(Value, PoolWindow, Vec<usize>), Refusal> {
    let images = lowering.input(node, 0)?;
    let images = lowering.channels_last(&images)?;
    let size = square(node.integers("kernel_shape").unwrap_or_default(), "windows")?;
    let stride = square(node.integers("strides").unwrap_or(&[1, 1]), "strides")?;
    if square(node.integers("dilations").unwrap_or(&[1, 1]), "dilations")? != 1 {
        return Err("dilated windows are not lowered".to_owned());
    }
    let item = lowering.output_item(node)?;
    let sides = sides(node, &images.item, [size, stride], &item)?;
    let reaches_out = node.integer("ceil_mode", 0) != 0;
    let window = PoolWindow { size, stride, padding: sides[0], reaches_out };
    let covers = |axis: usize| window.count(images.item[axis]) == item[axis];
    if sides[0] != sides[1] || !covers(1) || !covers(2) || (sides[0] != sides[2] && !reaches_out) {
        return Err("padding that differs between the sides is not lowered".to_owned());
    }
    Ok((images, window, item))
}

/// `GlobalAveragePool`.
pub(super) fn global_average_pool(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    mean(lowering, node)
}

/// `ReduceMean` over the positions of images, or the last axis.
pub(super) fn mean(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let images = lowering.any_input(node, 0)?;
    let axes = lowering.integers(node, "axes", 1);
    let rank = images.rank() as i64;
    let mut over = axes.unwrap_or_else(|| (2..rank).collect());
    for axis in &mut over {
        *axis = axis.rem_euclid(rank);
    }
    over.sort_unstable();
    if over[..] == [rank - 1] && node.integer("keepdims", 1) != 0 {
        return mean_of_rows(lowering, &images);
    }
    let (images, item) = (lowering.input(node, 0)?, lowering.output_item(node)?);
    let images = match (&over[..], images.item.len()) {
        ([2, 3], 3) => lowering.channels_last(&images)?,
        // Positions before channels, as Keras has them.
        ([1, 2], 3) | ([1], 2) => lowering.as_written(&images),
        _ => return Err(format!("the mean over the axes {over:?} is not lowered")),
    };
    let channels = images.last_axis();
    let pooled = lowering.step(&[&images], (Layout::AsWritten, vec![channels]), |tape, inputs| {
        tape.global_average_pool(inputs[0])
    });
    if item.len() == 1 {
        return Ok(pooled);
    }
    if images.layout == Layout::ChannelsLast {
        let places = Rearrangement::reshape(&[1, 1, channels]);
        return Ok(lowering.rearranged(&pooled, Layout::ChannelsLast, item, places));
    }
    let places = Rearrangement::reshape(&item);
    Ok(lowering.rearranged(&pooled, Layout::AsWritten, item, places))
}
