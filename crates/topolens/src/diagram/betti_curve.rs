//! Betti curves.

use super::Grid;
use crate::Diagram;

impl Diagram {
    /// $\beta(t) = \#\{i : b_i \le t < d_i\}$ on a grid of filtration values: the rank of homology at each.
    ///
    /// Essential classes count from their birth on.
    ///
    /// # Shape
    ///
    /// One number per value of the grid.
    ///
    /// # Units
    ///
    /// Classes.
    ///
    /// # Complexity
    ///
    /// $O((m + n) \log m)$ for $m$ intervals and $n$ values.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Diagram, Grid, Interval};
    ///
    /// let essential = Interval { birth: 1.0, death: f64::INFINITY };
    /// let diagram = Diagram::new(0, vec![Interval { birth: 0.0, death: 2.0 }, essential]);
    /// assert_eq!(diagram.betti_curve(&Grid::new(0.0, 3.0, 4)?), [1.0, 2.0, 1.0, 1.0]);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// bib: `umeda2017`
    pub fn betti_curve(&self, grid: &Grid) -> Vec<f64> {
        let births: Vec<f64> = self.intervals().iter().map(|interval| interval.birth).collect();
        let mut deaths: Vec<f64> = self.intervals().iter().map(|interval| interval.death).collect();
        deaths.sort_by(f64::total_cmp);
        let count = |events: &[f64], value: f64| events.partition_point(|event| *event <= value) as f64;
        grid.values().map(|value| count(&births, value) - count(&deaths, value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Diagram, Grid, Interval};

    #[test]
    fn classes_are_alive_from_birth_to_before_death() {
        let intervals = [(0.0, 1.0), (0.5, 1.5), (1.0, f64::INFINITY)];
        let intervals = intervals.map(|(birth, death)| Interval { birth, death });
        let curve = Diagram::new(1, intervals.to_vec()).betti_curve(&Grid::new(-0.5, 2.0, 6).unwrap());
        assert_eq!(curve, [0.0, 1.0, 2.0, 2.0, 1.0, 1.0]);
        let empty = Diagram::new(1, vec![]).betti_curve(&Grid::new(0.0, 1.0, 3).unwrap());
        assert_eq!(empty, [0.0; 3]);
    }
}
