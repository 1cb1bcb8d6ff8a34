//! Patches of an image as rows of a matrix, and back.

use std::ops::Range;

use super::ConvolutionShape;
use crate::tensor::Element;

/// Writes one row per output pixel of the output rows `rows`: the kernel × kernel × channels values under it, zeros outside.
pub(super) fn gather<E: Element>(
    shape: &ConvolutionShape,
    image: &[E],
    rows: Range<usize>,
    patches: &mut [E],
) {
    let run = shape.kernel * shape.in_channels;
    for (patch, (y, x)) in patches.chunks_exact_mut(shape.patch_len()).zip(pixels(shape, rows)) {
        for (k, part) in patch.chunks_exact_mut(run).enumerate() {
            match source(shape, y + k, x) {
                Some((from, into)) => {
                    let length = into.len();
                    if length < run {
                        part.fill(E::ZERO);
                    }
                    part[into].copy_from_slice(&image[from..from + length]);
                }
                None => part.fill(E::ZERO),
            }
        }
    }
}

/// Adds rows made as by [`gather`] to the places in `image` that they came from.
pub(super) fn scatter<E: Element>(
    shape: &ConvolutionShape,
    patches: &[E],
    rows: Range<usize>,
    image: &mut [E],
) {
    let run = shape.kernel * shape.in_channels;
    for (patch, (y, x)) in patches.chunks_exact(shape.patch_len()).zip(pixels(shape, rows)) {
        for (k, part) in patch.chunks_exact(run).enumerate() {
            if let Some((from, into)) = source(shape, y + k, x) {
                let target = &mut image[from..from + into.len()];
                target.iter_mut().zip(&part[into]).for_each(|(sum, value)| *sum += *value);
            }
        }
    }
}

/// Upper left corner of each patch, in coordinates of the padded image.
fn pixels(shape: &ConvolutionShape, rows: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    let (stride, width) = (shape.stride, shape.out_width());
    rows.flat_map(move |y| (0..width).map(move |x| (y * stride, x * stride)))
}

/// Where the run that starts at (`y`, `x`) of the padded image lies in the image, and which part of the run that is.
fn source(shape: &ConvolutionShape, y: usize, x: usize) -> Option<(usize, Range<usize>)> {
    let row = y.checked_sub(shape.padding).filter(|row| *row < shape.height)?;
    let skipped = shape.padding.saturating_sub(x);
    let first = (x + skipped) - shape.padding;
    let last = (x + shape.kernel).saturating_sub(shape.padding).min(shape.width);
    if first >= last {
        return None;
    }
    let channels = shape.in_channels;
    let into = skipped * channels..(skipped + last - first) * channels;
    Some(((row * shape.width + first) * channels, into))
}
