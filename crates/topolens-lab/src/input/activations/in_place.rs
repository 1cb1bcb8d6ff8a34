//! Arrays whose numbers lie one after the other in a file: `.npy`, `.safetensors` and stored parts of `.npz`.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::array::{Storage, Take};
use super::element::Element;
use crate::Result;
use crate::error::Error;

/// Where the numbers are.
#[derive(Debug)]
pub(super) struct InPlace {
    pub(super) path: PathBuf,
    pub(super) first_byte: u64,
    pub(super) element: Element,
    pub(super) is_big_endian: bool,
    pub(super) item_len: usize,
}

impl Storage for InPlace {
    fn visit(&self, samples: &[usize], take: &mut Take<'_>) -> Result<()> {
        let failed = |source| Error::io("read", &self.path, source);
        let mut file = File::open(&self.path).map_err(failed)?;
        let n_bytes = self.item_len * self.element.size();
        let (mut bytes, mut numbers) = (vec![0; n_bytes], Vec::with_capacity(self.item_len));
        for sample in samples {
            let first_byte = self.first_byte + *sample as u64 * n_bytes as u64;
            file.seek(SeekFrom::Start(first_byte)).map_err(failed)?;
            file.read_exact(&mut bytes).map_err(failed)?;
            numbers.clear();
            self.element.decode(&mut bytes, self.is_big_endian, &mut numbers);
            take(&numbers)?;
        }
        Ok(())
    }
}
