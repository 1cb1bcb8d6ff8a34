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
    let mut pairs = shape.iter().zip(value.file_shape(n_images));
    if constant.is_empty() || !pairs.all(|(extent, whole)| *extent == 1 || *extent == whole) {
        return Err(refused());
    }
    let values = if shape.get(axis).is_none_or(|extent| *extent == 1) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn run(shape: &[usize], n_before: usize, constant: (&[usize], Vec<f32>)) -> Result<Vec<f32>, Refusal> {
        let value = Value::written(0, shape, n_before, 2)?;
        beside(&value, &Tensor::from_parts(constant.0.to_vec(), constant.1), 2)
    }

    #[test]
    fn a_constant_is_spread_as_far_as_it_must() {
        let counted = |n: usize| (0..n).map(|number| number as f32).collect::<Vec<f32>>();
        assert_eq!(run(&[2, 2, 3], 1, (&[1, 1], vec![5.0])), Ok(vec![5.0; 3]));
        assert_eq!(run(&[2, 2, 3], 1, (&[3], counted(3))), Ok(counted(3)));
        assert_eq!(run(&[2, 2, 3], 1, (&[2, 1], counted(2))), Ok(vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0]));
        assert!(
            run(&[2, 2, 3], 1, (&[2], counted(2))).is_err()
                && run(&[2, 3], 1, (&[4, 2, 3], counted(24))).is_err()
        );
    }

    /// 3 windows of each of 2 images, then 2 tokens of each: what stands beside an image must be alike for all.
    #[test]
    fn of_constants_for_every_image_one_is_taken() {
        let windows: Vec<f32> = (0..2).flat_map(|_| [1.0, 2.0, 3.0]).collect();
        let spread = vec![1.0, 1.0, 2.0, 2.0, 3.0, 3.0];
        assert_eq!(run(&[6, 2], 1, (&[6, 1], windows.clone())), Ok(spread));
        let tokens = vec![1.0, 1.0, 4.0, 4.0];
        assert_eq!(run(&[2, 2, 1], 2, (&[2, 2, 1], tokens.clone())), Ok(vec![1.0, 4.0]));
        assert!(run(&[2, 2, 1], 1, (&[2, 2, 1], tokens)).unwrap_err().contains("differs"));
    }
}
