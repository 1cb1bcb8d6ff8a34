//! Between encoded pixels and linear light: the transfer function of sRGB, IEC 61966-2-1.

use std::sync::OnceLock;

/// Linear light, from 0 to 1, of an encoded value from 0 to 1.
///
/// $$L = \begin{cases} v / 12.92 & v \le 0.04045 \\ ((v + 0.055) / 1.055)^{2.4} & \text{otherwise} \end{cases}$$
pub(super) fn decode(value: f32) -> f32 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// The encoded value, from 0 to 1, of linear light; light beyond that range is clipped.
pub(super) fn encode(light: f32) -> f32 {
    let light = light.clamp(0.0, 1.0);
    if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

/// Linear light of each of the 256 pixel values.
pub(super) fn decode_byte(byte: u8) -> f32 {
    static TABLE: OnceLock<[f32; 256]> = OnceLock::new();
    TABLE.get_or_init(|| std::array::from_fn(|value| decode(value as f32 / 255.0)))[usize::from(byte)]
}

/// The pixel value nearest to an encoded value, which is clipped to 0 to 1.
#[expect(clippy::cast_sign_loss, reason = "clipped to 0 to 255")]
pub(super) fn to_byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Luminance of linear light, with the primaries of sRGB (ITU-R BT.709).
pub(super) fn luminance([red, green, blue]: [f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_value_comes_back() {
        for byte in 0..=255 {
            assert_eq!(to_byte(encode(decode_byte(byte))), byte);
        }
    }

    #[test]
    fn published_points_of_the_curve() {
        // Mid-grey 188 is half of the light; both pieces meet.
        assert!((decode_byte(188) - 0.503).abs() < 5e-4, "{}", decode_byte(188));
        assert!((decode(0.04045) - 0.003_130_8).abs() < 1e-7);
        assert!((encode(0.003_130_8) - 0.04045).abs() < 1e-6);
        assert!(
            encode(-1.0) == 0.0
                && (encode(2.0) - 1.0).abs() < 1e-6
                && (luminance([1.0; 3]) - 1.0).abs() < 1e-6
        );
    }
}
