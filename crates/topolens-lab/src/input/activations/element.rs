//! Numbers as files hold them.

use half::{bf16, f16};

/// How a number is stored, without its byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Bool,
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
    F16,
    Bf16,
    F32,
    F64,
}

impl Element {
    /// Bytes of a number.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 | Self::Bf16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Whether single precision holds every value.
    pub(super) fn is_single(self) -> bool {
        !matches!(self, Self::F64 | Self::U64 | Self::I64 | Self::U32 | Self::I32)
    }

    /// Appends the numbers in `bytes` to `numbers`; `bytes` is put into the order of this machine on the way.
    pub(super) fn decode(self, bytes: &mut [u8], is_big_endian: bool, numbers: &mut Vec<f64>) {
        if is_big_endian {
            bytes.chunks_exact_mut(self.size()).for_each(<[u8]>::reverse);
        }
        match self {
            Self::Bool => each(bytes, numbers, |[byte]| f64::from(u8::from(byte != 0))),
            Self::U8 => each(bytes, numbers, |[byte]| f64::from(byte)),
            Self::I8 => each(bytes, numbers, |byte| f64::from(i8::from_le_bytes(byte))),
            Self::U16 => each(bytes, numbers, |bytes| f64::from(u16::from_le_bytes(bytes))),
            Self::I16 => each(bytes, numbers, |bytes| f64::from(i16::from_le_bytes(bytes))),
            Self::F16 => each(bytes, numbers, |bytes| f16::from_le_bytes(bytes).to_f64()),
            Self::Bf16 => each(bytes, numbers, |bytes| bf16::from_le_bytes(bytes).to_f64()),
            Self::U32 => each(bytes, numbers, |bytes| f64::from(u32::from_le_bytes(bytes))),
            Self::I32 => each(bytes, numbers, |bytes| f64::from(i32::from_le_bytes(bytes))),
            Self::F32 => each(bytes, numbers, |bytes| f64::from(f32::from_le_bytes(bytes))),
            Self::U64 => each(bytes, numbers, |bytes| u64::from_le_bytes(bytes) as f64),
            Self::I64 => each(bytes, numbers, |bytes| i64::from_le_bytes(bytes) as f64),
            Self::F64 => each(bytes, numbers, f64::from_le_bytes),
        }
    }
}

fn each<const N: usize>(bytes: &[u8], numbers: &mut Vec<f64>, decode: impl Fn([u8; N]) -> f64) {
    numbers.extend(bytes.as_chunks::<N>().0.iter().map(|number| decode(*number)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_read_in_both_byte_orders() {
        let check = |element: Element, little: &[u8], expected: f64| {
            for is_big_endian in [false, true] {
                let mut bytes = [little, little].concat();
                if is_big_endian {
                    bytes.chunks_exact_mut(element.size()).for_each(<[u8]>::reverse);
                }
                let mut numbers = Vec::new();
                element.decode(&mut bytes, is_big_endian, &mut numbers);
                assert_eq!(numbers, [expected; 2], "{element:?}");
            }
        };
        check(Element::Bool, &[1], 1.0);
        check(Element::U8, &[200], 200.0);
        check(Element::I8, &[200], -56.0);
        check(Element::U16, &40_000_u16.to_le_bytes(), 40_000.0);
        check(Element::I16, &(-3_i16).to_le_bytes(), -3.0);
        check(Element::F16, &[0x00, 0x3e], 1.5);
        check(Element::Bf16, &[0xc0, 0x3f], 1.5);
        check(Element::U32, &4_000_000_000_u32.to_le_bytes(), 4e9);
        check(Element::I32, &(-7_i32).to_le_bytes(), -7.0);
        check(Element::F32, &0.1_f32.to_le_bytes(), f64::from(0.1_f32));
        check(Element::U64, &(1_u64 << 40).to_le_bytes(), (1_u64 << 40) as f64);
        check(Element::I64, &(-9_i64).to_le_bytes(), -9.0);
        check(Element::F64, &0.1_f64.to_le_bytes(), 0.1);
    }
}
