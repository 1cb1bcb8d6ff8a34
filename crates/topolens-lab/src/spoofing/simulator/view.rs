//! Where each point of the picture taken lies on what is before the camera.

use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::random::Range;

/// How the camera is held.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ViewSettings {
    /// Change of scale from the middle to the edge, by perspective: the tangent of the tilt times half of the field of view.
    pub(super) tilt: Range,
    /// Turn in the plane of the image, in degrees.
    pub(super) rotation: Range,
    /// First coefficient of radial distortion, with the half of the longer side as unit.
    pub(super) distortion: Range,
}

/// Maps points of the capture to points of the live image, both in pixels.
///
/// A point $p$, relative to the middle and in units of half of the longer side, is first moved by the lens to
/// $p\,(1 + k \lVert p \rVert^2)$ (Brown's model, its first term), then by a projective map. The live image fills the frame.
///
/// # Examples
///
/// ```
/// use topolens_lab::spoofing::simulator::View;
///
/// let straight = View::straight(640, 480);
/// assert_eq!(straight.to_live(12.0, 345.0), [12.0, 345.0]);
/// ```
///
/// # References
///
/// `brown1971`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Rows of the projective map in units of half of the longer side, from the middle.
    pub matrix: [[f64; 3]; 3],
    /// The coefficient $k$ of radial distortion.
    pub distortion: f64,
    /// Width and height of capture and live image in pixels.
    pub size: [usize; 2],
}

impl View {
    /// Straight on, through a lens that distorts nothing.
    pub fn straight(width: usize, height: usize) -> Self {
        let matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        Self { matrix, distortion: 0.0, size: [width, height] }
    }

    pub(super) fn draw(
        settings: &ViewSettings,
        [width, height]: [usize; 2],
        random: &mut ChaCha8Rng,
    ) -> Self {
        let angle = settings.rotation.draw_signed(random).to_radians();
        let [across, down] = [(); 2].map(|()| settings.tilt.draw_signed(random));
        let (sin, cos) = angle.sin_cos();
        let matrix = [[cos, -sin, 0.0], [sin, cos, 0.0], [across, down, 1.0]];
        let distortion = settings.distortion.draw_signed(random);
        Self { matrix, distortion, size: [width, height] }.filling_the_frame()
    }

    /// Nearer by so much that no point of the frame lies beside the live image.
    fn filling_the_frame(mut self) -> Self {
        let [width, height] = self.size.map(|length| length as f64);
        let mut excess = 0.0_f64;
        for step in 0..=32 {
            let part = f64::from(step) / 32.0;
            let edge = [(part, 0.0), (part, 1.0), (0.0, part), (1.0, part)];
            for (x, y) in edge {
                let [u, v] = self.to_live(x * width, y * height);
                excess = excess.max((2.0 * u / width - 1.0).abs()).max((2.0 * v / height - 1.0).abs());
            }
        }
        for row in &mut self.matrix[..2] {
            *row = row.map(|entry| entry / excess);
        }
        self
    }

    /// The point of the live image that is seen at (x, y) of the capture; pixel (i, j) has its centre at (i + ½, j + ½).
    pub fn to_live(&self, x: f64, y: f64) -> [f64; 2] {
        let [width, height] = self.size.map(|length| length as f64);
        let unit = 0.5 * width.max(height);
        let (x, y) = ((x - 0.5 * width) / unit, (y - 0.5 * height) / unit);
        let bend = 1.0 + self.distortion * (x * x + y * y);
        let (x, y) = (x * bend, y * bend);
        let [u, v, w] = self.matrix.map(|[a, b, c]| a * x + b * y + c);
        [0.5 * width + unit * u / w, 0.5 * height + unit * v / w]
    }

    /// The point of the capture at which the point (x, y) of the live image is seen: the way back of [`View::to_live`], by iteration.
    pub fn from_live(&self, x: f64, y: f64) -> [f64; 2] {
        const STEPS: usize = 50;
        let mut found = [x, y];
        for _ in 0..STEPS {
            let [u, v] = self.to_live(found[0], found[1]);
            // Views are nearly straight, so that a miss on the live image is nearly one on the capture.
            found = [found[0] + x - u, found[1] + y - v];
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Streams;
    use super::*;

    const SETTINGS: ViewSettings =
        ViewSettings { tilt: Range(0.03, 0.06), rotation: Range(1.0, 3.0), distortion: Range(0.0, 0.03) };

    #[test]
    fn the_frame_is_filled_and_no_more() {
        for name in ["a", "b", "c", "d"] {
            let view = View::draw(&SETTINGS, [120, 80], &mut Streams { seed: 0, name }.stage("view"));
            let mut nearest = f64::INFINITY;
            for (x, y) in (0..=120).flat_map(|x| (0..=80).map(move |y| (f64::from(x), f64::from(y)))) {
                let [u, v] = view.to_live(x, y);
                nearest = [u, v, 120.0 - u, 80.0 - v].into_iter().fold(nearest, f64::min);
            }
            assert!((-0.01..0.5).contains(&nearest), "{nearest}");
        }
    }

    #[test]
    fn the_way_back_is_found() {
        for name in ["a", "b", "c", "d"] {
            let view = View::draw(&SETTINGS, [512, 384], &mut Streams { seed: 0, name }.stage("view"));
            for (x, y) in [(1.0, 2.0), (511.0, 3.0), (200.0, 380.0), (300.0, 200.0)] {
                let [u, v] = view.to_live(x, y);
                let [back_x, back_y] = view.from_live(u, v);
                assert!((back_x - x).hypot(back_y - y) < 1e-6, "{x} {y} {back_x} {back_y}");
            }
        }
    }

    #[test]
    fn straight_lines_stay_straight_without_distortion() {
        let settings = ViewSettings { distortion: Range(0.0, 0.0), ..SETTINGS };
        let view = View::draw(&settings, [100, 100], &mut Streams { seed: 1, name: "" }.stage("view"));
        let [a, b, c] = [10.0, 40.0, 90.0].map(|t| view.to_live(t, 0.3 * t + 5.0));
        let area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        assert!(area.abs() < 1e-9, "{area}");
        let bent = View { distortion: 0.1, ..View::straight(100, 100) };
        let [u, v] = bent.to_live(100.0, 50.0);
        assert!((u - 105.0).abs() < 1e-9 && (v - 50.0).abs() < 1e-9);
    }
}
