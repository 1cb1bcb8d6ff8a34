//! Files as bytes, gzipped or not.

use std::fs::File;
use std::io::{ErrorKind as IoErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use crate::error::Error;

/// The bytes of a file and the name to blame in messages.
#[derive(Debug)]
pub(super) struct FileBytes {
    /// Path or name.
    pub(super) file: String,
    /// Content, unpacked.
    pub(super) bytes: Vec<u8>,
}

impl FileBytes {
    /// Reads `path`, and unpacks it when it starts as gzip does; more than `limit` bytes are refused.
    pub(super) fn read(path: &Path, limit: u64) -> Result<Self, Error> {
        let mut packed = Vec::new();
        let file = File::open(path).map_err(|source| Error::io("open", path, source))?;
        file.take(limit + 1).read_to_end(&mut packed).map_err(|source| Error::io("read", path, source))?;
        Self::unpack(path.display().to_string(), packed, limit)
    }

    /// Unpacks `bytes` when they start as gzip does.
    pub(super) fn unpack(file: String, bytes: Vec<u8>, limit: u64) -> Result<Self, Error> {
        let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { gunzip(&file, &bytes, limit)? } else { bytes };
        if bytes.len() as u64 > limit {
            return Err(Error::malformed(file, format!("it is larger than {limit} bytes")));
        }
        Ok(Self { file, bytes })
    }
}

fn gunzip(file: &str, packed: &[u8], limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let unpacked = GzDecoder::new(packed).take(limit + 1).read_to_end(&mut bytes);
    unpacked.map_err(|error| {
        let reason = match error.kind() {
            IoErrorKind::UnexpectedEof => "its gzip data is truncated; fetch it again".to_owned(),
            _ => format!("its gzip data is damaged ({error}); fetch it again"),
        };
        Error::malformed(file, reason)
    })?;
    Ok(bytes)
}

/// The entries of a folder, sorted by name.
pub(super) fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::io("list", folder, source);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()).map_err(failed))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}
