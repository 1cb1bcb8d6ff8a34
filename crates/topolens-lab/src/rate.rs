//! A number with its interval.

use std::fmt;

use serde::Serialize;

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
