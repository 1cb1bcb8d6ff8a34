//! Parquet files: each list column is a layer, each column of whole numbers may be the labels.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use half::f16;
use parquet::basic::{LogicalType, Type as PhysicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{DataType, FixedLenByteArray};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::array::{SavedArray, Storage, Take, bad};
use super::parquet_pages::{Believed, Ended};
use crate::Result;
use crate::error::{ActivationsProblem, Error, ErrorKind};

/// Opens the columns of numbers of a file.
pub(super) fn open(path: &Path) -> Result<Vec<SavedArray>> {
    let reader = reader(path)?;
    let metadata = reader.metadata().file_metadata();
    let n_rows = usize::try_from(metadata.num_rows()).unwrap_or_default();
    let schema = metadata.schema_descr();
    let mut arrays = Vec::new();
    for index in 0..schema.num_columns() {
        let column = schema.column(index);
        let name = column.path().parts().first().cloned().unwrap_or_default();
        let is_list = column.max_rep_level() == 1;
        if !is_list && column.max_rep_level() == 0 && column.physical_type() == PhysicalType::BYTE_ARRAY {
            arrays.push(texts(path, index, name, n_rows));
            continue;
        }
        if let Some(found) = other_than_rows(&column) {
            let is_known = arrays.last().is_some_and(|last: &SavedArray| last.name == name);
            // A struct has a column for each of its fields.
            if !is_known {
                arrays.push(SavedArray::not_numbers(path, name, found.to_owned()));
            }
            continue;
        }
        let mut storage = Column { path: path.into(), index, name: name.clone(), item_len: 1, is_list };
        let mut shape = vec![n_rows];
        if is_list && n_rows > 0 {
            storage.item_len = storage.first_len()?;
            shape.push(storage.item_len);
        }
        let is_single = is_number(&column) == Some(true);
        arrays.push(SavedArray { name, shape, is_single, path: path.into(), storage: Box::new(storage) });
    }
    Ok(arrays)
}

/// A column of texts.
fn texts(path: &Path, index: usize, name: String, n_rows: usize) -> SavedArray {
    let (file, column) = (path.to_path_buf(), name.clone());
    let read = move || {
        let reader = reader(&file)?;
        let mut texts = Vec::new();
        for group in 0..reader.num_row_groups() {
            let read = read_texts(&reader, (group, index), &column, &mut texts);
            read.map_err(|source| failed(&file, source))?;
        }
        Ok(texts)
    };
    SavedArray::of_texts(path, name, n_rows, read)
}

fn read_texts(
    reader: &SerializedFileReader<Ended>,
    (group, index): (usize, usize),
    name: &str,
    texts: &mut Vec<String>,
) -> std::result::Result<(), ParquetError> {
    let n_rows = usize::try_from(reader.metadata().row_group(group).num_rows()).unwrap_or_default();
    let ColumnReader::ByteArrayColumnReader(mut column) = column_reader(reader, (group, index))? else {
        return Err(ParquetError::General(format!("column {name} holds no texts")));
    };
    let (mut definitions, mut values) = (Vec::new(), Vec::new());
    let (_, n_values, n_levels) =
        of_damaged(|| column.read_records(n_rows, Some(&mut definitions), None, &mut values))?;
    if n_levels != n_values {
        return Err(missing(name));
    }
    texts.extend(values.iter().map(|text| String::from_utf8_lossy(text.data()).into_owned()));
    Ok(())
}

/// The reader of a column in a group of rows.
fn column_reader(
    reader: &SerializedFileReader<Ended>,
    (group, index): (usize, usize),
) -> std::result::Result<ColumnReader, ParquetError> {
    of_damaged(|| {
        let rows = reader.get_row_group(group)?;
        let column = rows.metadata().column(index).column_descr_ptr();
        Ok(get_column_reader(column, Box::new(Believed(rows.get_column_page_reader(index)?))))
    })
}

/// Reads of a file that may be damaged: where the library panics, as over pages in an order that nobody writes or places below 0, it is an error.
fn of_damaged<T>(
    read: impl FnOnce() -> std::result::Result<T, ParquetError>,
) -> std::result::Result<T, ParquetError> {
    let damaged = || Err(ParquetError::General("it is damaged; save it again".to_owned()));
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| damaged())
}

fn missing(name: &str) -> ParquetError {
    ParquetError::General(format!("column {name} holds missing values; leave those rows out"))
}

/// What a column holds, if that is neither numbers nor lists of numbers.
fn other_than_rows(column: &ColumnDescriptor) -> Option<&'static str> {
    if column.max_rep_level() > 1 {
        return Some("lists of lists");
    }
    if column.max_rep_level() == 0 && column.path().parts().len() > 1 {
        return Some("structs");
    }
    is_number(column).is_none().then_some("neither numbers nor texts")
}

/// Whether a column is one of numbers, and whether single precision holds them.
fn is_number(column: &ColumnDescriptor) -> Option<bool> {
    match column.physical_type() {
        PhysicalType::FLOAT => Some(true),
        PhysicalType::FIXED_LEN_BYTE_ARRAY if is_half(column) => Some(true),
        PhysicalType::DOUBLE | PhysicalType::INT32 | PhysicalType::INT64 => Some(false),
        _ => None,
    }
}

fn is_half(column: &ColumnDescriptor) -> bool {
    column.logical_type_ref() == Some(&LogicalType::Float16) && column.type_length() == 2
}

/// A number of half precision; the reader hands out as many bytes as the column states.
fn half(bytes: &FixedLenByteArray) -> f64 {
    bytes.data().try_into().map_or(f64::NAN, |bytes| f16::from_le_bytes(bytes).to_f64())
}

fn reader(path: &Path) -> Result<SerializedFileReader<Ended>> {
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    of_damaged(|| SerializedFileReader::new(Ended(file))).map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: ParquetError) -> Error {
    Error::new(ErrorKind::Parquet { path: path.into(), source })
}

/// A column of numbers or of lists of as many numbers each.
#[derive(Debug)]
struct Column {
    path: PathBuf,
    index: usize,
    name: String,
    item_len: usize,
    is_list: bool,
}

/// Rows of a column, read one after the other.
struct Rows {
    numbers: Vec<f64>,
    /// The numbers of each row.
    lengths: Vec<usize>,
}

/// Rows read at once.
const AT_ONCE: usize = 256;

impl Storage for Column {
    fn visit(&self, samples: &[usize], take: &mut Take<'_>) -> Result<()> {
        let reader = reader(&self.path)?;
        let mut left = samples.iter().peekable();
        let mut first = 0;
        for group in 0..reader.num_row_groups() {
            let n_rows = usize::try_from(reader.metadata().row_group(group).num_rows()).unwrap_or_default();
            if left.peek().is_none_or(|sample| **sample >= first + n_rows) {
                first += n_rows;
                continue;
            }
            let mut column = self.column(&reader, group)?;
            for start in (0..n_rows).step_by(AT_ONCE) {
                let rows = self.next_rows(&mut column, AT_ONCE.min(n_rows - start))?;
                self.ensure_even(&rows, first + start)?;
                while let Some(&&sample) =
                    left.peek().filter(|sample| ***sample < first + start + rows.lengths.len())
                {
                    let at = (sample - first - start) * self.item_len;
                    take(&rows.numbers[at..at + self.item_len])?;
                    left.next();
                }
            }
            first += n_rows;
        }
        match left.next() {
            None => Ok(()),
            Some(sample) => Err(self.uneven(*sample, 0)),
        }
    }
}

impl Column {
    fn column(&self, reader: &SerializedFileReader<Ended>, group: usize) -> Result<ColumnReader> {
        column_reader(reader, (group, self.index)).map_err(|source| failed(&self.path, source))
    }

    /// The numbers of the first row.
    fn first_len(&self) -> Result<usize> {
        let mut column = self.column(&reader(&self.path)?, 0)?;
        let first = self.next_rows(&mut column, 1)?.lengths.first().copied();
        first.filter(|length| *length > 0).ok_or_else(|| self.uneven(0, 0))
    }

    fn next_rows(&self, column: &mut ColumnReader, n_rows: usize) -> Result<Rows> {
        let rows = match column {
            ColumnReader::FloatColumnReader(column) => self.read(column, n_rows, |value| f64::from(*value)),
            ColumnReader::DoubleColumnReader(column) => self.read(column, n_rows, |value| *value),
            ColumnReader::Int32ColumnReader(column) => self.read(column, n_rows, |value| f64::from(*value)),
            ColumnReader::Int64ColumnReader(column) => self.read(column, n_rows, |value| *value as f64),
            ColumnReader::FixedLenByteArrayColumnReader(column) => self.read(column, n_rows, half),
            _ => Err(ParquetError::General(format!("column {} holds no numbers", self.name))),
        };
        rows.map_err(|source| failed(&self.path, source))
    }

    fn read<T: DataType>(
        &self,
        column: &mut ColumnReaderImpl<T>,
        n_rows: usize,
        number: impl Fn(&T::T) -> f64,
    ) -> std::result::Result<Rows, ParquetError> {
        let (mut definitions, mut repetitions, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let (n_records, n_values, n_levels) = of_damaged(|| {
            column.read_records(n_rows, Some(&mut definitions), Some(&mut repetitions), &mut values)
        })?;
        if n_levels != n_values {
            return Err(missing(&self.name));
        }
        let mut lengths = vec![usize::from(!self.is_list); if self.is_list { 0 } else { n_records }];
        for repetition in &repetitions {
            match lengths.last_mut().filter(|_| *repetition > 0) {
                Some(length) => *length += 1,
                None => lengths.push(1),
            }
        }
        Ok(Rows { numbers: values.iter().map(number).collect(), lengths })
    }

    fn ensure_even(&self, rows: &Rows, first: usize) -> Result<()> {
        match rows.lengths.iter().position(|length| *length != self.item_len) {
            Some(at) => Err(self.uneven(first + at, rows.lengths[at])),
            None => Ok(()),
        }
    }

    fn uneven(&self, row: usize, found: usize) -> Error {
        let (array, expected) = (self.name.clone(), self.item_len);
        bad(&self.path, ActivationsProblem::Uneven { array, row, found, expected })
    }
}
