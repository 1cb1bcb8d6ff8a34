//! Whether a quantity differs between two places, in words that are no surer than its intervals.

use super::number::estimate;
use crate::profile::Row;
use crate::profile::curve::{are_apart, interval, value};

/// A value with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measured {
    pub(crate) value: f64,
    pub(crate) interval: Option<(f64, f64)>,
}

impl Measured {
    /// What a row says; `None` where it is undefined.
    pub(crate) fn of(row: &Row) -> Option<Self> {
        Some(Self { value: value(row)?, interval: interval(row) })
    }
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&estimate(self.value, self.interval))
    }
}

/// How one value lies to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contrast {
    Falls,
    Rises,
    /// The intervals overlap.
    Open,
    /// There are no intervals.
    Unknown,
}

impl Contrast {
    pub(crate) fn between(from: Measured, to: Measured) -> Self {
        match are_apart(from.interval, to.interval) {
            None => Self::Unknown,
            Some(false) => Self::Open,
            Some(true) if to.value < from.value => Self::Falls,
            Some(true) => Self::Rises,
        }
    }
}

/// What `subject` does between two places, each given with its name.
pub(crate) fn told_contrast(
    subject: &str,
    (from, first): (Measured, &str),
    (to, second): (Measured, &str),
) -> String {
    let (verb, doubt) = match Contrast::between(from, to) {
        Contrast::Falls => ("falls", String::new()),
        Contrast::Rises => ("rises", String::new()),
        Contrast::Open => {
            ("goes", format!(": the intervals overlap, so {first} and {second} cannot be told apart"))
        }
        Contrast::Unknown => ("goes", "; without intervals nobody can say how sure this is".to_owned()),
    };
    format!("{subject} {verb} from {from} at {first} to {to} at {second}{doubt}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(from: (f64, f64), to: (f64, f64)) -> String {
        let measured = |(low, high): (f64, f64)| Measured {
            value: f64::midpoint(low, high),
            interval: Some((low, high)),
        };
        told_contrast("E₀", (measured(from), "epoch 0"), (measured(to), "epoch 9"))
    }

    #[test]
    fn words_are_no_surer_than_the_intervals() {
        assert_eq!(
            told((10.0, 20.0), (1.0, 5.0)),
            "E₀ falls from 15 [10, 20] at epoch 0 to 3.0 [1.0, 5.0] at epoch 9."
        );
        assert!(told((1.0, 5.0), (10.0, 20.0)).starts_with("E₀ rises from 3.0"));
        assert!(
            told((1.0, 5.0), (4.0, 8.0))
                .ends_with("the intervals overlap, so epoch 0 and epoch 9 cannot be told apart.")
        );
        let bare = |value| Measured { value, interval: None };
        assert!(told_contrast("E₀", (bare(1.0), "a"), (bare(2.0), "b")).contains("without intervals"));
    }
}
