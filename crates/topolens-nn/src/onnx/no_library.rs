//! Without the feature `ort` no onnxruntime can be loaded.

use super::external::ExternalData;
use super::source::Source;
use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// There is none.
pub(super) enum Library {}

impl Library {
    /// As with the feature.
    ///
    /// # Errors
    ///
    /// Always, with what to do.
    pub(super) fn open(file: &str, _: &[u8], _: &ExternalData) -> Result<Self, Error> {
        let reason =
            "the engine ort was not built in; build topolens with `--features ort`, or take tape or rten";
        Err(ErrorKind::UnsupportedOnnx { file: file.to_owned(), reason: reason.to_owned() }.into())
    }

    /// As with the feature.
    pub(super) fn run(&self, _: &Source, _: &Tensor, _: &[&str]) -> Result<Vec<Option<Tensor>>, Error> {
        match *self {}
    }
}
