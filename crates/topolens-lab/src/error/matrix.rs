//! What can be wrong with a matrix file.

use std::fmt;

#[derive(Debug)]
pub(crate) enum MatrixProblem {
    UnknownFormat,
    NotTwoDimensional { shape: Vec<u64> },
    NotFloat { found: String },
    Truncated { n_bytes: u64, shape: Vec<u64> },
    Ragged { line: u64, expected: usize, found: usize },
    NotANumber { line: u64, column: usize, found: String },
    NotByRows,
    NotFinite { row: usize, column: usize },
}

impl fmt::Display for MatrixProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFormat => f.write_str("unknown format: give a .npy or .csv file"),
            Self::NotTwoDimensional { shape } => write!(
                f,
                "shape {shape:?}; a matrix with two dimensions is needed: rows are points, columns features"
            ),
            Self::NotFloat { found } => write!(
                f,
                "holds {found}; only float32 and float64 are read: save it with array.astype(\"float32\")"
            ),
            Self::Truncated { n_bytes, shape } => write!(
                f,
                "truncated: its {n_bytes} bytes cannot hold an array of shape {shape:?}; save it again"
            ),
            Self::Ragged { line, expected, found } => write!(
                f,
                "line {line} has {found} numbers, the lines before have {expected}; every row needs as many"
            ),
            Self::NotByRows => f.write_str(
                "cannot be read a few rows at a time; save it as .npy in row order, with np.save of np.ascontiguousarray(array)",
            ),
            Self::NotFinite { row, column } => {
                write!(f, "row {row}, column {column} is not finite; remove or replace it")
            }
            Self::NotANumber { line, column, found } => {
                write!(f, "line {line}, field {column}: {found:?} is not a number")
            }
        }
    }
}
