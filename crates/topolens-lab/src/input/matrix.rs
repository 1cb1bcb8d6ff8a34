//! A matrix of numbers from a `.npy` or `.csv` file.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use npyz::{DType, NpyFile, NpyHeader, Order, TypeChar};

use super::npy_header::guarded;
use crate::Result;
use crate::error::{Error, ErrorKind, MatrixProblem};

/// A matrix in row order, in the precision of its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// The numbers, row by row.
    pub values: Values,
    /// Rows: points.
    pub n_rows: usize,
    /// Columns: features.
    pub n_columns: usize,
}

/// The numbers of a [`Matrix`].
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision; text files are read so.
    F64(Vec<f64>),
}

/// Reads a two-dimensional `.npy` file of `float32` or `float64`, or a `.csv` file of numbers with an optional header.
///
/// # Errors
///
/// An unknown extension, a file that is truncated or ragged, another number type, or not exactly two dimensions.
pub fn read_matrix(path: &Path) -> Result<Matrix> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("npy") => read_npy(path),
        Some("csv") => read_csv(path),
        _ => Err(bad(path, MatrixProblem::UnknownFormat)),
    }
}

fn read_npy(path: &Path) -> Result<Matrix> {
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let n_bytes = file.metadata().map_err(|source| Error::io("read", path, source))?.len();
    let npy = guarded(BufReader::new(file))
        .and_then(NpyFile::new)
        .map_err(|source| Error::io("read", path, source))?;
    let header = npy.header().clone();
    let (n_rows, n_columns) = shape_of(path, &header, n_bytes)?;
    let order = header.order();
    let read = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::UnexpectedEof => {
            bad(path, MatrixProblem::Truncated { n_bytes, shape: header.shape().to_vec() })
        }
        _ => Error::io("read", path, source),
    };
    let values = if float_size(path, &header)? == 4 {
        Values::F32(row_order(npy.into_vec::<f32>().map_err(read)?, order, n_rows, n_columns))
    } else {
        Values::F64(row_order(npy.into_vec::<f64>().map_err(read)?, order, n_rows, n_columns))
    };
    Ok(Matrix { values, n_rows, n_columns })
}

/// Rows and columns of a matrix that `n_bytes` bytes can hold.
pub(super) fn shape_of(path: &Path, header: &NpyHeader, n_bytes: u64) -> Result<(usize, usize)> {
    let shape = header.shape().to_vec();
    let &[n_rows, n_columns] = shape.as_slice() else {
        return Err(bad(path, MatrixProblem::NotTwoDimensional { shape }));
    };
    let size = float_size(path, header)?;
    let expected = n_rows.checked_mul(n_columns).and_then(|count| count.checked_mul(size));
    if expected.is_none_or(|expected| expected > n_bytes) {
        return Err(bad(path, MatrixProblem::Truncated { n_bytes, shape }));
    }
    Ok((n_rows as usize, n_columns as usize))
}

/// The bytes of a number: 4 or 8.
pub(super) fn float_size(path: &Path, header: &NpyHeader) -> Result<u64> {
    let dtype = header.dtype();
    match &dtype {
        DType::Plain(plain)
            if plain.type_char() == TypeChar::Float && [4, 8].contains(&plain.size_field()) =>
        {
            Ok(plain.size_field())
        }
        _ => Err(bad(path, MatrixProblem::NotFloat { found: dtype.descr() })),
    }
}

fn bad(path: &Path, problem: MatrixProblem) -> Error {
    Error::new(ErrorKind::Matrix { path: path.into(), problem })
}

fn row_order<T: Copy>(values: Vec<T>, order: Order, n_rows: usize, n_columns: usize) -> Vec<T> {
    match order {
        Order::C => values,
        Order::Fortran => {
            (0..n_rows * n_columns).map(|at| values[at % n_columns * n_rows + at / n_columns]).collect()
        }
    }
}

fn read_csv(path: &Path) -> Result<Matrix> {
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(file);
    let (mut values, mut n_rows, mut n_columns) = (Vec::new(), 0, 0);
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|source| Error::io("read", path, source.into()))?;
        let line = record.position().map_or(0, csv::Position::line);
        match record.iter().map(str::parse::<f64>).collect::<std::result::Result<Vec<_>, _>>() {
            Ok(row) if n_rows == 0 || row.len() == n_columns => {
                n_columns = row.len();
                n_rows += 1;
                values.extend(row);
            }
            Ok(row) => {
                return Err(bad(path, MatrixProblem::Ragged { line, expected: n_columns, found: row.len() }));
            }
            Err(_) if index == 0 && is_header(&record) => {}
            Err(_) => return Err(not_a_number(path, line, &record)),
        }
    }
    Ok(Matrix { values: Values::F64(values), n_rows, n_columns })
}

/// A first line of names: no field of it is a number, and none is empty or stands for a missing one.
fn is_header(record: &csv::StringRecord) -> bool {
    let is_missing = |field: &str| ["", "na", "n/a", "null", "none"].contains(&field.to_lowercase().as_str());
    record.iter().all(|field| field.parse::<f64>().is_err() && !is_missing(field))
}

fn not_a_number(path: &Path, line: u64, record: &csv::StringRecord) -> Error {
    let column = record.iter().position(|field| field.parse::<f64>().is_err()).unwrap_or_default();
    let found = record.get(column).unwrap_or_default().to_owned();
    bad(path, MatrixProblem::NotANumber { line, column: column + 1, found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::fixture::npy;
    use std::io::Write;

    fn file(name: &str, content: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        File::create(&path).unwrap().write_all(content).unwrap();
        (folder, path)
    }

    fn six() -> Vec<u8> {
        (0..6).flat_map(|value| f64::from(value).to_le_bytes()).collect()
    }

    #[test]
    fn npy_in_both_orders() {
        let (_folder, path) = file("a.npy", &npy("<f8", "False", "(2, 3)", &six()));
        let matrix = read_matrix(&path).unwrap();
        assert_eq!((matrix.n_rows, matrix.n_columns), (2, 3));
        assert_eq!(matrix.values, Values::F64(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
        let (_folder, path) = file("a.npy", &npy("<f8", "True", "(2, 3)", &six()));
        assert_eq!(read_matrix(&path).unwrap().values, Values::F64(vec![0.0, 2.0, 4.0, 1.0, 3.0, 5.0]));
    }

    #[test]
    fn csv_with_and_without_header() {
        for text in ["x,y\n1,2\n3,4.5\n", "1,2\n3, 4.5\n"] {
            let (_folder, path) = file("a.csv", text.as_bytes());
            let matrix = read_matrix(&path).unwrap();
            assert_eq!((matrix.n_rows, matrix.n_columns), (2, 2));
            assert_eq!(matrix.values, Values::F64(vec![1.0, 2.0, 3.0, 4.5]));
        }
    }

    #[test]
    fn bad_files_are_named_with_what_to_do() {
        let long = [b"\x93NUMPY\x03\x00\x00\x00\x00\xf0".as_slice(), &[b' '; 64]].concat();
        let deep = [b"\x93NUMPY\x01\x00\x40\x00".as_slice(), &[b'{'; 64]].concat();
        let cases: [(&str, Vec<u8>, &str); 12] = [
            ("a.npy", deep, "nests deeper"),
            ("a.npy", long, "claims more"),
            ("a.npy", npy("<f8", "False", "(2, 3)", &six()[..40]), "truncated"),
            ("a.npy", npy("<f8", "False", "(4000000000, 4000000000)", &six()), "truncated"),
            ("a.npy", npy("<i8", "False", "(2, 3)", &six()), "astype"),
            ("a.npy", npy("<f8", "False", "(6,)", &six()), "two dimensions"),
            ("a.csv", b"1,2\n3\n".to_vec(), "line 2 has 1"),
            ("a.csv", b"1,2\n3,abc\n".to_vec(), "\"abc\""),
            ("a.csv", b"1,,3\n4,5,6\n".to_vec(), "line 1"),
            ("a.csv", b"1,NA\n4,5\n".to_vec(), "line 1"),
            ("a.csv", b"NA,NA\n4,5\n".to_vec(), "line 1"),
            ("a.txt", b"1".to_vec(), ".npy or .csv"),
        ];
        for (name, content, expected) in cases {
            let (_folder, path) = file(name, &content);
            let error = read_matrix(&path).unwrap_err();
            assert!(error.is_invalid_input());
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
