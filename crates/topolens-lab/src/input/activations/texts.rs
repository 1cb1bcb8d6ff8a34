//! Arrays of texts: no layers, but they may be the labels.

use std::fmt;
use std::path::Path;

use super::array::{SavedArray, Storage, Take};
use crate::Result;

/// Texts that stay in the file until they are asked for.
struct Texts(Box<dyn Fn() -> Result<Vec<String>> + Send + Sync>);

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Texts").finish_non_exhaustive()
    }
}

impl Storage for Texts {
    fn visit(&self, _: &[usize], _: &mut Take<'_>) -> Result<()> {
        Ok(())
    }

    fn texts(&self) -> Result<Option<Vec<String>>> {
        (self.0)().map(Some)
    }

    fn other_than_numbers(&self) -> Option<&str> {
        Some("texts")
    }
}

impl SavedArray {
    /// An array of texts, one for each sample, that `read` fetches.
    pub(super) fn of_texts(
        path: &Path,
        name: String,
        n_samples: usize,
        read: impl Fn() -> Result<Vec<String>> + Send + Sync + 'static,
    ) -> Self {
        let storage = Box::new(Texts(Box::new(read)));
        Self { name, shape: vec![n_samples], is_single: true, path: path.into(), storage }
    }
}
