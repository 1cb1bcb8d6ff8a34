//! Matrices as `.npy` files.

use std::io;

use npyz::{AutoSerialize, WriterBuilder};

/// The bytes of a file that holds a matrix in row order.
///
/// # Errors
///
/// None but of a defect: memory can be written.
pub fn npy_bytes<T: AutoSerialize + Copy>(values: &[T], n_rows: usize) -> io::Result<Vec<u8>> {
    npy_array_bytes(values, &[n_rows, values.len() / n_rows.max(1)])
}

/// The bytes of a file that holds an array of any rank in row order.
pub(super) fn npy_array_bytes<T: AutoSerialize + Copy>(values: &[T], shape: &[usize]) -> io::Result<Vec<u8>> {
    let shape: Vec<u64> = shape.iter().map(|extent| *extent as u64).collect();
    let mut bytes = Vec::new();
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(&mut bytes).begin_nd()?;
    writer.extend(values.iter().copied())?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Values, read_matrix};

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        std::fs::write(&path, npy_bytes(&[1.0, 2.5, -3.0, 4.0, 0.0, 6.0], 2).unwrap()).unwrap();
        let matrix = read_matrix(&path).unwrap();
        assert_eq!((matrix.n_rows, matrix.n_columns), (2, 3));
        assert_eq!(matrix.values, Values::F64(vec![1.0, 2.5, -3.0, 4.0, 0.0, 6.0]));
    }
}
