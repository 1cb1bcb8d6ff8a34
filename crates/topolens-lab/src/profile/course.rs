//! What a curve does between its first layer, its peak and its last layer.

use super::curve::{Quantity, curve, interval, value};
use super::row::{Row, Scope};

/// The first, the highest and the last value of a curve.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course<'a> {
    pub(crate) first: &'a Row,
    pub(crate) peak: &'a Row,
    pub(crate) last: &'a Row,
    pub(crate) n_layers: usize,
}

impl<'a> Course<'a> {
    /// The course of a quantity at an epoch; `None` if it has no value anywhere.
    pub(crate) fn of(
        rows: &'a [Row],
        quantity: Quantity<'_>,
        scope: &Scope,
        epoch: Option<usize>,
    ) -> Option<Self> {
        let defined: Vec<&Row> =
            curve(rows, quantity, scope, epoch).into_iter().filter(|row| value(row).is_some()).collect();
        let (&first, &last) = (defined.first()?, defined.last()?);
        let higher = |a: &'a Row, b: &'a Row| if value(b) > value(a) { b } else { a };
        Some(Self { n_layers: defined.len(), first, peak: defined.into_iter().reduce(higher)?, last })
    }

    /// Last value over highest.
    pub(crate) fn remaining(self) -> Option<f64> {
        Some(value(self.last)? / value(self.peak)?).filter(|part| part.is_finite())
    }

    /// What remains at least and at most, by the ends of the two intervals.
    pub(crate) fn remaining_interval(self) -> Option<(f64, f64)> {
        let ((low, high), (peak_low, peak_high)) = (interval(self.last)?, interval(self.peak)?);
        (peak_low > 0.0).then(|| (low / peak_high, high / peak_low))
    }
}

/// E0 of the classes, or of all classes together if only that was measured.
pub(crate) const E0: Quantity<'static> = Quantity::new("lifespans-sum", Some(0));

/// The course of E0 and whose it is.
pub(crate) fn course_of_e0(rows: &[Row], epoch: Option<usize>) -> Option<(Course<'_>, Scope)> {
    [Scope::Local, Scope::Global]
        .into_iter()
        .find_map(|scope| Course::of(rows, E0, &scope, epoch).map(|course| (course, scope)))
}
