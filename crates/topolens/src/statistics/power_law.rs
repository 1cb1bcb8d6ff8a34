//! Power laws of tails.

use super::correlation::check_finite;
use crate::error::{Error, InputKind, Undefined};

/// A power law $p(x) \propto x^{-\alpha}$ for $x \ge x_{min}$, fitted to the tail of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PowerLaw {
    /// $\alpha$.
    pub exponent: f64,
    /// $x_{min}$: where the tail begins.
    pub minimum: f64,
    /// The largest distance between the distribution functions of tail and law (Kolmogorov and Smirnov).
    pub distance: f64,
    /// Numbers in the tail.
    pub n_tail: usize,
}

/// The maximum-likelihood power law $\alpha = 1 + n / \sum \log(x_i / x_{min})$ of the tail whose distance from its law is
/// least; every number but the largest is tried as its beginning. Numbers that are not positive are left out.
///
/// # Errors
///
/// If a number is not finite, or fewer than 3 different ones are positive.
///
/// # Complexity
///
/// $O(n^2)$.
///
/// # Examples
///
/// ```
/// use topolens::statistics::power_law;
///
/// // The quantiles of a law with exponent 3.
/// let sample: Vec<f64> = (0..200).map(|i| (1.0 - (i as f64 + 0.5) / 200.0).powf(-0.5)).collect();
/// let law = power_law(&sample)?;
/// assert!((law.exponent - 3.0).abs() < 0.05);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `clauset2009`
pub fn power_law(sample: &[f64]) -> Result<PowerLaw, Error> {
    check_finite("sample", sample)?;
    let mut sorted: Vec<f64> = sample.iter().copied().filter(|x| *x > 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut starts: Vec<usize> =
        (0..sorted.len()).filter(|&at| at == 0 || sorted[at] > sorted[at - 1]).collect();
    if starts.len() < 3 {
        let (quantity, got) = ("a power law", starts.len());
        return Err(InputKind::TooFewPoints { quantity, needed: 3, got }.into());
    }
    starts.pop();
    let laws = starts.iter().map(|&start| tail_law(&sorted[start..]));
    let nearest =
        laws.filter(|law| law.distance.is_finite()).min_by(|a, b| a.distance.total_cmp(&b.distance));
    nearest.ok_or_else(|| Error::undefined("a power law", Undefined::NoSpread))
}

/// The law of a whole tail, ascending.
fn tail_law(tail: &[f64]) -> PowerLaw {
    let (minimum, n) = (tail[0], tail.len() as f64);
    let exponent = 1.0 + n / tail.iter().map(|x| (x / minimum).ln()).sum::<f64>();
    let law = |x: f64| 1.0 - (x / minimum).powf(1.0 - exponent);
    // As Clauset et al. do: below each point only.
    let distances = tail.iter().enumerate().map(|(at, &x)| (at as f64 / n - law(x)).abs());
    PowerLaw { exponent, minimum, distance: distances.fold(0.0, f64::max), n_tail: tail.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_is_an_error() {
        assert!(power_law(&[1.0, 2.0, 2.0, -3.0]).unwrap_err().is_invalid_input());
        assert!(power_law(&[1.0, 2.0, f64::NAN]).unwrap_err().is_invalid_input());
        assert!(power_law(&[1.0, 2.0, 3.0, 0.0]).is_ok());
    }
}
