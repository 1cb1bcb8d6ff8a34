//! Arrays that had to be read whole: text, and arrays in column order.

use super::array::{Storage, Take};
use crate::Result;

/// The numbers of an array in row order.
#[derive(Debug)]
pub(super) struct InMemory {
    pub(super) numbers: Vec<f64>,
    pub(super) item_len: usize,
}

impl Storage for InMemory {
    fn visit(&self, samples: &[usize], take: &mut Take<'_>) -> Result<()> {
        samples
            .iter()
            .try_for_each(|sample| take(&self.numbers[sample * self.item_len..(sample + 1) * self.item_len]))
    }
}
