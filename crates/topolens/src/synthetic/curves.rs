//! Curves in space.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::registry::Manifold;

fn coil(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let t = TAU * random.random::<f64>();
    let radius = 2.0 + (8.0 * t).cos();
    point.copy_from_slice(&[radius * t.cos(), radius * t.sin(), (8.0 * t).sin()]);
}

fn spiral(random: &mut ChaCha8Rng, point: &mut [f64]) {
    let t = 5.0 * TAU * random.random::<f64>();
    point.copy_from_slice(&[100.0 * t.cos(), 100.0 * t.sin(), t]);
}

/// The spiral's turns are $2\pi$ apart, less than its points when $n$ is a thousand: it looks like a surface.
pub(super) const MANIFOLDS: [Manifold; 2] = [
    Manifold::new("helix-1", 1.0, 3, coil)
        .formula("((2 + cos 8t) cos t, (2 + cos 8t) sin t, sin 8t), t in [0, 2 pi]")
        .reference("hein2005")
        .benchmark("M5a"),
    Manifold::new("spiral", 1.0, 3, spiral)
        .formula("(100 cos t, 100 sin t, t), t in [0, 10 pi]")
        .reference("campadelli2015")
        .benchmark("M13b"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_on_their_surfaces() {
        let [coil, spiral] = MANIFOLDS.map(|manifold| manifold.sample(300, 1).unwrap());
        assert!(coil.points().all(|p| ((p[0].hypot(p[1]) - 2.0).hypot(p[2]) - 1.0).abs() < 1e-12));
        assert!(spiral.points().all(|p| (p[0] - 100.0 * p[2].cos()).abs() < 1e-9));
        assert!(spiral.points().any(|p| p[2] > 9.0 * TAU / 2.0));
    }
}
