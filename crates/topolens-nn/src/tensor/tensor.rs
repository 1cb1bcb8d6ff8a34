//! The array type.

use super::Element;
use crate::error::{Error, ErrorKind};

/// An array of any rank, row-major. Batches of images are NHWC: image, row, column, channel.
///
/// # Examples
///
/// ```
/// use topolens_nn::Tensor;
///
/// let tensor = Tensor::new(&[2, 2], vec![1.0_f32, 2.0, 3.0, 4.0])?;
/// assert_eq!(tensor.shape(), [2, 2]);
/// assert_eq!(tensor.values()[3], 4.0);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor<E = f32> {
    shape: Vec<usize>,
    values: Vec<E>,
}

impl<E: Element> Tensor<E> {
    /// Takes `values` in row-major order.
    ///
    /// # Errors
    ///
    /// If there are not as many values as the product of `shape`.
    pub fn new(shape: &[usize], values: Vec<E>) -> Result<Self, Error> {
        let expected = shape.iter().try_fold(1_usize, |product, extent| product.checked_mul(*extent));
        if expected != Some(values.len()) {
            return Err(
                ErrorKind::ValuesDoNotFillShape { shape: shape.to_vec(), n_values: values.len() }.into()
            );
        }
        Ok(Self { shape: shape.to_vec(), values })
    }

    /// All zeros.
    pub fn zeros(shape: &[usize]) -> Self {
        Self { shape: shape.to_vec(), values: vec![E::ZERO; shape.iter().product()] }
    }

    /// A tensor whose length is known to fit.
    pub(crate) fn from_parts(shape: Vec<usize>, values: Vec<E>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len(), "bug: values do not fill the shape");
        Self { shape, values }
    }

    /// The extents.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values in row-major order.
    pub fn values(&self) -> &[E] {
        &self.values
    }

    /// The values in row-major order, to be changed.
    pub fn values_mut(&mut self) -> &mut [E] {
        &mut self.values
    }

    /// The values alone.
    pub fn into_values(self) -> Vec<E> {
        self.values
    }

    /// Takes the values out and leaves the shape: what is left must not be asked for values.
    pub(crate) fn take_values(&mut self) -> Vec<E> {
        std::mem::take(&mut self.values)
    }

    /// The number of values that fill the shape, also when they were taken out.
    pub(crate) fn shape_len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The extent of the first axis, the number of items of a batch; 0 for rank 0.
    pub fn n_items(&self) -> usize {
        self.shape.first().copied().unwrap_or(0)
    }

    /// The number of values of one item of a batch.
    pub fn item_len(&self) -> usize {
        self.shape.iter().skip(1).product()
    }

    /// The items one after the other, each with [`Tensor::item_len`] values.
    pub fn items(&self) -> std::slice::ChunksExact<'_, E> {
        self.values.chunks_exact(self.item_len().max(1))
    }

    /// The values of an item.
    pub(crate) fn item(&self, index: usize) -> &[E] {
        &self.values[index * self.item_len()..(index + 1) * self.item_len()]
    }

    /// The values of an item, to be changed.
    pub(crate) fn item_mut(&mut self, index: usize) -> &mut [E] {
        let n = self.item_len();
        &mut self.values[index * n..(index + 1) * n]
    }

    /// Replaces the items `indices` by those of `others`, in that order.
    pub(crate) fn put(&mut self, indices: &[usize], others: &Self) {
        indices
            .iter()
            .zip(others.items())
            .for_each(|(index, other)| self.item_mut(*index).copy_from_slice(other));
    }

    /// The items `indices`, in that order.
    ///
    /// # Panics
    ///
    /// If an index is not below the number of items, as slice indexing does.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let n = self.item_len();
        let values =
            indices.iter().flat_map(|index| &self.values[index * n..(index + 1) * n]).copied().collect();
        let mut shape = self.shape.clone();
        shape[0] = indices.len();
        Self { shape, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_that_overflows_is_refused() {
        assert!(Tensor::<f32>::new(&[usize::MAX, 2], vec![0.0; 4]).is_err());
        assert!(Tensor::<f32>::new(&[0, 7], vec![]).is_ok());
    }

    #[test]
    fn items_are_the_first_axis() {
        let tensor = Tensor::<f64>::zeros(&[3, 2, 2, 5]);
        assert_eq!((tensor.n_items(), tensor.item_len(), tensor.len()), (3, 20, 60));
    }
}
