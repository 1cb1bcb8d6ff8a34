//! Constants beside values.

use super::{Layout, Lowering, Refusal, Value};
use crate::tensor::Tensor;

/// A constant beside `value`, as the numbers beside each run of as many numbers of an item in memory: one for each place of the last
/// axis, or more where the constant hangs on other axes too.
pub(super) fn beside(value: &Value, constant: &Tensor, n_images: usize) -> Result<Vec<f32>, Refusal> {
    let constant = of_one_image(value, constant, n_images)?;
    if constant.values().iter().all(|number| *number == constant.values()[0]) {
        return Ok(vec![constant.values()[0]; value.last_axis()]);
    }
    let steps: Vec<usize> = (0..constant.shape().len())
        .map(
            |axis| {
                if constant.shape()[axis] == 1 { 0 } else { constant.shape()[axis + 1..].iter().product() }
            },
        )
        .collect();
    let (extents, steps) = (value.in_memory(&value.item), value.in_memory(&steps));
    let last = extents.len() - 1;
    let first = steps.iter().position(|step| *step > 0).unwrap_or(last).min(last);
    let mut places = vec![0];
    for (extent, step) in extents.iter().zip(&steps).skip(first) {
        places =
            places.iter().flat_map(|place| (0..*extent).map(move |index| place + index * step)).collect();
    }
    Ok(places.into_iter().map(|place| constant.values()[place]).collect())
}

/// The part of a constant beside an image, with an axis for each of the item's, its extent that of the item or 1.
fn of_one_image(value: &Value, constant: &Tensor, n_images: usize) -> Result<Tensor, Refusal> {
    let refused =
        || format!("a constant of shape {:?} is not lowered beside {}", constant.shape(), value.described());
    let mut shape: Vec<usize> = constant.shape().iter().copied().skip_while(|extent| *extent == 1).collect();
    let missing = value.rank().checked_sub(shape.len()).ok_or_else(refused)?;
    shape.splice(0..0, vec![1; missing]);
    let (extents, axis) = (value.extents(), value.images.axis);
    let fits = |at: usize| {
        let whole = if at == axis { extents[at] * n_images } else { extents[at] };
        shape[at] == 1 || shape[at] == whole
    };
    if constant.is_empty() || !(0..shape.len()).all(fits) {
        return Err(refused());
    }
    let values = if shape[axis] == 1 {
        constant.values().to_vec()
    } else {
        let inner = shape[axis + 1..].iter().product::<usize>() * value.n_inner();
        shape[axis] = extents[axis];
        one_of_alike(constant.values(), inner, n_images)?
    };
    if value.images.is_alone() {
        shape.remove(axis);
    }
    Ok(Tensor::from_parts(shape, values))
}

/// Of numbers that are the same for each image, those of one: images are `inner` numbers apart.
fn one_of_alike(values: &[f32], inner: usize, n_images: usize) -> Result<Vec<f32>, Refusal> {
    let mut one = Vec::with_capacity(values.len() / n_images);
    for images in values.chunks_exact(inner * n_images) {
        let (first, others) = images.split_at(inner);
        if others.chunks_exact(inner).any(|other| other != first) {
            return Err("its constant differs from image to image".to_owned());
        }
        one.extend_from_slice(first);
    }
    Ok(one)
}

/// The value, channels last if it has three axes and the constant a number for each index of the first alone: the last in memory then.
pub(super) fn by_channel(
    lowering: &mut Lowering<'_>,
    value: &Value,
    constant: &Tensor,
) -> Result<Value, Refusal> {
    let mut shape = constant.shape().iter().copied().skip_while(|extent| *extent == 1);
    let is_one_per_channel = value.is_ordinary()
        && value.item.len() == 3
        && value.layout == Layout::AsWritten
        && shape.next() == Some(value.item[0])
        && shape.eq([1, 1]);
    if is_one_per_channel { lowering.channels_last(value) } else { Ok(value.clone()) }
}
