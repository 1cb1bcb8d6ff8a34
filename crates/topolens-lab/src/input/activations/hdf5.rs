//! HDF5 files, read without the C library.

use std::path::{Path, PathBuf};

use hdf5_pure::{DType, Datatype, Error as Hdf5Error, File, Group, VlenStringReadOptions};

use super::array::{MOST_PACKED, SavedArray, Storage, Take, bad, item_len};
use super::element::Element;
use crate::Result;
use crate::error::{ActivationsProblem, Error};

/// Groups in groups deeper than this are not looked into.
const MAX_DEPTH: usize = 16;

/// Opens every data set of numbers, by path with numbers in order.
pub(super) fn open(path: &Path) -> Result<Vec<SavedArray>> {
    let file = File::open_streaming(path).map_err(|error| damaged(path, error))?;
    let mut names = Vec::new();
    collect_names(&file.root(), "", 0, &mut names).map_err(|error| damaged(path, error))?;
    names.iter().map(|name| open_array(path, &file, name)).collect()
}

fn damaged(path: &Path, error: Hdf5Error) -> Error {
    match error {
        Hdf5Error::Io(source) => Error::io("read", path, source),
        error => {
            let reason =
                format!("{error}; save it as .npz or .safetensors if it cannot be written otherwise");
            bad(path, ActivationsProblem::Damaged { format: "HDF5", reason })
        }
    }
}

fn collect_names(
    group: &Group,
    prefix: &str,
    depth: usize,
    names: &mut Vec<String>,
) -> std::result::Result<(), Hdf5Error> {
    names.extend(group.datasets()?.into_iter().map(|name| format!("{prefix}{name}")));
    if depth == MAX_DEPTH {
        return Ok(());
    }
    for name in group.groups()? {
        collect_names(&group.group(&name)?, &format!("{prefix}{name}/"), depth + 1, names)?;
    }
    Ok(())
}

fn open_array(path: &Path, file: &File, name: &str) -> Result<SavedArray> {
    let failed = |error| damaged(path, error);
    let dataset = file.dataset(name).map_err(failed)?;
    let extents = dataset.shape().map_err(failed)?;
    let shape: Option<Vec<usize>> = extents.iter().map(|extent| usize::try_from(*extent).ok()).collect();
    let Some((shape, item_len)) = shape.and_then(|shape| item_len(&shape).map(|length| (shape, length)))
    else {
        let reason = format!("{name} claims the shape {extents:?}");
        return Err(bad(path, ActivationsProblem::Damaged { format: "HDF5", reason }));
    };
    let file_len = file.file_size();
    if item_len as u64 > file_len.saturating_mul(MOST_PACKED) {
        let reason = format!("{name} claims {item_len} numbers a sample, the file has {file_len} bytes");
        return Err(bad(path, ActivationsProblem::Damaged { format: "HDF5", reason }));
    }
    let dtype = dataset.dtype().map_err(failed)?;
    let Some(element) = element(&dtype) else {
        if matches!(dtype, DType::String | DType::VariableLengthString)
            && let [n_texts] | [n_texts, 1] = shape[..]
            && n_texts as u64 <= file_len.saturating_mul(MOST_PACKED)
        {
            return Ok(texts(path, name, n_texts));
        }
        return Ok(SavedArray::not_numbers(path, name.to_owned(), found(&dtype)));
    };
    let storage = DataSet { path: path.into(), name: name.to_owned(), element, item_len };
    let (name, is_single) = (name.to_owned(), element.is_single());
    Ok(SavedArray { name, shape, is_single, path: path.into(), storage: Box::new(storage) })
}

/// What a data set holds that is no numbers.
fn found(dtype: &DType) -> String {
    match dtype {
        DType::String | DType::VariableLengthString => "texts".to_owned(),
        DType::Compound(fields) => {
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            if names == ["r", "i"] {
                return "complex numbers".to_owned();
            }
            format!("records of {}", names.join(", "))
        }
        DType::Enum(_) => "truth values or an enumeration".to_owned(),
        other => other.to_string(),
    }
}

/// A data set of texts.
fn texts(path: &Path, name: &str, n_texts: usize) -> SavedArray {
    /// Names of classes are short.
    const MOST_BYTES: usize = 1 << 30;
    let (file, dataset) = (path.to_path_buf(), name.to_owned());
    let read = move || {
        let failed = |error| damaged(&file, error);
        let dataset = File::open_streaming(&file).and_then(|file| file.dataset(&dataset)).map_err(failed)?;
        let limits =
            VlenStringReadOptions::new().with_max_elements(n_texts).with_max_payload_bytes(MOST_BYTES);
        let is_fixed = matches!(dataset.dtype().map_err(failed)?, DType::String);
        let texts = if is_fixed { dataset.read_string() } else { dataset.read_vlen_strings(limits) };
        texts.map_err(failed)
    };
    SavedArray::of_texts(path, name.to_owned(), n_texts, read)
}

fn element(dtype: &DType) -> Option<Element> {
    Some(match dtype {
        DType::F32 => Element::F32,
        DType::F64 => Element::F64,
        DType::I8 => Element::I8,
        DType::I16 => Element::I16,
        DType::I32 => Element::I32,
        DType::I64 => Element::I64,
        DType::U8 => Element::U8,
        DType::U16 => Element::U16,
        DType::U32 => Element::U32,
        DType::U64 => Element::U64,
        DType::Other(datatype) if is_half(datatype) => Element::F16,
        _ => return None,
    })
}

/// Half precision in the byte order of nearly all machines; the library has no name for it.
fn is_half(datatype: &Datatype) -> bool {
    let Datatype::FloatingPoint { size: 2, byte_order, layout } = datatype else { return false };
    *byte_order == hdf5_pure::DatatypeByteOrder::LittleEndian && layout.exponent_size == 5
}

/// A data set by path.
#[derive(Debug)]
struct DataSet {
    path: PathBuf,
    name: String,
    element: Element,
    item_len: usize,
}

impl Storage for DataSet {
    fn visit(&self, samples: &[usize], take: &mut Take<'_>) -> Result<()> {
        /// Numbers read at once, so that a chunk of the file is unpacked about once.
        const AT_ONCE: usize = 1 << 22;
        let failed = |error| damaged(&self.path, error);
        let file = File::open_streaming(&self.path).map_err(failed)?;
        let dataset = file.dataset(&self.name).map_err(failed)?;
        let most = (AT_ONCE / self.item_len.max(1)).max(1);
        let mut left = samples;
        while let Some(&first) = left.first() {
            let n_together = left.partition_point(|sample| *sample < first + most);
            let (together, rest) = left.split_at(n_together);
            let n_rows = together.last().map_or(1, |last| last - first + 1);
            let numbers = self.rows(&dataset, first, n_rows).map_err(failed)?;
            for sample in together {
                let at = (sample - first) * self.item_len;
                let Some(item) = numbers.get(at..at + self.item_len) else {
                    let reason = format!("{} ends before sample {sample}", self.name);
                    return Err(bad(&self.path, ActivationsProblem::Damaged { format: "HDF5", reason }));
                };
                take(item)?;
            }
            left = rest;
        }
        Ok(())
    }
}

impl DataSet {
    fn rows(
        &self,
        dataset: &hdf5_pure::Dataset,
        first: usize,
        n_rows: usize,
    ) -> std::result::Result<Vec<f64>, Hdf5Error> {
        let (first, n_rows) = (first as u64, n_rows as u64);
        if self.element != Element::F16 {
            return dataset.read_f64_rows(first, n_rows);
        }
        let mut numbers = Vec::new();
        self.element.decode(&mut dataset.read_raw_rows(first, n_rows)?, false, &mut numbers);
        Ok(numbers)
    }
}
