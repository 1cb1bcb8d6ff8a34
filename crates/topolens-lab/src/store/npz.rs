//! Several matrices as one `.npz` file.

use std::io::{self, Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use npyz::AutoSerialize;

use super::npy::npy_array_bytes;
use super::npy_bytes;

/// The bytes of a NumPy archive in the making; nothing in it depends on the time.
#[derive(Debug)]
pub struct NpzWriter {
    archive: ZipWriter<Cursor<Vec<u8>>>,
}

impl Default for NpzWriter {
    fn default() -> Self {
        Self { archive: ZipWriter::new(Cursor::new(Vec::new())) }
    }
}

impl NpzWriter {
    /// Adds the matrix called `name`, in row order.
    ///
    /// # Errors
    ///
    /// A name is used twice.
    pub fn add(&mut self, name: &str, values: &[f64], n_rows: usize) -> io::Result<()> {
        let bytes = if n_rows == 0 { empty_pairs() } else { npy_bytes(values, n_rows)? };
        self.add_file(&format!("{name}.npy"), &bytes)
    }

    /// Adds an array of any rank, in row order.
    ///
    /// # Errors
    ///
    /// A name is used twice.
    pub fn add_array<T: AutoSerialize + Copy>(
        &mut self,
        name: &str,
        values: &[T],
        shape: &[usize],
    ) -> io::Result<()> {
        self.add_file(&format!("{name}.npy"), &npy_array_bytes(values, shape)?)
    }

    /// Adds a text, which NumPy gives as bytes.
    ///
    /// # Errors
    ///
    /// A name is used twice.
    pub fn add_text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.add_file(name, text.as_bytes())
    }

    /// Adds a file as it is.
    ///
    /// # Errors
    ///
    /// A name is used twice.
    pub fn add_file(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        self.archive.start_file(name, options)?;
        self.archive.write_all(bytes)
    }

    /// The content of the file.
    ///
    /// # Errors
    ///
    /// None but of a defect: memory can be written.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        Ok(self.archive.finish()?.into_inner())
    }
}

/// A matrix of no rows and two columns, which [`npy_bytes`] cannot tell from one without columns.
fn empty_pairs() -> Vec<u8> {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 2), }";
    // Magic, version and length of the header take ten bytes; all of it is a multiple of 64.
    let padded = format!("{header:<117}\n");
    [b"\x93NUMPY\x01\x00\x76\x00".as_slice(), padded.as_bytes()].concat()
}
