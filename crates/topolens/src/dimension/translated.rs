//! What noise in a distance does to its logarithm, for the translated Poisson process of Haro et al.

/// $\ln x - E[\ln z]$ for $z$ normal with mean `x` > 0 and variance 1, given $z > 0$.
pub(super) fn log_shrinkage(x: f64) -> f64 {
    /// From here on the next term of the series is below $10^{-11}$.
    const FAR: f64 = 20.0;
    if x < FAR {
        return x.ln() - mean_logarithm(x);
    }
    let square = (x * x).recip();
    // Moments 1, 3, 15 and 105 of the normal distribution in the series of ln (1 + t).
    square * (0.5 + square * (0.75 + square * (2.5 + square * 13.125)))
}

/// Simpson's rule in $z = t^4$, which takes the logarithm's pole at 0 away.
fn mean_logarithm(x: f64) -> f64 {
    const PANELS: usize = 200;
    const REACH: f64 = 9.0;
    let (start, end) = ((x - REACH).max(0.0).powf(0.25), (x + REACH).powf(0.25));
    let step = (end - start) / (2 * PANELS) as f64;
    let (mut weights, mut logarithms) = (0.0, 0.0);
    for at in 0..=2 * PANELS {
        let t = start + step * at as f64;
        if t == 0.0 {
            continue;
        }
        let simpson = [2.0, 4.0][at % 2] * if at == 0 || at == 2 * PANELS { 0.5 } else { 1.0 };
        let weight = simpson * t.powi(3) * (-0.5 * (t.powi(4) - x).powi(2)).exp();
        weights += weight;
        logarithms += weight * 4.0 * t.ln();
    }
    logarithms / weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For $x = 0$ the variable is half normal: $E[\ln z] = -(\gamma + \ln 2) / 2$.
    #[test]
    fn equals_the_closed_form_of_the_half_normal() {
        let euler_gamma = 0.577_215_664_901_532_9;
        assert!((mean_logarithm(0.0) + 0.5 * (euler_gamma + 2.0_f64.ln())).abs() < 1e-7);
    }

    #[test]
    fn the_series_continues_the_integral() {
        let (near, far) = (log_shrinkage(20.0 - 1e-9), log_shrinkage(20.0));
        assert!((near / far - 1.0).abs() < 1e-6, "{near} {far}");
    }
}
