//! `.npz` archives: stored arrays are read in place, compressed ones as a stream of which the samples are kept.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use super::array::{MOST_PACKED, SavedArray, Storage, Take, bad};
use super::element::Element;
use super::in_place::InPlace;
use super::npy::{Header, TextHeader, array};
use crate::Result;
use crate::error::{ActivationsProblem, Error};

const FORMAT: &str = "a NumPy archive";
/// The sums of larger arrays are not checked: it takes reading them whole.
const CHECKED: u64 = 1 << 28;
/// No more arrays than this: each is a layer.
const MAX_ARRAYS: usize = 10_000;

/// Opens the arrays of an archive, in its order.
pub(super) fn open(path: &Path) -> Result<Vec<SavedArray>> {
    let mut archive = archive(path)?;
    if archive.len() > MAX_ARRAYS {
        return Err(bad(path, ActivationsProblem::TooManyArrays { found: archive.len(), most: MAX_ARRAYS }));
    }
    let file_len = std::fs::metadata(path).map_err(|source| Error::io("read", path, source))?.len();
    let mut arrays = Vec::new();
    for index in 0..archive.len() {
        if let Some(array) = open_array(path, &mut archive, index, file_len)? {
            arrays.push(array);
        }
    }
    Ok(arrays)
}

fn archive(path: &Path) -> Result<ZipArchive<BufReader<File>>> {
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(path, error))
}

fn damaged(path: &Path, error: ZipError) -> Error {
    match error {
        ZipError::Io(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => {
            Error::io("read", path, source)
        }
        error => bad(path, ActivationsProblem::Damaged { format: FORMAT, reason: error.to_string() }),
    }
}

/// Opens one array; `None` of what is no `.npy`.
fn open_array(
    path: &Path,
    archive: &mut ZipArchive<BufReader<File>>,
    index: usize,
    file_len: u64,
) -> Result<Option<SavedArray>> {
    let mut entry = archive.by_index(index).map_err(|error| damaged(path, error))?;
    let name = entry.name().map_err(|error| damaged(path, error))?.into_owned();
    let Some(name) = name.strip_suffix(".npy").map(str::to_owned) else { return Ok(None) };
    let stored = entry.compression() == zip::CompressionMethod::Stored;
    let n_bytes = entry.size();
    let most = file_len.saturating_mul(if stored { 1 } else { MOST_PACKED });
    if n_bytes > most {
        let reason =
            format!("array {name:?} claims {n_bytes} bytes, a file of {file_len} bytes cannot hold them");
        return Err(bad(path, ActivationsProblem::Damaged { format: FORMAT, reason }));
    }
    let header = match Header::read(path, &name, &mut entry, n_bytes) {
        Err(error) => {
            let Some(found) = error.other_than_numbers() else { return Err(error) };
            drop(entry);
            let texts = texts(path, archive, index, (&name, n_bytes))?;
            return Ok(Some(texts.unwrap_or_else(|| SavedArray::not_numbers(path, name, found.to_owned()))));
        }
        Ok(header) => header,
    };
    let header_len = n_bytes - header.n_bytes;
    if n_bytes <= CHECKED {
        drop(entry);
        check_sum(path, archive, index, &name)?;
        entry = archive.by_index(index).map_err(|error| damaged(path, error))?;
        skip(&mut entry, header_len).map_err(|source| Error::io("read", path, source))?;
    }
    if header.is_column_order {
        let mut bytes = Vec::new();
        let read = entry.take(header.n_bytes).read_to_end(&mut bytes);
        read.map_err(|source| Error::io("read", path, source))?;
        return Ok(Some(array(path, name, &header, Box::new(header.row_order(bytes)))));
    }
    if let Some(first_byte) = entry.data_start().filter(|_| stored) {
        let storage = InPlace::new(path, first_byte + header_len, &header);
        return Ok(Some(array(path, name, &header, Box::new(storage))));
    }
    let Header { element, is_big_endian, item_len, .. } = header;
    let path_buf = path.to_path_buf();
    let storage = Compressed { path: path_buf, index, header_len, element, is_big_endian, item_len };
    Ok(Some(array(path, name, &header, Box::new(storage))))
}

/// The array as texts, if that is what it holds.
fn texts(
    path: &Path,
    archive: &mut ZipArchive<BufReader<File>>,
    index: usize,
    (name, n_bytes): (&str, u64),
) -> Result<Option<SavedArray>> {
    let entry = archive.by_index(index).map_err(|error| damaged(path, error))?;
    let Some(header) = TextHeader::read(entry, n_bytes) else { return Ok(None) };
    let file = path.to_path_buf();
    let read = move || {
        let mut archive = self::archive(&file)?;
        let mut entry = archive.by_index(index).map_err(|error| damaged(&file, error))?;
        let _ = TextHeader::read(&mut entry, n_bytes);
        header.texts(&mut entry).map_err(|source| Error::io("unpack", &file, source))
    };
    Ok(Some(SavedArray::of_texts(path, name.to_owned(), header.n_texts, read)))
}

/// Reads an array to its end: the archive holds a sum of its bytes.
fn check_sum(path: &Path, archive: &mut ZipArchive<BufReader<File>>, index: usize, name: &str) -> Result<()> {
    let mut entry = archive.by_index(index).map_err(|error| damaged(path, error))?;
    std::io::copy(&mut entry, &mut std::io::sink()).map(drop).map_err(|error| {
        let reason = format!("array {name:?} is damaged ({error}); save it again");
        bad(path, ActivationsProblem::Damaged { format: FORMAT, reason })
    })
}

/// An array that is unpacked while it is read.
#[derive(Debug)]
struct Compressed {
    path: PathBuf,
    index: usize,
    header_len: u64,
    element: Element,
    is_big_endian: bool,
    item_len: usize,
}

impl Storage for Compressed {
    fn visit(&self, samples: &[usize], take: &mut Take<'_>) -> Result<()> {
        let failed = |source| Error::io("unpack", &self.path, source);
        let mut archive = archive(&self.path)?;
        let mut entry = archive.by_index(self.index).map_err(|error| damaged(&self.path, error))?;
        skip(&mut entry, self.header_len).map_err(failed)?;
        let n_bytes = self.item_len * self.element.size();
        let (mut bytes, mut numbers) = (vec![0; n_bytes], Vec::with_capacity(self.item_len));
        let mut next = 0;
        for &sample in samples {
            skip(&mut entry, (sample - next) as u64 * n_bytes as u64).map_err(failed)?;
            entry.read_exact(&mut bytes).map_err(failed)?;
            next = sample + 1;
            numbers.clear();
            self.element.decode(&mut bytes, self.is_big_endian, &mut numbers);
            take(&numbers)?;
        }
        Ok(())
    }
}

fn skip(reader: &mut impl Read, n_bytes: u64) -> std::io::Result<()> {
    let skipped = std::io::copy(&mut reader.take(n_bytes), &mut std::io::sink())?;
    if skipped == n_bytes { Ok(()) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
}
