//! Operators that move numbers and change none.

use super::{Layout, Lowering, Node, Refusal, Value};
use crate::tape::Rearrangement;

/// What changes nothing when a network is evaluated.
pub(super) fn same(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    lowering.shape(node.output())?;
    lowering.any_input(node, 0)
}

/// `Expand` that repeats nothing.
pub(super) fn expand(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = reshape(lowering, node);
    value.map_err(|_| "it repeats numbers".to_owned())
}

/// `Reshape`, `Flatten`, `Squeeze` and `Unsqueeze`: the numbers of each image in another shape.
pub(super) fn reshape(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let shape = lowering.shape(node.output())?;
    let n_before = value.n_before();
    let made = Value::written(value.place, shape, n_before, lowering.n_images())?;
    if made.item.iter().product::<usize>() != value.item.iter().product::<usize>() {
        return Err("it mixes images".to_owned());
    }
    if made.item == value.item && (value.layout != Layout::ChannelsLast || made.images == value.images) {
        return Ok(Value { layout: value.layout, ..made });
    }
    if let Some(kept) = with_swapped_axes(&value, &made) {
        let places = Rearrangement::reshape(&kept.in_memory(&kept.item));
        return Ok(Value { place: lowering.moved_to(&value, places), ..kept });
    }
    let value = lowering.as_written(&value);
    let place = lowering.moved_to(&value, Rearrangement::reshape(&made.item));
    Ok(Value { place, ..made })
}

/// What a reshape makes of a value whose last axes are swapped in memory, if they stay the last: positions of images in a row behind
/// their channels, or axes in front that are joined or cut.
fn with_swapped_axes(value: &Value, made: &Value) -> Option<Value> {
    let (item, target) = (&value.item, &made.item);
    let ends_alike = match value.layout {
        Layout::AsWritten => false,
        Layout::ChannelsLast => made.is_ordinary() && target[..] == [item[0], item[1] * item[2]],
        Layout::Transposed => target.len() >= 2 && item[item.len() - 2..] == target[target.len() - 2..],
    };
    ends_alike.then(|| Value { layout: Layout::Transposed, ..made.clone() })
}

/// `Transpose`.
pub(super) fn transpose(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let axes = node.integers("perm").ok_or_else(|| "it reverses all axes".to_owned())?;
    let axes: Vec<usize> = axes.iter().map(|axis| value.axis(*axis)).collect();
    if axes.len() != value.rank() {
        return Err(format!("its axes {axes:?} are not those of {}", value.described()));
    }
    let position = axes.iter().position(|axis| *axis == value.images.axis);
    let images = position.map_or(value.images, |position| value.images.moved(position));
    let item_axes: Vec<usize> = axes.iter().filter_map(|axis| value.any_item_axis(*axis)).collect();
    let item: Vec<usize> = item_axes.iter().map(|axis| value.item[*axis]).collect();
    let made = Value { item, images, layout: Layout::AsWritten, ..value.clone() };
    if let Some(layout) = layout_after(&value, &made, &item_axes) {
        return Ok(Value { layout, ..made });
    }
    let value = lowering.as_written(&value);
    let place = lowering.moved_to(&value, Rearrangement::permutation(&value.item, &item_axes));
    Ok(Value { place, ..made })
}

/// The layout that the memory of `value` has for what a transpose makes of it, if it has one.
fn layout_after(value: &Value, made: &Value, item_axes: &[usize]) -> Option<Layout> {
    let in_memory = value.memory_axes();
    [Layout::AsWritten, Layout::ChannelsLast, Layout::Transposed].into_iter().find(|layout| {
        let is_possible = match layout {
            Layout::AsWritten => true,
            Layout::ChannelsLast => made.is_ordinary() && made.item.len() == 3,
            Layout::Transposed => made.item.len() >= 2,
        };
        let made = Value { layout: *layout, ..made.clone() };
        is_possible
            && made.memory_axes().into_iter().map(|axis| item_axes[axis]).eq(in_memory.iter().copied())
    })
}

/// `Concat` of values that hang on the images, and of constants.
pub(super) fn concat(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let parts: Result<Vec<Value>, Refusal> =
        (0..node.inputs().len()).map(|index| lowering.input_or_constant(node, index)).collect();
    let parts = parts?;
    let first = parts.first().ok_or_else(|| "it has no input".to_owned())?;
    if parts.len() == 1 {
        return Ok(first.clone());
    }
    let axis = first.axis(node.integer("axis", 1));
    let axis = first.item_axis(axis).ok_or_else(|| "it joins batches".to_owned())?;
    if parts.iter().any(|part| part.images != first.images || part.item.len() != first.item.len()) {
        return Err("its parts have the images along different axes".to_owned());
    }
    let of_images = first.item.len() == 3 && parts.iter().any(|part| part.layout == Layout::ChannelsLast);
    let parts: Result<Vec<Value>, Refusal> = parts
        .iter()
        .map(|part| if of_images { lowering.channels_last(part) } else { Ok(lowering.as_written(part)) })
        .collect();
    let parts = parts?;
    let mut item = parts[0].item.clone();
    item[axis] = parts.iter().map(|part| part.item[axis]).sum();
    let joined = Value { item, ..parts[0].clone() };
    let axis = joined.memory_axes().iter().position(|at| *at == axis).unwrap_or(axis) + 1;
    let inputs: Vec<&Value> = parts.iter().collect();
    Ok(lowering.step_like(&inputs, &joined, move |tape, inputs| tape.concatenation(inputs, axis)))
}
