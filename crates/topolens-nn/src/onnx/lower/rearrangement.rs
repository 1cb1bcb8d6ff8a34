//! Operators that move numbers and change none.

use super::{Layout, Lowering, Node, Refusal, Value};
use crate::tape::Rearrangement;

/// What changes nothing when a network is evaluated.
pub(super) fn same(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    lowering.output_item(node)?;
    lowering.input(node, 0)
}

/// `Reshape`, `Flatten`, `Squeeze` and `Unsqueeze`: the numbers of each image in another shape.
pub(super) fn reshape(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.input(node, 0)?;
    let item = lowering.output_item(node)?;
    if item.iter().product::<usize>() != value.item.iter().product::<usize>() {
        return Err("it mixes images".to_owned());
    }
    if item == value.item {
        return Ok(value);
    }
    let value = lowering.as_written(&value);
    let places = Rearrangement::reshape(&item);
    Ok(lowering.rearranged(&value, Layout::AsWritten, item, places))
}

/// `Transpose` that leaves the images where they are.
pub(super) fn transpose(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.input(node, 0)?;
    let item = lowering.output_item(node)?;
    let axes = node.integers("perm").ok_or_else(|| "it reverses all axes".to_owned())?;
    if axes.first() != Some(&0) {
        return Err("it moves the axis of the images".to_owned());
    }
    match (value.layout, axes) {
        (Layout::ChannelsLast, [0, 2, 3, 1]) => Ok(Value { layout: Layout::AsWritten, item, ..value }),
        (Layout::AsWritten, [0, 3, 1, 2]) => Ok(Value { layout: Layout::ChannelsLast, item, ..value }),
        _ => {
            let value = lowering.as_written(&value);
            let axes: Vec<usize> = axes[1..].iter().map(|axis| (*axis - 1) as usize).collect();
            let places = Rearrangement::permutation(&value.item, &axes);
            Ok(lowering.rearranged(&value, Layout::AsWritten, item, places))
        }
    }
}

/// `Concat` of values that hang on the images, and of constants.
pub(super) fn concat(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let parts: Result<Vec<Value>, Refusal> =
        (0..node.inputs().len()).map(|index| lowering.input_or_constant(node, index)).collect();
    let (parts, item) = (parts?, lowering.output_item(node)?);
    let axis = node.integer("axis", 1).rem_euclid(item.len() as i64 + 1) as usize;
    if axis == 0 {
        return Err("it joins batches".to_owned());
    }
    if let [only] = &parts[..] {
        return Ok(only.clone());
    }
    let of_images = item.len() == 3 && parts.iter().any(|part| part.layout == Layout::ChannelsLast);
    let (layout, axis) =
        if of_images { (Layout::ChannelsLast, [3, 1, 2][axis - 1]) } else { (Layout::AsWritten, axis) };
    let parts: Result<Vec<Value>, Refusal> = parts
        .iter()
        .map(|part| if of_images { lowering.channels_last(part) } else { Ok(lowering.as_written(part)) })
        .collect();
    let parts = parts?;
    let inputs: Vec<&Value> = parts.iter().collect();
    Ok(lowering.step(&inputs, (layout, item), move |tape, inputs| tape.concatenation(inputs, axis)))
}

/// `Pad` with zeros.
pub(super) fn pad(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let is_zero = lowering.constant(node, 2).is_none_or(|value| value.values().iter().all(|v| *v == 0.0));
    if !matches!(node.word("mode"), "" | "constant") || !is_zero || node.float("value", 0.0) != 0.0 {
        return Err("only borders of zeros are lowered".to_owned());
    }
    let (value, item) = (lowering.input(node, 0)?, lowering.output_item(node)?);
    let pads = lowering.integers(node, "pads", 1).filter(|pads| pads.len() == 2 * (value.item.len() + 1));
    let pads = pads.ok_or_else(|| "its pads are not two per axis".to_owned())?;
    let starts: Vec<isize> = pads[1..=value.item.len()].iter().map(|pad| -*pad as isize).collect();
    Ok(window(lowering, &value, (&starts, &vec![1; starts.len()]), item))
}

/// `Slice` of axes other than the images', forward.
pub(super) fn slice(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let (value, item) = (lowering.input(node, 0)?, lowering.output_item(node)?);
    let rank = value.item.len() as i64 + 1;
    let list = |attribute, index| lowering.integers(node, attribute, index);
    let first = list("starts", 1).ok_or_else(|| "its starts are no constants".to_owned())?;
    let axes = list("axes", 3).unwrap_or_else(|| (0..first.len() as i64).collect());
    let given = list("steps", 4).unwrap_or_else(|| vec![1; first.len()]);
    let (mut starts, mut steps) = (vec![0; value.item.len()], vec![1; value.item.len()]);
    for ((axis, first), step) in axes.iter().zip(&first).zip(&given) {
        let axis = axis.rem_euclid(rank) as usize;
        let extent = if axis == 0 { 0 } else { value.item[axis - 1] as i64 };
        let first = if *first < 0 { first + extent } else { *first };
        match (axis, first) {
            _ if *step < 1 => return Err(format!("steps of {step} are not lowered")),
            (0, 0) if *step == 1 => {}
            (0, _) => return Err("it picks images".to_owned()),
            _ => {
                starts[axis - 1] = first.clamp(0, extent) as isize;
                steps[axis - 1] = *step as usize;
            }
        }
    }
    Ok(window(lowering, &value, (&starts, &steps), item))
}

/// `Split` along an axis other than the images'.
pub(super) fn split(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.input(node, 0)?;
    let axis = node.integer("axis", 0).rem_euclid(value.item.len() as i64 + 1) as usize;
    if axis == 0 {
        return Err("it picks images".to_owned());
    }
    let mut starts = vec![0; value.item.len()];
    let mut first = None;
    for name in node.outputs() {
        let item = lowering.item(name)?;
        let extent = item[axis - 1].cast_signed();
        let part = window(lowering, &value, (&starts, &vec![1; starts.len()]), item);
        starts[axis - 1] += extent;
        if first.is_none() {
            first = Some(part);
        } else {
            lowering.bind(name, part);
        }
    }
    first.ok_or_else(|| "it has no output".to_owned())
}

/// Images, channels last, with a border of zeros at the top, left, bottom and right.
pub(super) fn bordered(lowering: &mut Lowering<'_>, images: &Value, sides: [usize; 4]) -> Value {
    let [top, left, bottom, right] = sides;
    let item = vec![images.item[0], images.item[1] + top + bottom, images.item[2] + left + right];
    window(lowering, images, (&[0, -top.cast_signed(), -left.cast_signed()], &[1; 3]), item)
}

/// A window into each item, whose axes are those of the file.
fn window(
    lowering: &mut Lowering<'_>,
    value: &Value,
    (starts, steps): (&[isize], &[usize]),
    item: Vec<usize>,
) -> Value {
    let in_memory = |axes: &[usize]| match value.layout {
        Layout::ChannelsLast => vec![axes[1], axes[2], axes[0]],
        Layout::AsWritten => axes.to_vec(),
    };
    let moved: Vec<isize> = match value.layout {
        Layout::ChannelsLast => vec![starts[1], starts[2], starts[0]],
        Layout::AsWritten => starts.to_vec(),
    };
    let places = Rearrangement::window(&in_memory(&value.item), &moved, &in_memory(steps), in_memory(&item));
    lowering.rearranged(value, value.layout, item, places)
}
