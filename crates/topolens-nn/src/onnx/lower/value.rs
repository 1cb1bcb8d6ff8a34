//! Values that hang on the images, and where the images are in them.

use std::cmp::Ordering;

use super::Refusal;

/// How the numbers of an item lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// As the file has them.
    AsWritten,
    /// The file has N × channels × height × width, memory N × height × width × channels.
    ChannelsLast,
    /// The last two axes of the item are swapped in memory.
    Transposed,
}

/// Which axis of the shape that the file has for a value counts the images. In memory they come first in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImagesAxis {
    pub(super) axis: usize,
    /// It counts `outer` × N × what is left of its extent.
    outer: usize,
    /// It counts nothing but the images; it is then no axis of an item.
    is_alone: bool,
}

impl ImagesAxis {
    /// That of batches of images.
    pub(super) const FIRST: Self = Self { axis: 0, outer: 1, is_alone: true };

    /// None: of a batch that the file fixes at one image every axis may be taken as one of the item.
    pub(super) const NOWHERE: Self = Self { axis: usize::MAX, outer: 1, is_alone: false };

    /// The same where the axis has another number.
    pub(super) fn moved(self, axis: usize) -> Self {
        Self { axis, ..self }
    }

    /// Whether the axis counts nothing but the images.
    pub(super) fn is_alone(self) -> bool {
        self.is_alone
    }

    /// The axis of `shape`, which is that of `n_images` images, given that an image's numbers come in `n_before` runs: what stands
    /// before the images in the order of the file.
    fn find(shape: &[usize], n_before: usize, n_images: usize) -> Option<Self> {
        if n_images == 1 {
            return Some(Self::of_one_image(shape));
        }
        let mut before = 1;
        for (axis, extent) in shape.iter().enumerate() {
            let outer = n_before / before;
            if n_before.is_multiple_of(before) && extent.is_multiple_of(outer * n_images) {
                return Some(Self { axis, outer, is_alone: outer * n_images == *extent && outer == 1 });
            }
            before *= extent;
        }
        None
    }

    /// That of a batch of one: its numbers lie as the file has them whichever axis counts it.
    pub(super) fn of_one_image(shape: &[usize]) -> Self {
        if shape.first() == Some(&1) { Self::FIRST } else { Self::NOWHERE }
    }
}

/// A value that hangs on the images.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) place: usize,
    pub(super) layout: Layout,
    /// Shape of one item as the file has it: without the axis of the images, if that counts nothing else.
    pub(super) item: Vec<usize>,
    pub(super) images: ImagesAxis,
}

impl Value {
    /// The value at `place` as the file has it, in `shape` for `n_images` images, with `n_before` runs of numbers per image.
    pub(super) fn written(
        place: usize,
        shape: &[usize],
        n_before: usize,
        n_images: usize,
    ) -> Result<Self, Refusal> {
        let images = ImagesAxis::find(shape, n_before, n_images);
        let images =
            images.ok_or_else(|| format!("its output of shape {shape:?} cuts the axis of the images"))?;
        let mut item = shape.to_vec();
        if let Some(extent) = item.get_mut(images.axis) {
            *extent /= n_images;
        }
        if images.is_alone {
            item.remove(images.axis);
        }
        Ok(Self { place, layout: Layout::AsWritten, item, images })
    }

    /// Whether it has one item per image along its first axis, as layers have.
    pub(super) fn is_ordinary(&self) -> bool {
        self.images == ImagesAxis::FIRST
    }

    /// The extent of the last axis in memory.
    pub(super) fn last_axis(&self) -> usize {
        self.in_memory(&self.item).last().copied().unwrap_or(1)
    }

    /// Shape that the file has for it, with the images divided out.
    pub(super) fn extents(&self) -> Vec<usize> {
        let mut extents = self.item.clone();
        if self.images.is_alone {
            extents.insert(self.images.axis, 1);
        }
        extents
    }

    /// Shape that the file has for it, of `n_images` images.
    pub(super) fn file_shape(&self, n_images: usize) -> Vec<usize> {
        let mut shape = self.extents();
        if let Some(extent) = shape.get_mut(self.images.axis) {
            *extent *= n_images;
        }
        shape
    }

    /// Runs of numbers of an image, one for each index of what stands before the images in the file.
    pub(super) fn n_before(&self) -> usize {
        self.extents().iter().take(self.images.axis).product::<usize>() * self.images.outer
    }

    /// Axes of the shape that the file has for it.
    pub(super) fn rank(&self) -> usize {
        self.item.len() + usize::from(self.images.is_alone)
    }

    /// The axis that the file's signed number means.
    pub(super) fn axis(&self, number: i64) -> usize {
        number.rem_euclid(self.rank() as i64) as usize
    }

    /// The axis of an item that is `axis` in the file; none of that of the images.
    pub(super) fn item_axis(&self, axis: usize) -> Option<usize> {
        self.any_item_axis(axis).filter(|_| axis != self.images.axis)
    }

    /// As [`Value::item_axis`]; what the images' axis counts beside them is an axis too.
    pub(super) fn any_item_axis(&self, axis: usize) -> Option<usize> {
        match (self.images.is_alone, axis.cmp(&self.images.axis)) {
            (true, Ordering::Equal) => None,
            (true, Ordering::Greater) => Some(axis - 1),
            _ => Some(axis),
        }
    }

    /// Numbers that the axis of the images counts for each of them, behind them in the order of the file.
    pub(super) fn n_inner(&self) -> usize {
        self.extents()[self.images.axis] / self.images.outer
    }

    /// Which axis of the item each axis in memory is.
    pub(super) fn memory_axes(&self) -> Vec<usize> {
        let mut axes: Vec<usize> = (0..self.item.len()).collect();
        match self.layout {
            Layout::AsWritten => {}
            Layout::ChannelsLast => axes.rotate_left(1),
            Layout::Transposed => {
                let last = axes.len() - 1;
                axes.swap(last - 1, last);
            }
        }
        axes
    }

    /// What `numbers` says of each axis of the item, in the order of memory.
    pub(super) fn in_memory<T: Copy>(&self, numbers: &[T]) -> Vec<T> {
        self.memory_axes().into_iter().map(|axis| numbers[axis]).collect()
    }

    /// The extent of the last axis in the file, which must be one of the item.
    pub(super) fn row_len(&self) -> Result<usize, Refusal> {
        let axis = self.rank().checked_sub(1).and_then(|axis| self.item_axis(axis));
        axis.map(|axis| self.item[axis])
            .ok_or_else(|| format!("its last axis counts images: {}", self.described()))
    }

    /// Its shape in the file.
    pub(super) fn described(&self) -> String {
        let axis = |(axis, extent): (usize, usize)| match (axis == self.images.axis, extent) {
            (true, 1) => "N".to_owned(),
            (true, extent) => format!("{extent}N"),
            _ => extent.to_string(),
        };
        self.extents().into_iter().enumerate().map(axis).collect::<Vec<_>>().join(" x ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shape: &[usize], n_before: usize) -> Option<(String, usize)> {
        let value = Value::written(0, shape, n_before, 2).ok()?;
        Some((value.described(), value.n_before()))
    }

    #[test]
    fn images_are_found_behind_what_stands_before_them() {
        let found = |text: &str, n_before| Some((text.to_owned(), n_before));
        assert_eq!(written(&[2, 16, 32], 1), found("N x 16 x 32", 1));
        // Tokens first; heads beside the images; windows beside them; query, key and value before them.
        assert_eq!(written(&[16, 2, 32], 16), found("16 x N x 32", 16));
        assert_eq!(written(&[4, 16, 8], 1), found("2N x 16 x 8", 1));
        assert_eq!(written(&[3, 8, 2, 16, 8], 3), found("3 x 4N x 2 x 16 x 8", 3));
        // Tokens joined with the images stand before them.
        assert_eq!(written(&[32, 32], 16), found("16N x 32", 16));
        assert_eq!(written(&[1, 16, 2, 3], 16), found("1 x 16 x N x 3", 16));
        assert_eq!(written(&[3, 7], 1), None);
    }

    #[test]
    fn of_one_image_any_axis_is_one_of_the_item() {
        let value = Value::written(0, &[4, 1, 5], 4, 1).unwrap();
        assert_eq!((value.described().as_str(), value.item_axis(1)), ("4 x 1 x 5", Some(1)));
        assert!(Value::written(0, &[1, 3], 1, 1).unwrap().is_ordinary());
    }
}
