//! Operators that take parts of each image's numbers, or put zeros around them.

use super::{Layout, Lowering, Node, Refusal, Value};
use crate::tape::Rearrangement;
use crate::tensor::Tensor;

/// A window into each item, told by its axes: the first index, steps, and extent.
struct Window {
    starts: Vec<isize>,
    steps: Vec<usize>,
    extents: Vec<usize>,
}

impl Window {
    /// All of `value`.
    fn whole(value: &Value) -> Self {
        let rank = value.item.len();
        Self { starts: vec![0; rank], steps: vec![1; rank], extents: value.item.clone() }
    }

    /// Records it.
    fn cut(self, lowering: &mut Lowering<'_>, value: &Value) -> Value {
        let value = match value.layout {
            Layout::Transposed => &lowering.as_written(value),
            _ => value,
        };
        let places = Rearrangement::window(
            &value.in_memory(&value.item),
            &value.in_memory(&self.starts),
            &value.in_memory(&self.steps),
            value.in_memory(&self.extents),
        );
        let stays = self.extents == value.item && self.starts.iter().all(|start| *start == 0);
        let place = if stays { value.place } else { lowering.moved_to(value, places) };
        Value { place, item: self.extents, ..value.clone() }
    }
}

/// `Pad` with zeros.
pub(super) fn pad(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let is_zero = lowering.constant(node, 2).is_none_or(|value| value.values().iter().all(|v| *v == 0.0));
    if !matches!(node.word("mode"), "" | "constant") || !is_zero || node.float("value", 0.0) != 0.0 {
        return Err("only borders of zeros are lowered".to_owned());
    }
    let value = lowering.any_input(node, 0)?;
    let pads = lowering.integers(node, "pads", 1).filter(|pads| pads.len() == 2 * value.rank());
    let pads = pads.ok_or_else(|| "its pads are not two per axis".to_owned())?;
    let mut window = Window::whole(&value);
    for (axis, (before, behind)) in pads.iter().zip(&pads[value.rank()..]).enumerate() {
        match value.item_axis(axis) {
            None if (*before, *behind) == (0, 0) => {}
            None => return Err("it adds images".to_owned()),
            Some(axis) => {
                window.starts[axis] = -*before as isize;
                let extent = value.item[axis] as i64 + before + behind;
                window.extents[axis] =
                    usize::try_from(extent).map_err(|_| "its output is empty".to_owned())?;
            }
        }
    }
    lowering.shape(node.output())?;
    Ok(window.cut(lowering, &value))
}

/// `Slice` of axes other than the images', forward.
pub(super) fn slice(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let (value, shape) = (lowering.any_input(node, 0)?, lowering.shape(node.output())?);
    let list = |attribute, index| lowering.integers(node, attribute, index);
    let first = list("starts", 1).ok_or_else(|| "its starts are no constants".to_owned())?;
    let axes = list("axes", 3).unwrap_or_else(|| (0..first.len() as i64).collect());
    let given = list("steps", 4).unwrap_or_else(|| vec![1; first.len()]);
    let mut window = Window::whole(&value);
    for ((axis, first), step) in axes.iter().zip(&first).zip(&given) {
        let axis = value.axis(*axis);
        let whole = value.extents()[axis] * if axis == value.images.axis { lowering.n_images() } else { 1 };
        let extent = *shape.get(axis).unwrap_or(&0);
        match value.item_axis(axis) {
            _ if *step < 1 => return Err(format!("steps of {step} are not lowered")),
            None if extent == whole => {}
            None => return Err("it picks images".to_owned()),
            Some(axis) => {
                let first = if *first < 0 { first + whole as i64 } else { *first };
                window.starts[axis] = first.clamp(0, whole as i64) as isize;
                // A step from the only index goes nowhere; a file may have any there.
                window.steps[axis] = if extent > 1 { *step as usize } else { 1 };
                window.extents[axis] = extent;
            }
        }
    }
    Ok(window.cut(lowering, &value))
}

/// `Split` along an axis other than the images'.
pub(super) fn split(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let axis = value.axis(node.integer("axis", 0));
    let own = value.item_axis(axis).ok_or_else(|| "it picks images".to_owned())?;
    let (mut start, mut first) = (0, None);
    for name in node.outputs() {
        let extent = lowering.shape(name)?[axis];
        let mut window = Window::whole(&value);
        window.starts[own] = start;
        window.extents[own] = extent;
        start += extent.cast_signed();
        let part = window.cut(lowering, &value);
        if first.is_none() {
            first = Some(part);
        } else {
            lowering.bind(name, part);
        }
    }
    first.ok_or_else(|| "it has no output".to_owned())
}

/// `Gather` of evenly spaced constant indices along an axis other than the images', or by indices that count through a batch.
pub(super) fn gather(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let value = lowering.as_written(&value);
    let axis = value.axis(node.integer("axis", 0));
    let indices = lowering.parameter(node, 1)?;
    let Some(own) = value.item_axis(axis) else { return counted(lowering, node, &value, indices) };
    let whole = value.item[own];
    let index =
        |number: &f32| if *number < 0.0 { *number as isize + whole.cast_signed() } else { *number as isize };
    let list: Vec<isize> = indices.values().iter().map(index).collect();
    let window = evenly_spaced(&value, own, &list)?;
    let part = window.cut(lowering, &value);
    // The axis becomes those of the indices; the images stay where they were among the others.
    let shape = lowering.shape(node.output())?;
    let made = Value::written(part.place, shape, part.n_before(), lowering.n_images())?;
    let place = lowering.moved_to(&part, Rearrangement::reshape(&made.item));
    Ok(Value { place, ..made })
}

/// `indices` along an axis of the item.
fn evenly_spaced(value: &Value, axis: usize, indices: &[isize]) -> Result<Window, Refusal> {
    let step = if let [first, second, ..] = indices { second - first } else { 1 };
    let is_inside = indices.iter().all(|index| (0..value.item[axis].cast_signed()).contains(index));
    if indices.is_empty()
        || step < 1
        || !is_inside
        || indices.windows(2).any(|pair| pair[1] - pair[0] != step)
    {
        return Err(format!("indices {indices:?} are not lowered"));
    }
    let mut window = Window::whole(value);
    window.starts[axis] = indices[0];
    window.steps[axis] = step.cast_unsigned();
    window.extents[axis] = indices.len();
    Ok(window)
}

/// A batch in one row, of which image n picks what lies n images behind what the first one picks: strides written as indices.
fn counted(
    lowering: &mut Lowering<'_>,
    node: &Node,
    value: &Value,
    indices: &Tensor,
) -> Result<Value, Refusal> {
    let (n_images, shape) = (lowering.n_images(), lowering.shape(node.output())?);
    let picked = indices.len() / n_images;
    let is_counted = value.rank() == 1 && value.n_before() == 1 && indices.shape().first() == Some(&n_images);
    let length = value.item.iter().product::<usize>();
    let stays = |(place, index): (usize, &f32)| *index as usize == place / picked * length + place % picked;
    if !is_counted || picked == 0 || picked > length || !indices.values().iter().enumerate().all(stays) {
        return Err("it picks images".to_owned());
    }
    let mut window = Window::whole(value);
    window.extents[0] = picked;
    let part = window.cut(lowering, value);
    let made = Value::written(part.place, shape, 1, n_images)?;
    let place = lowering.moved_to(&part, Rearrangement::reshape(&made.item));
    Ok(Value { place, ..made })
}

/// Images, channels last, with a border of zeros at the top, left, bottom and right.
pub(super) fn bordered(lowering: &mut Lowering<'_>, images: &Value, sides: [usize; 4]) -> Value {
    let [top, left, bottom, right] = sides;
    let window = Window {
        starts: vec![0, -top.cast_signed(), -left.cast_signed()],
        steps: vec![1; 3],
        extents: vec![images.item[0], images.item[1] + top + bottom, images.item[2] + left + right],
    };
    window.cut(lowering, images)
}
