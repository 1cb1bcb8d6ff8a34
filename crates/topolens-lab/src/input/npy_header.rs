//! The start of a `.npy` file, before a library believes it.

use std::io::{Cursor, Error, ErrorKind, Read, Result};

/// The longest header that is read; NumPy itself refuses longer ones than 10 000 bytes.
const MOST: u64 = 1 << 16;
/// Brackets in brackets; that of an array of numbers has two.
const MOST_NESTED: usize = 8;

/// The same bytes, if the header that they begin with does not claim more than any header has, nor nests deeper: the library reserves what
/// it claims, and takes time that doubles with each bracket.
pub(super) fn guarded<R: Read>(mut reader: R) -> Result<impl Read + use<R>> {
    let mut start = Vec::new();
    reader.by_ref().take(10).read_to_end(&mut start)?;
    // From version 2 on the length has four bytes.
    if start.get(6).is_some_and(|version| *version > 1) {
        reader.by_ref().take(2).read_to_end(&mut start)?;
    }
    let length = start.get(8..).unwrap_or_default().iter().rev();
    let length = length.fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
    let refused = |reason| Err(Error::new(ErrorKind::InvalidData, reason));
    if length > MOST {
        return refused("its header claims more than any header has");
    }
    reader.by_ref().take(length).read_to_end(&mut start)?;
    let mut depth = 0_usize;
    for byte in &start {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MOST_NESTED {
            return refused("its header nests deeper than any header does");
        }
    }
    Ok(Cursor::new(start).chain(reader))
}
