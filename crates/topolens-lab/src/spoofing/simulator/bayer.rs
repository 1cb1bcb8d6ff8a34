//! One colour at each pixel of a sensor, and three again.

use super::plane::Plane;

/// The colour that a sensor sees at (x, y): red and green in even rows, green and blue in odd ones (RGGB).
///
/// # References
///
/// `bayer1976`.
pub(super) fn color(x: usize, y: usize) -> usize {
    x % 2 + y % 2
}

/// Each pixel keeps one colour.
pub(super) fn mosaic(light: &Plane) -> Plane<1> {
    Plane::from_fn(light.width, light.height, |x, y| [light.row(y)[x][color(x, y)]])
}

/// The other two colours of each pixel: means of the neighbours, of the eight around it, that have them (bilinear demosaicing).
pub(super) fn demosaic(raw: &Plane<1>) -> Plane {
    Plane::from_fn(raw.width, raw.height, |x, y| {
        let (mut sums, mut counts) = ([0.0; 3], [0.0; 3]);
        for row in y.saturating_sub(1)..(y + 2).min(raw.height) {
            for column in x.saturating_sub(1)..(x + 2).min(raw.width) {
                // Of green, the nearest are above, below and at the sides.
                let seen = color(column, row);
                if seen != 1 || row == y || column == x {
                    sums[seen] += raw.row(row)[column][0];
                    counts[seen] += 1.0;
                }
            }
        }
        let own = color(x, y);
        std::array::from_fn(
            |channel| {
                if channel == own { raw.row(y)[x][0] } else { sums[channel] / counts[channel] }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_surface_comes_back() {
        let light = Plane::from_fn(6, 5, |_, _| [0.25, 0.5, 0.75]);
        let raw = mosaic(&light);
        let corner = [[0.25, 0.5], [0.5, 0.75]];
        for (at, [value]) in raw.pixels.iter().enumerate() {
            assert!((value - corner[at / 6 % 2][at % 6 % 2]).abs() < 1e-6);
        }
        assert_eq!(demosaic(&raw), light);
    }

    #[test]
    fn a_ramp_comes_back_inside() {
        let light = Plane::from_fn(8, 8, |x, y| [x as f32, y as f32, (x + y) as f32]);
        let back = demosaic(&mosaic(&light));
        for y in 1..7 {
            for x in 1..7 {
                for channel in 0..3 {
                    assert!((back.row(y)[x][channel] - light.row(y)[x][channel]).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn stripes_as_wide_as_a_pixel_become_coloured() {
        let light = Plane::from_fn(8, 8, |x, _| [f32::from(u8::from(x % 2 == 0)); 3]);
        let pixel = demosaic(&mosaic(&light)).row(4)[4];
        assert_eq!((pixel[0], pixel[2]), (1.0, 0.0));
    }
}
