//! `.safetensors` files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::Metadata;

use super::array::{SavedArray, bad, item_len};
use super::element::Element;
use super::in_place::InPlace;
use crate::Result;
use crate::error::{ActivationsProblem, Error};

/// The longest header that is read, as in the format's own library.
const MAX_HEADER: u64 = 100_000_000;

/// Opens the arrays of a file, by name with numbers in order: the format keeps no order of its own.
pub(super) fn open(path: &Path) -> Result<Vec<SavedArray>> {
    let failed = |source| Error::io("read", path, source);
    let damaged = |reason: String| bad(path, ActivationsProblem::Damaged { format: "safetensors", reason });
    let mut file = File::open(path).map_err(failed)?;
    let n_bytes = file.metadata().map_err(failed)?.len();
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(failed)?;
    let header_len = u64::from_le_bytes(length);
    if header_len > MAX_HEADER.min(n_bytes) {
        return Err(damaged(format!("its header claims {header_len} bytes")));
    }
    let mut header = Vec::new();
    file.take(header_len).read_to_end(&mut header).map_err(failed)?;
    let metadata: Metadata = serde_json::from_slice(&header).map_err(|error| damaged(error.to_string()))?;
    let first = 8 + header_len;
    if first + metadata.data_len() as u64 != n_bytes {
        let announced = first + metadata.data_len() as u64;
        return Err(damaged(format!("it has {n_bytes} bytes, its header announces {announced}")));
    }
    let mut arrays = Vec::new();
    for name in metadata.offset_keys() {
        let Some(info) = metadata.info(&name) else { continue };
        let Some((element, item_len)) = element(info.dtype).zip(item_len(&info.shape)) else {
            arrays.push(SavedArray::not_numbers(path, name, format!("{:?}", info.dtype)));
            continue;
        };
        let first_byte = first + info.data_offsets.0 as u64;
        let storage = InPlace { path: path.into(), first_byte, element, is_big_endian: false, item_len };
        let (shape, is_single) = (info.shape.clone(), element.is_single());
        arrays.push(SavedArray { name, shape, is_single, path: path.into(), storage: Box::new(storage) });
    }
    Ok(arrays)
}

fn element(dtype: Dtype) -> Option<Element> {
    Some(match dtype {
        Dtype::BOOL => Element::Bool,
        Dtype::U8 => Element::U8,
        Dtype::U16 => Element::U16,
        Dtype::U32 => Element::U32,
        Dtype::U64 => Element::U64,
        Dtype::I8 => Element::I8,
        Dtype::I16 => Element::I16,
        Dtype::I32 => Element::I32,
        Dtype::I64 => Element::I64,
        Dtype::F16 => Element::F16,
        Dtype::BF16 => Element::Bf16,
        Dtype::F32 => Element::F32,
        Dtype::F64 => Element::F64,
        _ => return None,
    })
}
