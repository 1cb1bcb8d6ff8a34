//! A number with its interval.

use std::fmt;

use serde::Serialize;
use topolens::statistics::NORMAL_97_5;

/// A number with the 95 % interval over what was resampled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// The number.
    pub value: f64,
    /// Lower end; `None` where there is too little to resample, or fewer than half of the resamples have a value.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
}

impl Rate {
    /// A share of `whole` counted with its interval by Wilson's score, which stays within 0 and 1 and is not empty where none or all were counted.
    ///
    /// # References
    ///
    /// bib: `wilson1927`
    #[must_use]
    pub fn of_share(share: f64, whole: usize) -> Self {
        if whole == 0 {
            return Self { value: share, lower: None, upper: None };
        }
        let z2 = NORMAL_97_5 * NORMAL_97_5 / whole as f64;
        let middle = (share + z2 / 2.0) / (1.0 + z2);
        let half = (z2 * share * (1.0 - share) + z2 * z2 / 4.0).sqrt() / (1.0 + z2);
        Self { value: share, lower: Some((middle - half).max(0.0)), upper: Some((middle + half).min(1.0)) }
    }

    /// Both ends of the interval.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.lower.zip(self.upper)
    }

    /// As a percentage with its interval.
    pub fn percent(&self) -> String {
        let value = 100.0 * self.value;
        match self.lower.zip(self.upper) {
            Some((lower, upper)) => format!("{value:.1} % [{:.1}, {:.1}]", 100.0 * lower, 100.0 * upper),
            None => format!("{value:.1} %"),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lower.zip(self.upper) {
            Some((lower, upper)) => write!(f, "{:.3} [{lower:.3}, {upper:.3}]", self.value),
            None => write!(f, "{:.3}", self.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_count_has_wilsons_interval() {
        // Agresti & Coull 1998: 0 of 20 gives [0, 0.161]; 15 of 20 gives [0.531, 0.888].
        let ends = |n: f64, whole: usize| Rate::of_share(n / whole as f64, whole).interval().unwrap();
        assert!(
            ends(0.0, 20).0.abs() < 1e-12 && (ends(0.0, 20).1 - 0.1611).abs() < 1e-4,
            "{:?}",
            ends(0.0, 20)
        );
        assert!(
            (ends(15.0, 20).0 - 0.5313).abs() < 1e-4 && (ends(15.0, 20).1 - 0.8881).abs() < 1e-4,
            "{:?}",
            ends(15.0, 20)
        );
        assert_eq!(Rate::of_share(0.0, 0).interval(), None);
    }

    #[test]
    fn intervals_stand_behind_numbers_where_there_are_any() {
        let rate = Rate { value: 0.12345, lower: Some(0.1), upper: Some(0.2) };
        assert_eq!(
            (rate.to_string(), rate.percent()),
            ("0.123 [0.100, 0.200]".into(), "12.3 % [10.0, 20.0]".into())
        );
        let bare = Rate { lower: None, ..rate };
        assert_eq!((bare.to_string(), bare.percent()), ("0.123".into(), "12.3 %".into()));
    }
}
