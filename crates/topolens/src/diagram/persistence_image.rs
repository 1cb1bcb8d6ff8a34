//! Persistence images.

use super::Grid;
use super::silhouette::check_weight_exponent;
use crate::Diagram;
use crate::error::{Error, SettingKind};

/// The persistence surface on a grid of births and lifespans.
///
/// $$\rho(x, y) = \sum_i \frac{\ell_i^q}{2 \pi \sigma^2} \exp\Big(-\frac{(x - b_i)^2 + (y - \ell_i)^2}{2 \sigma^2}\Big)$$
/// over the finite intervals of birth $b_i$ and lifespan $\ell_i$, with bandwidth $\sigma$ and weights of exponent $q$ (1
/// by default, so that intervals near the diagonal count little). Essential classes are left out. Where pixels are smaller
/// than $\sigma$, $\rho$ times the area of a pixel is its integral over the pixel.
///
/// # Shape
///
/// `lifespans.n()` × `births.n()`, row-major: a row has one lifespan, a column one birth.
///
/// # Units
///
/// Those of the filtration values, to the power $q - 2$.
///
/// # Errors
///
/// If the bandwidth is not a positive number, or `weight_exponent` is negative or not finite.
///
/// # Complexity
///
/// $O(m r c)$ for $m$ intervals, $r$ rows and $c$ columns.
///
/// # Examples
///
/// ```
/// use topolens::{Diagram, Grid, Interval, PersistenceImage};
///
/// let diagram = Diagram::new(1, vec![Interval { birth: 1.0, death: 3.0 }]);
/// let (births, lifespans) = (Grid::new(0.0, 2.0, 3)?, Grid::new(0.0, 2.0, 2)?);
/// let image = PersistenceImage::new(births, lifespans, 0.5).pixels(&diagram)?;
/// let highest = 2.0 / (2.0 * std::f64::consts::PI * 0.25);
/// assert_eq!(image.len(), 6);
/// assert!((image[4] - highest).abs() < 1e-15);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `adams2017`
#[derive(Debug, Clone)]
pub struct PersistenceImage {
    births: Grid,
    lifespans: Grid,
    bandwidth: f64,
    weight_exponent: f64,
}

impl PersistenceImage {
    /// Weights equal to the lifespans.
    pub fn new(births: Grid, lifespans: Grid, bandwidth: f64) -> Self {
        Self { births, lifespans, bandwidth, weight_exponent: 1.0 }
    }

    /// The power of the lifespan by which an interval is weighed.
    #[must_use]
    pub fn weight_exponent(self, weight_exponent: f64) -> Self {
        Self { weight_exponent, ..self }
    }

    /// The image of a diagram, row by row.
    ///
    /// # Errors
    ///
    /// See [`PersistenceImage`].
    pub fn pixels(&self, diagram: &Diagram) -> Result<Vec<f64>, Error> {
        check_weight_exponent(self.weight_exponent)?;
        if !(self.bandwidth > 0.0 && self.bandwidth.is_finite()) {
            let (argument, value) = ("bandwidth", self.bandwidth);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "finite and above 0" }.into());
        }
        let mut pixels = vec![0.0; self.lifespans.n() * self.births.n()];
        for interval in diagram.intervals().iter().filter(|interval| !interval.is_essential()) {
            let weight = interval.lifespan().powf(self.weight_exponent);
            let across = self.densities(&self.births, interval.birth);
            let along = self.densities(&self.lifespans, interval.lifespan());
            for (row, down) in pixels.chunks_exact_mut(self.births.n()).zip(along) {
                row.iter_mut().zip(&across).for_each(|(pixel, across)| *pixel += weight * down * across);
            }
        }
        if pixels.iter().any(|pixel| !pixel.is_finite()) {
            let (argument, value) = ("bandwidth", self.bandwidth);
            let allowed = "larger, or `weight_exponent` smaller: pixels overflow";
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        Ok(pixels)
    }

    /// The normal density around `center`, at the values of a grid.
    fn densities(&self, grid: &Grid, center: f64) -> Vec<f64> {
        let height = (self.bandwidth * (2.0 * std::f64::consts::PI).sqrt()).recip();
        let density = |value: f64| height * (-0.5 * ((value - center) / self.bandwidth).powi(2)).exp();
        grid.values().map(density).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Interval;

    #[test]
    fn an_image_that_holds_the_diagram_sums_to_its_weights() {
        let intervals = [(1.0, 2.0), (1.5, 4.5), (0.0, f64::INFINITY)];
        let intervals = intervals.map(|(birth, death)| Interval { birth, death });
        let diagram = Diagram::new(1, intervals.to_vec());
        let (births, lifespans) = (Grid::new(-2.0, 5.0, 71).unwrap(), Grid::new(-3.0, 7.0, 101).unwrap());
        let image = PersistenceImage::new(births, lifespans, 0.4);
        for (exponent, weights) in [(0.0, 2.0), (1.0, 4.0), (2.0, 10.0)] {
            let pixels = image.clone().weight_exponent(exponent).pixels(&diagram).unwrap();
            let integral = pixels.iter().sum::<f64>() * 0.01;
            assert!((integral - weights).abs() < 1e-6, "{integral} {weights}");
        }
        let blank = image.pixels(&Diagram::new(1, vec![])).unwrap();
        assert!(blank.iter().all(|pixel| *pixel == 0.0));
    }

    #[test]
    fn bad_settings_are_errors() {
        let (grid, diagram) = (Grid::new(0.0, 1.0, 2).unwrap(), Diagram::new(1, vec![]));
        for bandwidth in [0.0, -1.0, f64::NAN] {
            let error = PersistenceImage::new(grid, grid, bandwidth).pixels(&diagram).unwrap_err();
            assert!(error.to_string().contains("`bandwidth`"), "{error}");
        }
        let diagram = Diagram::new(1, vec![Interval { birth: 0.0, death: 2.0 }]);
        for (bandwidth, exponent) in [(1e-320, 1.0), (1.0, 1e6)] {
            let image = PersistenceImage::new(grid, grid, bandwidth).weight_exponent(exponent);
            assert!(image.pixels(&diagram).unwrap_err().to_string().contains("overflow"));
        }
        assert!(PersistenceImage::new(grid, grid, 1.0).weight_exponent(-1.0).pixels(&diagram).is_err());
    }
}
