//! Bands of estimates for 3000 points, simulated by independent programs.

use topolens::{PersistentDimension, PointCloud, TwoNn, synthetic};

use super::finding::Finding;
use crate::Result;

type Sample = fn(u64) -> std::result::Result<PointCloud<f64>, topolens::Error>;

/// A manifold with its TwoNN and persistent-homology dimension and how far each may be off.
struct Band {
    name: &'static str,
    sample: Sample,
    two_nn: Option<(f64, f64)>,
    persistent: (f64, f64),
}

const BANDS: [Band; 8] = [
    Band::new("cube 2", |seed| synthetic::uniform_cube(3000, 2, seed), (2.06, 0.04), (2.00, 0.05)),
    Band::new("cube 5", |seed| synthetic::uniform_cube(3000, 5, seed), (4.82, 0.04), (4.69, 0.05)),
    Band::new("cube 10", |seed| synthetic::uniform_cube(3000, 10, seed), (8.46, 0.04), (8.65, 0.05)),
    Band::new("cube 20", |seed| synthetic::uniform_cube(3000, 20, seed), (15.8, 0.04), (15.4, 0.05)),
    Band::new("sphere 10", |seed| synthetic::sphere(3000, 10, seed), (9.41, 0.04), (9.28, 0.05)),
    Band::new("gaussian 20", |seed| synthetic::gaussian(3000, 20, seed), (16.9, 0.08), (16.4, 0.08)),
    Band::new("swiss roll", |seed| synthetic::swiss_roll(3000, seed), (2.02, 0.04), (1.98, 0.05)),
    Band {
        name: "Sierpinski triangle",
        sample: |seed| synthetic::sierpinski_triangle(3000, seed),
        two_nn: None,
        persistent: (1.597, 0.03 / 1.597),
    },
];

impl Band {
    const fn new(name: &'static str, sample: Sample, two_nn: (f64, f64), persistent: (f64, f64)) -> Self {
        Self { name, sample, two_nn: Some(two_nn), persistent }
    }
}

pub(super) fn run(seed: u64) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for band in &BANDS {
        if let Some((expected, part)) = band.two_nn {
            let found = mean(band, seed, 8, |cloud| Ok(TwoNn::new().estimate(cloud)?.value))?;
            findings.push(Finding::relative(format!("two-nn of {}", band.name), expected, part, found));
        }
        let (expected, part) = band.persistent;
        let found = mean(band, seed, 2, |cloud| {
            Ok(PersistentDimension::new().repeats(1).estimate(cloud)?.estimate.value)
        })?;
        findings.push(Finding::relative(format!("ph-dimension of {}", band.name), expected, part, found));
    }
    let cube = synthetic::uniform_cube(3000, 5, seed)?;
    let at = |alpha| PersistentDimension::new().alpha(alpha).repeats(2).estimate(&cube);
    let usual = at(1.0)?.estimate.value;
    for alpha in [0.5, 2.0, 3.0] {
        let what = format!("ph-dimension of cube 5 with α = {alpha} over that with α = 1");
        findings.push(Finding::within(what, 1.0, 0.07, at(alpha)?.estimate.value / usual));
    }
    Ok(findings)
}

fn mean(
    band: &Band,
    seed: u64,
    n_draws: u64,
    estimate: impl Fn(&PointCloud<f64>) -> Result<f64>,
) -> Result<f64> {
    let mut sum = 0.0;
    for draw in 0..n_draws {
        sum += estimate(&(band.sample)(seed.wrapping_add(draw))?)?;
    }
    Ok(sum / n_draws as f64)
}
