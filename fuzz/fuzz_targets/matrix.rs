//! Matrices as `.npy` and `.csv`: an error or a matrix whose values fill its shape.

#![no_main]

use libfuzzer_sys::fuzz_target;
use topolens_lab::input::{Values, read_matrix};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder for the input");
    for name in ["points.npy", "points.csv"] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("the input is written");
        if let Ok(matrix) = read_matrix(&path) {
            let n_values = match &matrix.values {
                Values::F32(values) => values.len(),
                Values::F64(values) => values.len(),
            };
            assert_eq!(n_values, matrix.n_rows * matrix.n_columns);
        }
    }
});
