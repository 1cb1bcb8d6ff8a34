//! Equally spaced filtration values.

use crate::error::{Error, SettingKind};

/// The `n` values $t_k = \mathrm{start} + k (\mathrm{end} - \mathrm{start}) / (n - 1)$, at which functions of a diagram are
/// evaluated.
///
/// # Units
///
/// Those of the filtration values.
///
/// # Examples
///
/// ```
/// use topolens::Grid;
///
/// let grid = Grid::new(0.0, 2.0, 5)?;
/// assert_eq!(grid.values().collect::<Vec<_>>(), [0.0, 0.5, 1.0, 1.5, 2.0]);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    start: f64,
    end: f64,
    n: usize,
}

impl Grid {
    /// From `start` to `end`, both included.
    ///
    /// # Errors
    ///
    /// If `start` is not finite, `end` is not above it and finite, or `n` is below 2.
    pub fn new(start: f64, end: f64, n: usize) -> Result<Self, Error> {
        let refuse =
            |argument, value, allowed| Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        if !start.is_finite() {
            return refuse("start", start, "finite");
        }
        if !(end > start && end.is_finite()) {
            return refuse("end", end, "finite and above `start`");
        }
        if n < 2 {
            return refuse("n", n as f64, "2 or more");
        }
        Ok(Self { start, end, n })
    }

    /// The number of values.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The values in ascending order.
    pub fn values(&self) -> impl Iterator<Item = f64> + use<> {
        let Self { start, end, n } = *self;
        (0..n).map(move |k| {
            let share = k as f64 / (n - 1) as f64;
            start * (1.0 - share) + end * share
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_included_and_bad_ones_named() {
        let values: Vec<f64> = Grid::new(-0.1, 0.3, 7).unwrap().values().collect();
        assert_eq!((values.len(), values[0], values[6]), (7, -0.1, 0.3));
        let infinity = f64::INFINITY;
        let cases = [
            (f64::NAN, 1.0, 2, "`start`"),
            (1.0, 1.0, 2, "`end`"),
            (0.0, infinity, 2, "`end`"),
            (0.0, 1.0, 1, "`n`"),
        ];
        for (start, end, n, name) in cases {
            let error = Grid::new(start, end, n).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
