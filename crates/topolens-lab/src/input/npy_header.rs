//! The start of a `.npy` file, before a library believes it.

use std::io::{Cursor, Error, ErrorKind, Read, Result};

/// The longest header that is read; NumPy itself refuses longer ones than 10 000 bytes.
const MOST: u64 = 1 << 16;
/// Brackets in brackets; that of an array of numbers has two.
const MOST_NESTED: usize = 8;

/// The same bytes, if the header that they begin with does not claim more than any header has, nor nests deeper, nor states a shape of more
/// numbers than can be counted: the library reserves what it claims, takes time that doubles with each bracket, and multiplies extents.
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
    if !is_countable(&start) {
        return refused("its header states a shape of more numbers than can be counted");
    }
    Ok(Cursor::new(start).chain(reader))
}

/// Whether the product of the extents that follow the word `shape` is a number of 64 bits.
fn is_countable(header: &[u8]) -> bool {
    let text = String::from_utf8_lossy(header);
    let shape = text.rsplit_once("shape").and_then(|(_, behind)| behind.split_once('('));
    let extents = shape.map_or("", |(_, behind)| behind.split(')').next().unwrap_or_default());
    let mut numbers = extents.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    numbers.try_fold(1_u64, |product, digits| product.checked_mul(digits.parse().ok()?)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(shape: &str) -> Result<Vec<u8>> {
        let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.bytes());
        let mut found = Vec::new();
        guarded(&file[..])?.read_to_end(&mut found)?;
        assert_eq!(found, file);
        Ok(found)
    }

    #[test]
    fn shapes_that_cannot_be_counted_are_refused() {
        for shape in ["()", "(3,)", "(2, 3, 4)", "(0, 5)", "(1000000000, 1000000000)"] {
            assert!(read(shape).is_ok(), "{shape}");
        }
        for shape in ["(0012719977465024814187, 3)", "(99999999999999999999,)", "(9223372036854775808, 3, 0)"]
        {
            assert!(read(shape).unwrap_err().to_string().contains("counted"), "{shape}");
        }
    }
}
