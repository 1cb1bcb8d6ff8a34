//! Persistent entropy.

use crate::Diagram;

impl Diagram {
    /// $-\sum_i p_i \ln p_i$ with $p_i = \ell_i / \sum_j \ell_j$ over the finite lifespans; `None` if there is none.
    ///
    /// # Units
    ///
    /// Nats: from 0 (one interval) to $\ln m$ ($m$ intervals of equal length).
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Diagram, Interval};
    ///
    /// let two_alike = vec![Interval { birth: 0.0, death: 2.0 }; 2];
    /// let entropy = Diagram::new(1, two_alike).persistent_entropy();
    /// assert!((entropy.unwrap() - 2.0_f64.ln()).abs() < 1e-15);
    /// ```
    ///
    /// # References
    ///
    /// bib: `chintakunta2015`
    pub fn persistent_entropy(&self) -> Option<f64> {
        let lifespans = self.lifespans();
        let sum: f64 = lifespans.iter().sum();
        let information = |lifespan: &f64| -(lifespan / sum) * (lifespan / sum).ln();
        (!lifespans.is_empty()).then(|| lifespans.iter().map(information).sum::<f64>().max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Diagram, Interval};

    fn entropy(lifespans: &[f64]) -> Option<f64> {
        let intervals = lifespans.iter().map(|&death| Interval { birth: 0.0, death }).collect();
        Diagram::new(0, intervals).persistent_entropy()
    }

    #[test]
    fn known_distributions() {
        assert_eq!(entropy(&[]), None);
        assert_eq!(entropy(&[3.0]), Some(0.0));
        // -(1/4 ln 1/4 + 3/4 ln 3/4)
        assert!((entropy(&[1.0, 3.0]).unwrap() - 0.562_335_144_618_808_2).abs() < 1e-15);
        assert!((entropy(&[1.0, 3.0, f64::INFINITY]).unwrap() - 0.562_335_144_618_808_2).abs() < 1e-15);
    }
}
