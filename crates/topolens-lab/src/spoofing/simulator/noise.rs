//! Noise of a sensor.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// How much noise a sensor has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NoiseSettings {
    /// Electrons of a pixel at full light.
    pub(super) full_well: f64,
    /// Standard deviation of reading a pixel out, in electrons.
    pub(super) read_noise: f64,
}

/// Adds noise to a signal from 0 to 1, which is clipped at 1 first, as a well that is full.
///
/// Photons arrive by chance, so that $N$ electrons have variance $N$, approximated by a normal variable, and reading them out adds the
/// same everywhere: $\sigma^2(L) = L / W + (r / W)^2$ for a full well of $W$ electrons.
///
/// # References
///
/// `foi2008`.
pub(super) fn add_noise(signal: &mut [[f32; 1]], settings: NoiseSettings, random: &mut ChaCha8Rng) {
    let NoiseSettings { full_well, read_noise } = settings;
    for [value] in signal {
        let light = f64::from(*value).clamp(0.0, 1.0);
        let normal: f64 = StandardNormal.sample(random);
        let deviation = (light * full_well + read_noise * read_noise).sqrt() / full_well;
        *value = (light + deviation * normal) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Streams;
    use super::*;

    #[test]
    fn variance_is_that_of_photons_and_reading() {
        let settings = NoiseSettings { full_well: 1000.0, read_noise: 10.0 };
        for light in [0.0_f32, 0.5, 2.0] {
            let mut signal = vec![[light]; 20_000];
            add_noise(&mut signal, settings, &mut Streams { seed: 0, name: "" }.stage("noise"));
            let expected = f64::from(light).min(1.0) / 1000.0 + 1e-4;
            let mean = signal.iter().map(|[value]| f64::from(*value)).sum::<f64>() / 20_000.0;
            let variance =
                signal.iter().map(|[value]| (f64::from(*value) - mean).powi(2)).sum::<f64>() / 20_000.0;
            assert!((mean - f64::from(light).min(1.0)).abs() < 1e-3, "{mean}");
            assert!((variance / expected - 1.0).abs() < 0.05, "{variance} for {expected}");
        }
    }
}
