//! The fields of a protocol buffer, not yet understood.

/// A field: its number, its content if it is a message or a text, and all its bytes.
#[derive(Debug)]
pub(super) struct Field<'a> {
    number: u64,
    content: Option<&'a [u8]>,
    pub(super) whole: &'a [u8],
}

impl<'a> Field<'a> {
    /// Its content, if it is the field `number`.
    pub(super) fn content(&self, number: u64) -> Option<&'a [u8]> {
        self.content.filter(|_| self.number == number)
    }
}

/// The fields of a message; none if it is damaged.
pub(super) fn fields(message: &[u8]) -> Option<Vec<Field<'_>>> {
    let (mut rest, mut found) = (message, Vec::new());
    while !rest.is_empty() {
        let start = rest;
        let key = varint(&mut rest)?;
        let content = match key & 7 {
            0 => {
                varint(&mut rest)?;
                None
            }
            1 => {
                skip(&mut rest, 8)?;
                None
            }
            2 => {
                let length = usize::try_from(varint(&mut rest)?).ok()?;
                let content = rest.get(..length)?;
                rest = &rest[length..];
                Some(content)
            }
            5 => {
                skip(&mut rest, 4)?;
                None
            }
            _ => return None,
        };
        found.push(Field { number: key >> 3, content, whole: &start[..start.len() - rest.len()] });
    }
    Some(found)
}

/// Whether the bytes are whole numbers of as many bytes as they need.
pub(super) fn are_varints(mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        if varint(&mut bytes).is_none() {
            return false;
        }
    }
    true
}

/// Adds a message or a text as field `number`.
pub(super) fn append(message: &mut Vec<u8>, number: u64, content: &[u8]) {
    push_varint(message, number << 3 | 2);
    push_varint(message, content.len() as u64);
    message.extend_from_slice(content);
}

fn skip(rest: &mut &[u8], length: usize) -> Option<()> {
    *rest = rest.get(length..)?;
    Some(())
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        value |= u64::from(byte & 127) << shift;
        if *byte < 128 {
            return Some(value);
        }
    }
    None
}

fn push_varint(message: &mut Vec<u8>, mut value: u64) {
    while value > 127 {
        message.push(value as u8 | 128);
        value >>= 7;
    }
    message.push(value as u8);
}
