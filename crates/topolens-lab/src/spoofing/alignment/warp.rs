//! A picture seen through a similarity.

use image::RgbImage;

use super::Similarity;

/// The aligned picture of `height` × `width` pixels, as RGB bytes: each of its pixels is the mean of the source over the area it covers, by as
/// many bilinear samples along each axis as source pixels fit into one of its own. Beyond its edge the source is black.
///
/// Taking one bilinear sample for a pixel, as is customary, folds the pattern of halftone dots or of a screen into false coarse patterns
/// when the face is shrunk.
pub fn warp(source: &RgbImage, back: &Similarity, [height, width]: [usize; 2]) -> Vec<u8> {
    const MOST_SAMPLES: f64 = 16.0;
    #[expect(clippy::cast_sign_loss, reason = "between 1 and 16")]
    let n_samples = back.scale().ceil().clamp(1.0, MOST_SAMPLES) as usize;
    let offsets: Vec<f64> =
        (0..n_samples).map(|sample| (sample as f64 + 0.5) / n_samples as f64 - 0.5).collect();
    let share = 1.0 / (n_samples * n_samples) as f64;
    let mut pixels = Vec::with_capacity(3 * height * width);
    for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
        let mut sum = [0.0; 3];
        for (down, across) in offsets.iter().flat_map(|down| offsets.iter().map(move |across| (down, across)))
        {
            let found = bilinear(source, back.apply([column as f64 + across, row as f64 + down]));
            sum.iter_mut().zip(found).for_each(|(sum, value)| *sum += value);
        }
        #[expect(clippy::cast_sign_loss, reason = "means of bytes")]
        pixels.extend(sum.map(|sum| (sum * share).round() as u8));
    }
    pixels
}

/// The colour at a point between pixel centres.
fn bilinear(source: &RgbImage, [x, y]: [f64; 2]) -> [f64; 3] {
    let (left, top) = (x.floor(), y.floor());
    let (right_share, lower_share) = (x - left, y - top);
    let mut sum = [0.0; 3];
    for (row, row_share) in [(top, 1.0 - lower_share), (top + 1.0, lower_share)] {
        for (column, share) in [(left, 1.0 - right_share), (left + 1.0, right_share)] {
            let inside = column >= 0.0
                && row >= 0.0
                && column < f64::from(source.width())
                && row < f64::from(source.height());
            if inside {
                #[expect(clippy::cast_sign_loss, reason = "inside of the picture")]
                let pixel = source.get_pixel(column as u32, row as u32).0;
                sum.iter_mut().zip(pixel).for_each(|(sum, byte)| *sum += row_share * share * f64::from(byte));
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    const STILL: Similarity = Similarity { turn: [1.0, 0.0], shift: [0.0, 0.0] };

    #[test]
    fn a_picture_that_is_not_moved_stays() {
        let picture = RgbImage::from_fn(5, 4, |x, y| Rgb([x as u8 * 50, y as u8 * 60, 7]));
        assert_eq!(warp(&picture, &STILL, [4, 5]), picture.into_raw());
    }

    #[test]
    fn shrinking_averages_and_does_not_fold_patterns() {
        // Columns that alternate: the middles of all pixels lie on bright ones, so that a single sample would be all white.
        let stripes = RgbImage::from_fn(64, 64, |x, _| Rgb([if x % 2 == 0 { 0 } else { 200 }; 3]));
        let back = Similarity { turn: [4.0, 0.0], shift: [5.0, 5.0] };
        let small = warp(&stripes, &back, [14, 14]);
        assert!(small.iter().all(|byte| (i32::from(*byte) - 100).abs() <= 1), "{:?}", &small[..9]);
    }

    #[test]
    fn a_quarter_turn_moves_corners() {
        let mut picture = RgbImage::new(3, 3);
        picture.put_pixel(2, 0, Rgb([9, 8, 7]));
        // (x, y) of the result is (2 − y, x) of the source.
        let back = Similarity { turn: [0.0, 1.0], shift: [2.0, 0.0] };
        let turned = warp(&picture, &back, [3, 3]);
        assert_eq!(turned[..3], [9, 8, 7]);
        assert!(turned[3..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn beyond_the_edge_it_is_black() {
        let white = RgbImage::from_pixel(2, 2, Rgb([255; 3]));
        let away = Similarity { turn: [1.0, 0.0], shift: [f64::from(u32::MAX), -9.0] };
        assert!(warp(&white, &away, [2, 2]).iter().all(|byte| *byte == 0));
    }
}
