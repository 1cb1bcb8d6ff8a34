//! Weights that lie in files beside an ONNX file.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use rten_onnx::onnx::ModelProto;

use crate::error::{Error, ErrorKind};

/// The name of a file of weights as the ONNX file has it, and its content.
pub(super) type ExternalData = Vec<(String, Vec<u8>)>;

/// Reads the files that the tensors of `model`, the content of `file`, lie in.
///
/// # Errors
///
/// One cannot be read, or leaves the folder of `file`.
pub(super) fn read(file: &Path, model: &ModelProto) -> Result<ExternalData, Error> {
    let tensors = model.graph.iter().flat_map(|graph| &graph.initializer);
    let entries = tensors.flat_map(|tensor| &tensor.external_data);
    let locations: BTreeSet<&str> = entries
        .filter(|entry| entry.key.as_deref() == Some("location"))
        .filter_map(|entry| entry.value.as_deref())
        .collect();
    let folder = file.parent().unwrap_or(Path::new(""));
    let read = |location: &str| {
        let below = Path::new(location).components().all(|part| matches!(part, Component::Normal(_)));
        if !below {
            let reason = format!("its weights lie in {location:?}, which leaves its folder");
            return Err(ErrorKind::UnsupportedOnnx { file: file.display().to_string(), reason }.into());
        }
        let path = folder.join(location);
        let bytes = std::fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
        Ok((location.to_owned(), bytes))
    };
    locations.into_iter().map(read).collect()
}
