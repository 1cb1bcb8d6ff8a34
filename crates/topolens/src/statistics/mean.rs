//! The mean and its standard error.

use super::quantile::students_t_quantile;
use crate::error::{Error, InputKind};

/// A mean of independent values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// $\bar x$.
    pub value: f64,
    /// $s / \sqrt n$ with the $n - 1$ form of $s$; `None` for a single value.
    pub standard_error: Option<f64>,
}

impl Mean {
    /// The ends of the 95 % interval by Student's t, given the number of values; `None` for a single value.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::statistics::mean;
    ///
    /// let (lower, upper) = mean(&[1.0, 2.0, 3.0])?.interval(3).unwrap();
    /// assert!((upper - 2.0 - 4.302_65 / 3.0_f64.sqrt()).abs() < 1e-4 && (lower + upper - 4.0).abs() < 1e-12);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn interval(&self, n_values: usize) -> Option<(f64, f64)> {
        let half = self.standard_error? * students_t_quantile(0.975, n_values.checked_sub(1)?);
        Some((self.value - half, self.value + half))
    }
}

/// The mean of some values and its standard error.
///
/// # Errors
///
/// If there is no value.
///
/// # Examples
///
/// ```
/// use topolens::statistics::mean;
///
/// let mean = mean(&[1.0, 2.0, 3.0])?;
/// assert_eq!(mean.value, 2.0);
/// assert!((mean.standard_error.unwrap() - (1.0_f64 / 3.0).sqrt()).abs() < 1e-15);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn mean(values: &[f64]) -> Result<Mean, Error> {
    if values.is_empty() {
        return Err(InputKind::Empty { argument: "values" }.into());
    }
    let n = values.len() as f64;
    let value = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - value).powi(2)).sum();
    let standard_error = (values.len() > 1).then(|| (squares / (n - 1.0) / n).sqrt());
    Ok(Mean { value, standard_error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_no_standard_error_and_none_is_an_error() {
        assert_eq!(mean(&[4.0]).unwrap(), Mean { value: 4.0, standard_error: None });
        assert!(mean(&[]).is_err());
    }
}
