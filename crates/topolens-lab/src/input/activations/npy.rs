//! `.npy` files, and the headers of those inside `.npz`.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use npyz::{DType, Endianness, NpyHeader, Order, TypeChar};

use super::super::npy_header::guarded;
use super::array::{SavedArray, bad, item_len};
use super::element::Element;
use super::in_memory::InMemory;
use super::in_place::InPlace;
use crate::Result;
use crate::error::{ActivationsProblem, Error};

/// What a header says.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) shape: Vec<usize>,
    pub(super) element: Element,
    pub(super) is_big_endian: bool,
    pub(super) is_column_order: bool,
    pub(super) item_len: usize,
    /// Bytes of all numbers.
    pub(super) n_bytes: u64,
}

impl Header {
    /// Reads the header of `array`; `n_bytes` is what the file has for header and numbers.
    pub(super) fn read(path: &Path, array: &str, reader: impl Read, n_bytes: u64) -> Result<Self> {
        let array = || array.to_owned();
        let header = guarded(reader).and_then(NpyHeader::from_reader).map_err(|error| {
            bad(path, ActivationsProblem::NotNpy { array: array(), reason: error.to_string() })
        })?;
        let dtype = header.dtype();
        if dtype.uses_pickled_array() {
            return Err(bad(path, ActivationsProblem::Pickle { what: format!("array {}", array()) }));
        }
        let Some((element, is_big_endian)) = element(&dtype) else {
            let found = found(&dtype);
            return Err(bad(path, ActivationsProblem::NotNumbers { array: array(), found }));
        };
        let extents: Option<Vec<usize>> =
            header.shape().iter().map(|extent| usize::try_from(*extent).ok()).collect();
        let fits = extents.and_then(|shape| {
            let item_len = item_len(&shape)?;
            let n_samples = shape.first().copied().unwrap_or(1);
            let all = (item_len as u64).checked_mul(n_samples as u64)?.checked_mul(element.size() as u64)?;
            (all <= n_bytes).then_some((shape, item_len, all))
        });
        let Some((shape, item_len, n_bytes)) = fits else {
            let shape = header.shape().to_vec();
            return Err(bad(path, ActivationsProblem::Truncated { array: array(), n_bytes, shape }));
        };
        let is_column_order = header.order() == Order::Fortran && shape.len() > 1;
        Ok(Self { shape, element, is_big_endian, is_column_order, item_len, n_bytes })
    }

    /// The numbers of an array in column order, in row order.
    pub(super) fn row_order(&self, mut bytes: Vec<u8>) -> InMemory {
        let mut columns = Vec::new();
        self.element.decode(&mut bytes, self.is_big_endian, &mut columns);
        // The index of the last axis runs fastest in row order, that of the first in column order.
        let mut numbers = Vec::with_capacity(columns.len());
        let mut index = vec![0; self.shape.len()];
        for _ in 0..columns.len() {
            let at = index.iter().zip(&self.shape).rfold(0, |at, (index, extent)| at * extent + index);
            numbers.push(columns[at]);
            for (index, extent) in index.iter_mut().zip(&self.shape).rev() {
                *index += 1;
                if *index < *extent {
                    break;
                }
                *index = 0;
            }
        }
        InMemory { numbers, item_len: self.item_len }
    }
}

/// What a header says of texts with one axis, or with a second of extent 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextHeader {
    pub(super) n_texts: usize,
    /// Bytes of each.
    width: usize,
    is_unicode: bool,
    is_big_endian: bool,
}

impl TextHeader {
    /// Reads the header of an array; none of other arrays, and of more texts than `n_bytes` hold.
    pub(super) fn read(reader: impl Read, n_bytes: u64) -> Option<Self> {
        let header = guarded(reader).and_then(NpyHeader::from_reader).ok()?;
        let DType::Plain(plain) = header.dtype() else { return None };
        let (is_unicode, width) = match plain.type_char() {
            TypeChar::ByteStr => (false, plain.size_field()),
            TypeChar::UnicodeStr => (true, plain.size_field().checked_mul(4)?),
            _ => return None,
        };
        let ([n_texts] | [n_texts, 1]) = *header.shape() else { return None };
        let is_there = width > 0 && n_texts.checked_mul(width).is_some_and(|all| all <= n_bytes);
        let (n_texts, width) = (usize::try_from(n_texts).ok()?, usize::try_from(width).ok()?);
        let is_big_endian = plain.endianness() == Endianness::Big;
        is_there.then_some(Self { n_texts, width, is_unicode, is_big_endian })
    }

    /// The texts that follow the header.
    pub(super) fn texts(&self, reader: &mut impl Read) -> std::io::Result<Vec<String>> {
        let mut bytes = vec![0; self.n_texts * self.width];
        reader.read_exact(&mut bytes)?;
        Ok(bytes.chunks(self.width).map(|text| self.text(text)).collect())
    }

    fn text(&self, bytes: &[u8]) -> String {
        let text: String = if self.is_unicode {
            let number = if self.is_big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
            let letters = bytes.as_chunks::<4>().0.iter().map(|letter| number(*letter));
            letters.map(|letter| char::from_u32(letter).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        } else {
            String::from_utf8_lossy(bytes).into_owned()
        };
        text.trim_end_matches('\0').to_owned()
    }
}

/// What an array holds that is no numbers.
fn found(dtype: &DType) -> String {
    let kind = match dtype {
        DType::Plain(plain) => match plain.type_char() {
            TypeChar::Complex => "complex numbers",
            TypeChar::ByteStr | TypeChar::UnicodeStr => "texts",
            TypeChar::DateTime | TypeChar::TimeDelta => "times",
            _ => return dtype.descr(),
        },
        _ => "records",
    };
    kind.to_owned()
}

fn element(dtype: &DType) -> Option<(Element, bool)> {
    let DType::Plain(plain) = dtype else { return None };
    let element = match (plain.type_char(), plain.size_field()) {
        (TypeChar::Bool, 1) => Element::Bool,
        (TypeChar::Uint, 1) => Element::U8,
        (TypeChar::Uint, 2) => Element::U16,
        (TypeChar::Uint, 4) => Element::U32,
        (TypeChar::Uint, 8) => Element::U64,
        (TypeChar::Int, 1) => Element::I8,
        (TypeChar::Int, 2) => Element::I16,
        (TypeChar::Int, 4) => Element::I32,
        (TypeChar::Int, 8) => Element::I64,
        (TypeChar::Float, 2) => Element::F16,
        (TypeChar::Float, 4) => Element::F32,
        (TypeChar::Float, 8) => Element::F64,
        _ => return None,
    };
    Some((element, plain.endianness() == Endianness::Big))
}

/// Opens the array of a `.npy` file.
pub(super) fn open(path: &Path, name: String) -> Result<SavedArray> {
    let failed = |source| Error::io("read", path, source);
    let file = File::open(path).map_err(failed)?;
    let n_bytes = file.metadata().map_err(failed)?.len();
    let mut reader = BufReader::new(file);
    let header = match Header::read(path, &name, &mut reader, n_bytes) {
        Err(error) if error.other_than_numbers().is_some() => return texts(path, name, n_bytes).ok_or(error),
        header => header?,
    };
    let first_byte = reader.stream_position().map_err(failed)?;
    if first_byte + header.n_bytes > n_bytes {
        let shape = header.shape.iter().map(|extent| *extent as u64).collect();
        return Err(bad(path, ActivationsProblem::Truncated { array: name, n_bytes, shape }));
    }
    if header.is_column_order {
        let mut bytes = Vec::new();
        reader.take(header.n_bytes).read_to_end(&mut bytes).map_err(failed)?;
        return Ok(array(path, name, &header, Box::new(header.row_order(bytes))));
    }
    let storage = InPlace::new(path, first_byte, &header);
    Ok(array(path, name, &header, Box::new(storage)))
}

/// The texts of a `.npy` file, if that is what it holds.
fn texts(path: &Path, name: String, n_bytes: u64) -> Option<SavedArray> {
    let header = TextHeader::read(BufReader::new(File::open(path).ok()?), n_bytes)?;
    let file = path.to_path_buf();
    let read = move || {
        let failed = |source| Error::io("read", &file, source);
        let mut reader = BufReader::new(File::open(&file).map_err(failed)?);
        let _ = TextHeader::read(&mut reader, n_bytes);
        header.texts(&mut reader).map_err(failed)
    };
    Some(SavedArray::of_texts(path, name, header.n_texts, read))
}

impl InPlace {
    /// Numbers that a header announces, from `first_byte` on.
    pub(super) fn new(path: &Path, first_byte: u64, header: &Header) -> Self {
        let Header { element, is_big_endian, item_len, .. } = *header;
        Self { path: path.into(), first_byte, element, is_big_endian, item_len }
    }
}

/// The array that a header announces.
pub(super) fn array(
    path: &Path,
    name: String,
    header: &Header,
    storage: Box<dyn super::array::Storage>,
) -> SavedArray {
    let (shape, is_single) = (header.shape.clone(), header.element.is_single());
    SavedArray { name, shape, is_single, path: path.into(), storage }
}
