//! Matrices as `.npy` files.

use std::path::Path;

use npyz::{AutoSerialize, WriterBuilder};

use super::atomic::write_atomically;
use crate::Result;
use crate::error::Error;

/// Writes a matrix in row order, so that a reader sees the whole file or none.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_npy<T: AutoSerialize + Copy>(path: &Path, values: &[T], n_rows: usize) -> Result<()> {
    let io = |source| Error::io("write", path, source);
    let shape = [n_rows as u64, (values.len() / n_rows.max(1)) as u64];
    let mut bytes = Vec::new();
    let mut writer =
        npyz::WriteOptions::new().default_dtype().shape(&shape).writer(&mut bytes).begin_nd().map_err(io)?;
    writer.extend(values.iter().copied()).and_then(|()| writer.finish()).map_err(io)?;
    write_atomically(path, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Values, read_matrix};

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        write_npy(&path, &[1.0, 2.5, -3.0, 4.0, 0.0, 6.0], 2).unwrap();
        let matrix = read_matrix(&path).unwrap();
        assert_eq!((matrix.n_rows, matrix.n_columns), (2, 3));
        assert_eq!(matrix.values, Values::F64(vec![1.0, 2.5, -3.0, 4.0, 0.0, 6.0]));
    }
}
