//! Sums, means and maxima of lifespans.

use crate::Diagram;

/// $E_\alpha = \sum_i \ell_i^\alpha$ over finite lifespans $\ell_i$, without the factor ½ of the radius convention.
///
/// # Units
///
/// Those of the lifespans, to the power $\alpha$.
///
/// # Examples
///
/// ```
/// assert_eq!(topolens::lifespans_sum(&[3.0, 4.0], 2.0), 25.0);
/// assert!(topolens::lifespans_sum(&[], 1.0).is_sign_positive());
/// ```
///
/// # References
///
/// bib: `magai2022`, `schweinhart2020`
pub fn lifespans_sum(lifespans: &[f64], alpha: f64) -> f64 {
    // The sum of no floats is -0.0.
    lifespans.iter().fold(0.0, |sum, lifespan| sum + lifespan.powf(alpha))
}

impl Diagram {
    /// $E_\alpha$ over the finite intervals; 0 if there is none. See [`lifespans_sum`].
    pub fn lifespans_sum(&self, alpha: f64) -> f64 {
        lifespans_sum(&self.lifespans(), alpha)
    }

    /// The mean lifespan of the finite intervals; `None` if there is none.
    pub fn mean_lifespan(&self) -> Option<f64> {
        let lifespans = self.lifespans();
        (!lifespans.is_empty()).then(|| lifespans.iter().sum::<f64>() / lifespans.len() as f64)
    }

    /// The longest finite lifespan; 0 if there is none.
    pub fn max_lifespan(&self) -> f64 {
        self.lifespans().into_iter().fold(0.0, f64::max)
    }

    /// The number of finite intervals.
    pub fn interval_count(&self) -> usize {
        self.intervals().iter().filter(|interval| !interval.is_essential()).count()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Diagram, Interval};

    fn diagram(deaths: &[f64]) -> Diagram {
        Diagram::new(0, deaths.iter().map(|&death| Interval { birth: 1.0, death }).collect())
    }

    #[test]
    fn essential_and_zero_length_intervals_do_not_count() {
        let diagram = diagram(&[2.0, 4.0, f64::INFINITY, 1.0]);
        assert_eq!(diagram.interval_count(), 2);
        assert_eq!(diagram.lifespans_sum(1.0), 4.0);
        assert_eq!(diagram.lifespans_sum(2.0), 10.0);
        assert_eq!(diagram.lifespans_sum(0.0), 2.0);
        assert_eq!(diagram.mean_lifespan(), Some(2.0));
        assert_eq!(diagram.max_lifespan(), 3.0);
    }

    #[test]
    fn the_empty_diagram_sums_to_zero_and_has_no_mean() {
        let empty = diagram(&[]);
        assert_eq!((empty.lifespans_sum(1.0), empty.max_lifespan(), empty.mean_lifespan()), (0.0, 0.0, None));
    }
}
