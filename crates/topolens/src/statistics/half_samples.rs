//! Standard errors from half samples: the delete-half jackknife.
//!
//! For a statistic $T$ of $n$ points, the spread of $T$ over random halves *without replacement* estimates its
//! sampling error at $n$: drawing half of the points doubles the variance of $T$, and having them all removes half of
//! it. Where $T$ grows with $n$, the *relative* spread carries over. Unlike the bootstrap, halves contain no
//! duplicates, which distances and spanning trees would see.

use crate::error::Error;
use crate::subsample;

/// `repeats` random halves ($\lfloor n/2 \rfloor$ indices, ascending) of `n_points` points.
///
/// # Errors
///
/// If there are fewer than 2 points.
///
/// # Examples
///
/// ```
/// use topolens::statistics::half_samples;
///
/// let halves = half_samples(11, 4, 0)?;
/// assert!(halves.len() == 4 && halves.iter().all(|half| half.len() == 5));
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `shao1989`
pub fn half_samples(n_points: usize, repeats: usize, seed: u64) -> Result<Vec<Vec<usize>>, Error> {
    (0..repeats as u64).map(|stream| subsample(n_points, n_points / 2, seed, stream)).collect()
}

/// The standard deviation of a statistic over half samples, relative to its mean there: an estimate of the
/// relative standard error of the statistic on all points. `None` with fewer than 2 values or mean 0.
///
/// # Examples
///
/// ```
/// use topolens::statistics::relative_spread;
///
/// assert_eq!(relative_spread(&[2.0, 4.0]), Some(2.0_f64.sqrt() / 3.0));
/// assert_eq!(relative_spread(&[1.0]), None);
/// ```
pub fn relative_spread(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1 && mean != 0.0).then(|| (squares / (n - 1.0)).sqrt() / mean.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{statistics::mean, synthetic};

    #[test]
    fn estimates_the_standard_error_of_a_mean() {
        let values: Vec<f64> =
            synthetic::gaussian(400, 1, 3).unwrap().values().iter().map(|z| 5.0 + z).collect();
        let exact = mean(&values).unwrap();
        let halves = half_samples(400, 2000, 1).unwrap();
        let means: Vec<f64> = halves
            .iter()
            .map(|half| mean(&half.iter().map(|&i| values[i]).collect::<Vec<_>>()).unwrap().value)
            .collect();
        let estimated = relative_spread(&means).unwrap() * exact.value;
        assert!((estimated / exact.standard_error.unwrap() - 1.0).abs() < 0.05);
    }

    #[test]
    fn a_single_point_has_no_half() {
        assert!(half_samples(1, 3, 0).is_err());
        assert_eq!(relative_spread(&[0.0, 0.0]), None);
    }
}
