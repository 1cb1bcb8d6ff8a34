//! A number that is known, and what was found.

/// A known number beside the one that was computed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// What was computed, of what.
    pub what: String,
    /// The known number.
    pub expected: f64,
    /// How far from it the computed one may be.
    pub tolerance: f64,
    /// The computed number.
    pub found: f64,
}

impl Finding {
    /// A number known up to `tolerance`.
    pub(super) fn within(what: impl Into<String>, expected: f64, tolerance: f64, found: f64) -> Self {
        Self { what: what.into(), expected, tolerance, found }
    }

    /// A number known up to a part of itself.
    pub(super) fn relative(what: impl Into<String>, expected: f64, part: f64, found: f64) -> Self {
        Self::within(what, expected, part * expected.abs(), found)
    }

    /// Whether the computed number is near enough.
    pub fn is_met(&self) -> bool {
        (self.found - self.expected).abs() <= self.tolerance
    }
}
