//! Silhouettes.

use super::Grid;
use super::landscape::tent;
use crate::error::{Error, SettingKind, Undefined};
use crate::{Diagram, Interval};

impl Diagram {
    /// $\phi(t) = \sum_i \ell_i^q \Lambda_i(t) / \sum_i \ell_i^q$ on a grid of filtration values: the mean of the tents
    /// $\Lambda_i(t) = \max(0, \min(t - b_i, d_i - t))$, weighted by powers of the lifespans $\ell_i$.
    ///
    /// A `weight_exponent` $q$ of 0 weighs all intervals alike, a large one shows the longest only. Essential classes are
    /// left out. Without the factor $\sqrt 2$ of tools that turn the diagonal into an axis.
    ///
    /// # Shape
    ///
    /// One number per value of the grid.
    ///
    /// # Units
    ///
    /// Those of the filtration values.
    ///
    /// # Errors
    ///
    /// If there is no finite interval, or `weight_exponent` is negative or not finite.
    ///
    /// # Complexity
    ///
    /// $O(n m)$ for $m$ intervals and $n$ values.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Diagram, Grid, Interval};
    ///
    /// let intervals = vec![Interval { birth: 0.0, death: 3.0 }, Interval { birth: 1.0, death: 2.0 }];
    /// let silhouette = Diagram::new(1, intervals).silhouette(&Grid::new(0.0, 3.0, 3)?, 1.0)?;
    /// // Heights 1.5 and 0.5, weights 3 and 1.
    /// assert!(silhouette[0] == 0.0 && (silhouette[1] - 1.25).abs() < 1e-15);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// bib: `chazal2014silhouettes`
    pub fn silhouette(&self, grid: &Grid, weight_exponent: f64) -> Result<Vec<f64>, Error> {
        check_weight_exponent(weight_exponent)?;
        let longest = self.max_lifespan();
        let finite = self.intervals().iter().filter(|interval| !interval.is_essential());
        // In units of the longest lifespan, so that no power overflows.
        let weigh = |interval: &Interval| (interval.lifespan() / longest).powf(weight_exponent);
        let weighted: Vec<(f64, &Interval)> = finite.map(|interval| (weigh(interval), interval)).collect();
        if weighted.is_empty() {
            return Err(Error::undefined("silhouette", Undefined::NoFiniteInterval));
        }
        let total: f64 = weighted.iter().map(|(weight, _)| weight).sum();
        let mean = |value| {
            let tents = weighted.iter().map(|(weight, interval)| weight * tent(interval, value));
            tents.sum::<f64>() / total
        };
        Ok(grid.values().map(mean).collect())
    }
}

pub(super) fn check_weight_exponent(value: f64) -> Result<(), Error> {
    if value >= 0.0 && value.is_finite() {
        return Ok(());
    }
    let (argument, allowed) = ("weight_exponent", "a finite number from 0 on");
    Err(SettingKind::OutOfRange { argument, value, allowed }.into())
}

#[cfg(test)]
mod tests {
    use crate::{Diagram, Grid, Interval};

    #[test]
    fn weights_go_from_the_mean_to_the_longest() {
        let intervals = [(0.0, 4.0), (0.0, 2.0), (0.0, f64::INFINITY)];
        let intervals = intervals.map(|(birth, death)| Interval { birth, death });
        let diagram = Diagram::new(1, intervals.to_vec());
        let grid = Grid::new(0.0, 4.0, 5).unwrap();
        assert_eq!(diagram.silhouette(&grid, 0.0).unwrap(), [0.0, 1.0, 1.0, 0.5, 0.0]);
        assert_eq!(diagram.silhouette(&grid, 2.0).unwrap(), [0.0, 1.0, 1.6, 0.8, 0.0]);
        assert_eq!(diagram.silhouette(&grid, 5000.0).unwrap(), [0.0, 1.0, 2.0, 1.0, 0.0]);
    }

    #[test]
    fn no_interval_has_no_silhouette() {
        let grid = Grid::new(0.0, 4.0, 5).unwrap();
        let essential = Diagram::new(0, vec![Interval { birth: 0.0, death: f64::INFINITY }]);
        assert!(essential.silhouette(&grid, 1.0).unwrap_err().is_undefined());
        assert!(!essential.silhouette(&grid, -1.0).unwrap_err().is_undefined());
    }
}
