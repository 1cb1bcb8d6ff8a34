//! The start of a `.npy` file, before a library believes it.

use std::io::{Cursor, Error, ErrorKind, Read, Result};

/// The longest header that is read; NumPy itself refuses longer ones than 10 000 bytes.
const MOST: u64 = 1 << 16;

/// The same bytes, if the header that they begin with does not claim more than any header has: the library reserves what it claims.
pub(super) fn guarded<R: Read>(mut reader: R) -> Result<impl Read + use<R>> {
    let mut start = Vec::new();
    reader.by_ref().take(12).read_to_end(&mut start)?;
    // From version 2 on the length has four bytes.
    let length = match start.get(6) {
        Some(2..) => start.get(8..12).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes),
        _ => None,
    };
    if length.is_some_and(|length| u64::from(length) > MOST) {
        return Err(Error::new(ErrorKind::InvalidData, "its header claims more than any header has"));
    }
    Ok(Cursor::new(start).chain(reader))
}
