//! What counts as success.

use crate::model::largest;

/// What an attack wants of one image.
///
/// # Examples
///
/// ```
/// use topolens_nn::attack::Criterion;
///
/// let away = Criterion { label: 0, target: None };
/// assert!(away.is_met(&[0.1, 0.9, 0.3]) && !away.is_met(&[0.9, 0.1, 0.3]));
/// let to_two = Criterion { label: 0, target: Some(2) };
/// assert!(!to_two.is_met(&[0.1, 0.9, 0.3]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Criterion {
    /// The class of the image.
    pub label: usize,
    /// The class that the network shall say; none if any other class will do.
    pub target: Option<usize>,
}

impl Criterion {
    /// Whether logits fulfil it; logits that are no numbers never do.
    pub fn is_met(&self, logits: &[f32]) -> bool {
        match (largest(logits), self.target) {
            (Some(said), Some(target)) => said == target,
            (Some(said), None) => said != self.label,
            (None, _) => false,
        }
    }
}

/// The class of each row of logits; of equal logits the first, and 0 where none is a number.
pub(super) fn predictions(logits: &crate::Tensor) -> Vec<usize> {
    logits.items().map(|row| largest(row).unwrap_or(0)).collect()
}
