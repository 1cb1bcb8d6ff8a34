//! Tone as dots: an amplitude-modulated screen of clustered dots.

use std::f64::consts::{PI, TAU};
use std::sync::OnceLock;

/// A grid of dots for one ink.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DotScreen {
    sin: f64,
    cos: f64,
    pitch: f64,
    phase: [f64; 2],
}

impl DotScreen {
    /// Dots `pitch` apart, turned by an angle in degrees, moved by a share of the pitch each way.
    pub(super) fn new(angle: f64, pitch: f64, phase: [f64; 2]) -> Self {
        let (sin, cos) = angle.to_radians().sin_cos();
        Self { sin, cos, pitch, phase }
    }

    /// Ink at the point (x, y), from 0 to 1, for a tone from 0 to 1, seen through a square of side `footprint`.
    ///
    /// The spot function $s = (\cos 2\pi u + \cos 2\pi v) / 2$ grows dots from their middle, joins them at half tone and leaves
    /// holes; ink is where its quantile exceeds one minus the tone, so that dots cover just the tone. Edges are softened over half of the
    /// footprint: over all of it, edges that bend would make dots of light tones larger.
    pub(super) fn ink(&self, [x, y]: [f64; 2], tone: f32, footprint: f64) -> f32 {
        if tone <= 0.0 || tone >= 1.0 {
            return tone.clamp(0.0, 1.0);
        }
        let u = (x * self.cos + y * self.sin) / self.pitch + self.phase[0];
        let v = (y * self.cos - x * self.sin) / self.pitch + self.phase[1];
        let ((sin_u, cos_u), (sin_v, cos_v)) = ((TAU * u).sin_cos(), (TAU * v).sin_cos());
        let (quantile, density) = spot_quantile(0.5 * (cos_u + cos_v));
        let slope = density * PI * sin_u.hypot(sin_v) / self.pitch;
        let blur = (0.5 * slope * footprint).max(1e-3);
        ((f64::from(tone) - 1.0 + quantile) / blur + 0.5).clamp(0.0, 1.0) as f32
    }
}

const N_QUANTILES: usize = 512;

/// Share of the cell where the spot function is below `spot`, and the density there.
#[expect(clippy::cast_sign_loss, reason = "clipped to the table")]
fn spot_quantile(spot: f64) -> (f64, f64) {
    static TABLE: OnceLock<Vec<f64>> = OnceLock::new();
    let table = TABLE.get_or_init(quantiles);
    let at = ((spot + 1.0) * 0.5).clamp(0.0, 1.0) * N_QUANTILES as f64;
    let below = (at as usize).min(N_QUANTILES - 1);
    let step = table[below + 1] - table[below];
    (table[below] + step * (at - below as f64), step * 0.5 * N_QUANTILES as f64)
}

/// The distribution function of the spot function at evenly spaced values.
///
/// At a given $v$ the inequality holds for a share $1 - \arccos(2s - \cos 2\pi v) / \pi$ of all $u$; this is its mean over $v$.
fn quantiles() -> Vec<f64> {
    const STEPS: usize = 2048;
    let share = |spot: f64| {
        let at = |step: usize| {
            let rest = 2.0 * spot - (TAU * (step as f64 + 0.5) / STEPS as f64).cos();
            1.0 - rest.clamp(-1.0, 1.0).acos() / PI
        };
        (0..STEPS).map(at).sum::<f64>() / STEPS as f64
    };
    (0..=N_QUANTILES).map(|at| share(2.0 * at as f64 / N_QUANTILES as f64 - 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(screen: &DotScreen, tone: f32, footprint: f64) -> f64 {
        let side = 400;
        let at = |step: usize| (step as f64 + 0.5) * 0.0973;
        let ink =
            (0..side * side).map(|i| f64::from(screen.ink([at(i % side), at(i / side)], tone, footprint)));
        ink.sum::<f64>() / (side * side) as f64
    }

    #[test]
    fn dots_cover_the_tone() {
        for angle in [0.0, 15.0, 45.0, 75.0] {
            let screen = DotScreen::new(angle, 2.0, [0.3, 0.7]);
            for tone in [0.0, 0.05, 0.3, 0.5, 0.8, 1.0] {
                for footprint in [0.01, 0.25] {
                    let covered = coverage(&screen, tone, footprint);
                    assert!((covered - f64::from(tone)).abs() < 0.012, "{angle}° {tone}: {covered}");
                }
            }
        }
    }

    #[test]
    fn a_tenth_is_one_round_dot_in_the_middle_of_its_cell() {
        let screen = DotScreen::new(0.0, 10.0, [0.0, 0.0]);
        let ink = |x: f64, y: f64| screen.ink([x, y], 0.1, 0.01);
        let radius = (0.1_f64 / PI).sqrt() * 10.0;
        assert_eq!((ink(0.0, 0.0), ink(10.0, -20.0), ink(5.0, 5.0)), (1.0, 1.0, 0.0));
        assert_eq!((ink(0.9 * radius, 0.0), ink(1.1 * radius, 0.0)), (1.0, 0.0));
        assert!(ink(0.7 * 0.9 * radius, 0.7 * 0.9 * radius) > 0.999);
    }

    #[test]
    fn half_of_the_cell_lies_below_zero() {
        let (quantile, density) = spot_quantile(0.0);
        assert!((quantile - 0.5).abs() < 1e-3 && density > 0.5, "{quantile} {density}");
        assert!(spot_quantile(-1.0).0.abs() < 1e-12 && (spot_quantile(1.0).0 - 1.0).abs() < 1e-12);
    }
}
