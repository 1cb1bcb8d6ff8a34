//! The bottleneck distance.

use super::covering::cover;
use super::kd_tree::KdTree;
use super::pair::{DiagramPair, half_lifespan};
use crate::error::{Error, SettingKind};
use crate::{Diagram, Interval};

/// The bottleneck distance of two diagrams, exact or within a relative error.
///
/// $$d_B = \min_\gamma \max_x \|x - \gamma(x)\|_\infty$$ over all matchings $\gamma$ of the intervals, each to one of the
/// other diagram or to the diagonal, which is half a lifespan away. Essential classes are matched among themselves in
/// the order of their births; if one diagram has more of them, the distance is infinite.
///
/// # Units
///
/// Those of the filtration values. Moving every point of a cloud by at most $\delta$ moves its Vietoris–Rips diagrams by
/// at most $2 \delta$.
///
/// # Errors
///
/// If the diagrams are of different homology dimensions, a birth is infinite, or `relative_error` is negative or not
/// finite.
///
/// # Complexity
///
/// $O(n^2 \log n)$ per scale tried, far less in practice, and at most 64 scales; $O(n)$ memory.
///
/// # Examples
///
/// ```
/// use topolens::{Bottleneck, Diagram, Interval};
///
/// let one = Diagram::new(1, vec![Interval { birth: 1.0, death: 3.0 }]);
/// let two = Diagram::new(1, vec![Interval { birth: 1.25, death: 3.0 }, Interval { birth: 2.0, death: 2.25 }]);
/// assert_eq!(Bottleneck::new().distance(&one, &two)?, 0.25);
/// let near = Bottleneck::new().relative_error(0.1).distance(&one, &two)?;
/// assert!((0.25..=0.275).contains(&near));
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `efrat2001`, `hopcroft1973`, `kerber2017`, `mendelsohn1958`, `cohensteiner2007`, `chazal2009`
#[derive(Debug, Clone, Default)]
pub struct Bottleneck {
    relative_error: f64,
}

impl Bottleneck {
    /// The exact distance.
    pub fn new() -> Self {
        Self::default()
    }

    /// How far above the exact distance the result may be, as a share of it; 0 for the exact distance.
    #[must_use]
    pub fn relative_error(self, relative_error: f64) -> Self {
        Self { relative_error }
    }

    /// The distance of two diagrams of one homology dimension.
    ///
    /// # Errors
    ///
    /// See [`Bottleneck`].
    pub fn distance(&self, first: &Diagram, second: &Diagram) -> Result<f64, Error> {
        check_relative_error(self.relative_error)?;
        let DiagramPair { first, second, essential_gaps } = DiagramPair::new(first, second)?;
        let Some(gaps) = essential_gaps else { return Ok(f64::INFINITY) };
        let scales = Scales::new(&first, &second);
        Ok(scales.smallest(gaps.into_iter().fold(0.0, f64::max), self.relative_error))
    }
}

/// The exact bottleneck distance of two diagrams of one homology dimension.
///
/// # Errors
///
/// See [`Bottleneck`], which also computes it within a relative error.
///
/// # Examples
///
/// ```
/// use topolens::{Diagram, Interval, bottleneck_distance};
///
/// let loops = Diagram::new(1, vec![Interval { birth: 1.0, death: 3.0 }]);
/// assert_eq!(bottleneck_distance(&loops, &Diagram::new(1, vec![]))?, 1.0);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn bottleneck_distance(first: &Diagram, second: &Diagram) -> Result<f64, Error> {
    Bottleneck::new().distance(first, second)
}

pub(super) fn check_relative_error(value: f64) -> Result<(), Error> {
    if value >= 0.0 && value.is_finite() {
        return Ok(());
    }
    let (argument, allowed) = ("relative_error", "a finite number from 0 on");
    Err(SettingKind::OutOfRange { argument, value, allowed }.into())
}

/// At which scales two sets of finite intervals can be matched.
struct Scales<'a> {
    first: &'a [Interval],
    second: &'a [Interval],
    first_tree: KdTree,
    second_tree: KdTree,
}

impl<'a> Scales<'a> {
    fn new(first: &'a [Interval], second: &'a [Interval]) -> Self {
        let tree = |intervals: &[Interval]| KdTree::new(intervals, 0..intervals.len());
        Self { first_tree: tree(first), second_tree: tree(second), first, second }
    }

    /// The largest distance in a matching within `scale`; `None` if there is no such matching.
    ///
    /// Intervals longer than twice the scale must be matched to intervals. By the theorem of Mendelsohn and Dulmage a
    /// matching that covers those of both diagrams exists if one exists for each diagram.
    fn within(&self, scale: f64) -> Option<f64> {
        let long = |intervals: &[Interval]| -> Vec<Interval> {
            intervals.iter().filter(|interval| half_lifespan(interval) > scale).copied().collect()
        };
        let forth = cover(&long(self.first), self.second, &self.second_tree, scale)?;
        let back = cover(&long(self.second), self.first, &self.first_tree, scale)?;
        let short = self.half_lifespans().filter(|half| *half <= scale).fold(0.0, f64::max);
        Some(forth.max(back).max(short))
    }

    fn half_lifespans(&self) -> impl Iterator<Item = f64> {
        self.first.iter().chain(self.second).map(half_lifespan)
    }

    /// The smallest scale from `floor` on at which a matching exists, or one at most `relative_error` above it.
    ///
    /// Bisects the floating-point numbers themselves, so that the exact scale is found without listing candidates.
    fn smallest(&self, floor: f64, relative_error: f64) -> f64 {
        let mut possible = self.half_lifespans().fold(0.0, f64::max);
        if possible <= floor || self.within(floor).is_some() {
            return floor;
        }
        let mut impossible = floor;
        while impossible.next_up() < possible && possible > (1.0 + relative_error) * impossible {
            let middle = f64::from_bits(u64::midpoint(impossible.to_bits(), possible.to_bits()));
            match self.within(middle) {
                Some(scale) => possible = scale,
                None => impossible = middle,
            }
        }
        possible
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::loops as diagram;

    #[test]
    fn closed_forms() {
        let distance =
            |a: &[(f64, f64)], b: &[(f64, f64)]| bottleneck_distance(&diagram(a), &diagram(b)).unwrap();
        assert_eq!(distance(&[], &[]), 0.0);
        assert_eq!(distance(&[(0.0, 3.0)], &[]), 1.5);
        // Matching costs 5, both to the diagonal 0.5.
        assert_eq!(distance(&[(0.0, 1.0)], &[(5.0, 6.0)]), 0.5);
        // The nearest pairs first would leave (0, 10) and (2, 12) alone together: 2, not 1.
        assert_eq!(distance(&[(0.0, 10.0), (1.0, 11.0)], &[(1.0, 11.0), (2.0, 12.0)]), 1.0);
        assert_eq!(distance(&[(0.1, 0.4), (0.2, 0.9)], &[(0.2, 0.9), (0.1, 0.4)]), 0.0);
    }

    #[test]
    fn essential_classes_match_among_themselves() {
        let infinity = f64::INFINITY;
        let a = diagram(&[(0.0, infinity), (2.0, infinity), (0.0, 1.0)]);
        let b = diagram(&[(2.5, infinity), (0.25, infinity)]);
        assert_eq!(bottleneck_distance(&a, &b).unwrap(), 0.5);
        assert_eq!(bottleneck_distance(&a, &diagram(&[(0.0, infinity)])).unwrap(), infinity);
    }

    #[test]
    fn bad_input_is_an_error() {
        let loops = diagram(&[(0.0, 1.0)]);
        let error = bottleneck_distance(&loops, &Diagram::new(0, vec![])).unwrap_err();
        assert!(error.to_string().contains("dimension 1"), "{error}");
        let endless = diagram(&[(f64::NEG_INFINITY, 1.0)]);
        let error = bottleneck_distance(&loops, &endless).unwrap_err();
        assert!(error.to_string().contains("`second`"), "{error}");
        for relative_error in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(Bottleneck::new().relative_error(relative_error).distance(&loops, &loops).is_err());
        }
    }
}
