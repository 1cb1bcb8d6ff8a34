//! Persistence landscapes.

use super::Grid;
use crate::{Diagram, Interval};

/// The tent of an interval, $\Lambda(t) = \max(0, \min(t - b, d - t))$.
pub(super) fn tent(interval: &Interval, value: f64) -> f64 {
    (value - interval.birth).min(interval.death - value).max(0.0)
}

impl Diagram {
    /// $\lambda_k(t)$, the $k$-th largest of the tents $\Lambda_i(t) = \max(0, \min(t - b_i, d_i - t))$ on a grid of
    /// filtration values, for $k$ from 1 to `n_layers`.
    ///
    /// Essential classes are left out. Without the factor $\sqrt 2$ of tools that turn the diagonal into an axis.
    ///
    /// # Shape
    ///
    /// `n_layers` × `grid.n()`, row-major; layers with fewer than $k$ tents are 0.
    ///
    /// # Units
    ///
    /// Those of the filtration values.
    ///
    /// # Complexity
    ///
    /// $O(n m \log m)$ for $m$ intervals and $n$ values.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Diagram, Grid, Interval};
    ///
    /// let intervals = vec![Interval { birth: 0.0, death: 4.0 }, Interval { birth: 1.0, death: 3.0 }];
    /// let landscape = Diagram::new(1, intervals).landscape(&Grid::new(0.0, 4.0, 5)?, 2);
    /// assert_eq!(landscape[..5], [0.0, 1.0, 2.0, 1.0, 0.0]);
    /// assert_eq!(landscape[5..], [0.0, 0.0, 1.0, 0.0, 0.0]);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// bib: `bubenik2015`
    pub fn landscape(&self, grid: &Grid, n_layers: usize) -> Vec<f64> {
        let mut landscape = vec![0.0; n_layers * grid.n()];
        for (column, value) in grid.values().enumerate() {
            let born = self.intervals().partition_point(|interval| interval.birth < value);
            let finite = self.intervals()[..born].iter().filter(|interval| !interval.is_essential());
            let mut heights: Vec<f64> =
                finite.map(|interval| tent(interval, value)).filter(|height| *height > 0.0).collect();
            heights.sort_unstable_by(|a, b| b.total_cmp(a));
            for (layer, height) in heights.into_iter().take(n_layers).enumerate() {
                landscape[layer * grid.n() + column] = height;
            }
        }
        landscape
    }
}

#[cfg(test)]
mod tests {
    use crate::{Diagram, Grid, Interval};

    #[test]
    fn layers_are_tents_in_order_and_essential_classes_are_left_out() {
        let intervals = [(0.0, 2.0), (1.0, 3.0), (0.0, f64::INFINITY)];
        let intervals = intervals.map(|(birth, death)| Interval { birth, death });
        let diagram = Diagram::new(1, intervals.to_vec());
        let landscape = diagram.landscape(&Grid::new(0.0, 3.0, 7).unwrap(), 3);
        assert_eq!(landscape[..7], [0.0, 0.5, 1.0, 0.5, 1.0, 0.5, 0.0]);
        assert_eq!(landscape[7..14], [0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0]);
        assert_eq!(landscape[14..], [0.0; 7]);
        assert_eq!(diagram.landscape(&Grid::new(0.0, 3.0, 7).unwrap(), 0), []);
    }
}
