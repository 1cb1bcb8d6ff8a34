//! Light that falls on a sheet or a screen: uneven, and mirrored in places.

use rand_chacha::ChaCha8Rng;

use super::random::Range;

/// How a surface is lit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LightingSettings {
    /// Relative change from the middle to the corner.
    pub(super) unevenness: Range,
    /// Peak of the mirrored lamp, 1 being paper white or the screen's white.
    pub(super) highlight: Range,
    /// Standard deviation of the mirrored lamp, half of the longer side being 1: a sharp lamp on a gloss coat, a wide sheen on a matte one.
    pub(super) highlight_size: Range,
}

/// Light by place: a linear gradient, as from a lamp at the side, and one highlight.
///
/// $$I(p) = 1 + a \langle p, d \rangle / \sqrt 2, \qquad H(p) = h \exp(-\tfrac12 \textstyle\sum_i (p_i - c_i)^2 / s_i^2)$$
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lighting {
    gradient: [f64; 2],
    peak: f64,
    centre: [f64; 2],
    spread: [f64; 2],
    size: [f64; 2],
}

impl Lighting {
    pub(super) fn draw(settings: &LightingSettings, size: [usize; 2], random: &mut ChaCha8Rng) -> Self {
        let direction = Range(0.0, std::f64::consts::TAU).draw(random);
        let unevenness = settings.unevenness.draw(random) / std::f64::consts::SQRT_2;
        let peak = settings.highlight.draw(random);
        let centre = [(); 2].map(|()| Range(-0.9, 0.9).draw(random));
        let spread = [(); 2].map(|()| settings.highlight_size.draw(random));
        let gradient = [direction.cos() * unevenness, direction.sin() * unevenness];
        Self { gradient, peak, centre, spread, size: size.map(|length| length as f64) }
    }

    /// The point relative to the middle, in units of half of the longer side.
    fn place(&self, x: f64, y: f64) -> [f64; 2] {
        let [width, height] = self.size;
        let unit = 0.5 * width.max(height);
        [(x - 0.5 * width) / unit, (y - 0.5 * height) / unit]
    }

    /// How much light falls on the point, about 1.
    pub(super) fn irradiance(&self, x: f64, y: f64) -> f32 {
        let [u, v] = self.place(x, y);
        (1.0 + self.gradient[0] * u + self.gradient[1] * v) as f32
    }

    /// Light mirrored at the point.
    pub(super) fn highlight(&self, x: f64, y: f64) -> f32 {
        let place = self.place(x, y);
        let squares = (0..2).map(|axis| ((place[axis] - self.centre[axis]) / self.spread[axis]).powi(2));
        (self.peak * (-0.5 * squares.sum::<f64>()).exp()) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Streams;
    use super::*;

    #[test]
    fn light_changes_by_what_was_asked_and_the_highlight_has_its_peak() {
        let settings = LightingSettings {
            unevenness: Range(0.2, 0.2),
            highlight: Range(0.3, 0.3),
            highlight_size: Range(0.1, 0.1),
        };
        let lighting =
            Lighting::draw(&settings, [200, 200], &mut Streams { seed: 0, name: "" }.stage("light"));
        assert!((lighting.irradiance(100.0, 100.0) - 1.0).abs() < 1e-6);
        let pixels: Vec<(f64, f64)> =
            (0..=200).flat_map(|x| (0..=200).map(move |y| (f64::from(x), f64::from(y)))).collect();
        let largest =
            |value: &dyn Fn(f64, f64) -> f32| pixels.iter().map(|(x, y)| value(*x, *y)).fold(0.0, f32::max);
        let brightest = largest(&|x, y| lighting.irradiance(x, y));
        assert!(brightest <= 1.2001 && brightest > 1.1, "{brightest}");
        assert!((largest(&|x, y| lighting.highlight(x, y)) - 0.3).abs() < 0.01);
    }
}
