//! A `.npy` file whose rows are read a range at a time.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use npyz::{DType, Endianness, NpyHeader, Order};
use topolens::{PointCloud, Scalar};

use super::matrix::{float_size, shape_of};
use super::npy_header::guarded;
use crate::Result;
use crate::error::{Error, ErrorKind, MatrixProblem};

/// A matrix that stays in its file.
#[derive(Debug)]
pub struct MatrixFile {
    path: PathBuf,
    file: File,
    first_byte: u64,
    is_big_endian: bool,
    /// The bytes of a number: 4 or 8.
    n_bytes: usize,
    /// Rows: points.
    pub n_rows: usize,
    /// Columns: features.
    pub n_columns: usize,
}

impl MatrixFile {
    /// Opens a two-dimensional `.npy` file of `float32` or `float64` in row order.
    ///
    /// # Errors
    ///
    /// Those of [`read_matrix`](super::read_matrix), or the file is `.csv` or in column order, which has to be read whole.
    pub fn open(path: &Path) -> Result<Self> {
        let bad = |problem| Error::new(ErrorKind::Matrix { path: path.into(), problem });
        let io = |source| Error::io("read", path, source);
        if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("npy")) {
            return Err(bad(MatrixProblem::NotByRows));
        }
        let file = File::open(path).map_err(io)?;
        let mut reader = BufReader::new(file);
        let header = guarded(&mut reader).and_then(NpyHeader::from_reader).map_err(io)?;
        let first_byte = reader.stream_position().map_err(io)?;
        let file = reader.into_inner();
        let n_bytes = file.metadata().map_err(io)?.len();
        let (n_rows, n_columns) = shape_of(path, &header, n_bytes.saturating_sub(first_byte))?;
        if header.order() != Order::C {
            return Err(bad(MatrixProblem::NotByRows));
        }
        let is_big_endian =
            matches!(header.dtype(), DType::Plain(plain) if plain.endianness() == Endianness::Big);
        let n_bytes = float_size(path, &header)? as usize;
        Ok(Self { path: path.into(), file, first_byte, is_big_endian, n_bytes, n_rows, n_columns })
    }

    /// Whether the numbers are of single precision.
    pub fn is_single(&self) -> bool {
        self.n_bytes == 4
    }

    /// The points of a range of rows, in the precision of `S`.
    ///
    /// # Errors
    ///
    /// The rows cannot be read, or hold a number that is not finite; its row is told as in the file.
    pub fn points<S: Scalar>(&mut self, range: Range<usize>) -> Result<PointCloud<S>> {
        let n_values = range.len() * self.n_columns;
        let first_byte = self.first_byte + (range.start * self.n_columns * self.n_bytes) as u64;
        let mut bytes = vec![0; n_values * self.n_bytes];
        let read = self.file.seek(SeekFrom::Start(first_byte)).and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|source| Error::io("read", &self.path, source))?;
        if self.is_big_endian {
            bytes.chunks_exact_mut(self.n_bytes).for_each(<[u8]>::reverse);
        }
        let values: Vec<S> = match self.n_bytes {
            4 => numbers(&bytes, |bytes| f64::from(f32::from_le_bytes(bytes))),
            _ => numbers(&bytes, f64::from_le_bytes),
        };
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let (row, column) = (range.start + at / self.n_columns, at % self.n_columns);
            let problem = MatrixProblem::NotFinite { row, column };
            return Err(Error::new(ErrorKind::Matrix { path: self.path.clone(), problem }));
        }
        Ok(PointCloud::new(values, range.len(), self.n_columns)?)
    }
}

fn numbers<S: Scalar, const N: usize>(bytes: &[u8], decode: impl Fn([u8; N]) -> f64) -> Vec<S> {
    bytes.as_chunks::<N>().0.iter().map(|number| S::from_f64(decode(*number))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::fixture::npy;

    /// A file of `f4` or `f8` numbers 0, 1, 2, … in the byte order of `descr`.
    fn file(descr: &str, n_rows: usize, n_columns: usize) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let mut body = Vec::new();
        for at in 0..n_rows * n_columns {
            match descr {
                "<f4" => body.extend((at as f32).to_le_bytes()),
                ">f4" => body.extend((at as f32).to_be_bytes()),
                "<f8" => body.extend((at as f64).to_le_bytes()),
                _ => body.extend((at as f64).to_be_bytes()),
            }
        }
        std::fs::write(&path, npy(descr, "False", &format!("({n_rows}, {n_columns})"), &body)).unwrap();
        (folder, path)
    }

    #[test]
    fn ranges_are_those_of_the_whole_matrix() {
        for descr in ["<f4", ">f4", "<f8", ">f8"] {
            let (_folder, path) = file(descr, 7, 3);
            let mut matrix = MatrixFile::open(&path).unwrap();
            assert_eq!((matrix.n_rows, matrix.n_columns, matrix.is_single()), (7, 3, descr.ends_with("f4")));
            let points = matrix.points::<f64>(2..5).unwrap();
            assert_eq!(points.values(), (6..15).map(f64::from).collect::<Vec<_>>(), "{descr}");
            assert_eq!(matrix.points::<f32>(6..7).unwrap().values(), [18.0, 19.0, 20.0]);
        }
    }

    #[test]
    fn what_is_not_there_or_not_finite_is_told() {
        let (_folder, path) = file("<f4", 7, 3);
        let mut bytes = std::fs::read(&path).unwrap();
        let end = bytes.len();
        bytes[end - 16..end - 12].copy_from_slice(&f32::NAN.to_le_bytes());
        std::fs::write(&path, &bytes).unwrap();
        let error = MatrixFile::open(&path).unwrap().points::<f32>(4..7).unwrap_err();
        assert!(error.to_string().contains("row 5, column 2") && error.is_invalid_input(), "{error}");
        std::fs::write(&path, &bytes[..end - 1]).unwrap();
        assert!(MatrixFile::open(&path).unwrap_err().to_string().contains("truncated"));
        let csv = path.with_extension("csv");
        std::fs::write(&csv, "1,2\n").unwrap();
        assert!(MatrixFile::open(&csv).unwrap_err().to_string().contains("np.save"));
    }
}
