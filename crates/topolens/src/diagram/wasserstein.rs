//! Wasserstein distances.

use super::assignment::cheapest_assignment;
use super::auction::Auction;
use super::bottleneck::{Bottleneck, check_relative_error};
use super::pair::{DiagramPair, half_lifespan, maximum_distance};
use super::sparse_rows::SparseRows;
use crate::error::{Error, SettingKind};
use crate::{Diagram, Interval};

/// How far apart two intervals are in the plane of births and deaths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum GroundNorm {
    /// $\max(|b - b'|, |d - d'|)$; the diagonal is half a lifespan away.
    #[default]
    Maximum,
    /// $\sqrt{(b - b')^2 + (d - d')^2}$; the diagonal is a lifespan divided by $\sqrt 2$ away.
    Euclidean,
}

impl GroundNorm {
    fn distance(self, a: &Interval, b: &Interval) -> f64 {
        match self {
            Self::Maximum => maximum_distance(a, b),
            Self::Euclidean => (a.birth - b.birth).hypot(a.death - b.death),
        }
    }

    fn to_diagonal(self, interval: &Interval) -> f64 {
        match self {
            Self::Maximum => half_lifespan(interval),
            Self::Euclidean => half_lifespan(interval) * std::f64::consts::SQRT_2,
        }
    }
}

/// The Wasserstein distance of two diagrams, exact or within a relative error.
///
/// $$W_p = \min_\gamma \Big( \sum_x \|x - \gamma(x)\|^p \Big)^{1/p}$$ over all matchings $\gamma$ of the intervals, each
/// to one of the other diagram or to the diagonal. Essential classes are matched among themselves in the order of their
/// births; if one diagram has more of them, the distance is infinite. As $p$ grows, $W_p$ falls to the distance of
/// [`Bottleneck`](crate::Bottleneck).
///
/// # Units
///
/// Those of the filtration values.
///
/// # Errors
///
/// If the diagrams are of different homology dimensions, a birth is infinite, `order` is not a finite number from 1 on,
/// or `relative_error` is negative or not finite.
///
/// # Complexity
///
/// Let $e \le n^2$ be the pairs nearer to each other than to the diagonal together. Exact: shortest augmenting paths,
/// $O(n^2 + n e \log n)$ time at worst, $O(n + e)$ memory. Within a relative error: auctions in ever smaller steps, until
/// duality shows the error to be small enough.
///
/// # Examples
///
/// ```
/// use topolens::{Diagram, GroundNorm, Interval, Wasserstein};
///
/// let one = Diagram::new(1, vec![Interval { birth: 1.0, death: 3.0 }]);
/// let two = Diagram::new(1, vec![Interval { birth: 1.0, death: 3.5 }, Interval { birth: 2.0, death: 2.5 }]);
/// assert!((Wasserstein::new().distance(&one, &two)? - 0.75).abs() < 1e-15);
/// let euclidean = Wasserstein::new().order(2.0).ground_norm(GroundNorm::Euclidean);
/// assert!((euclidean.distance(&one, &two)? - 0.375_f64.sqrt()).abs() < 1e-15);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `kerber2017`, `jonker1987`, `bertsekas1992`
#[derive(Debug, Clone)]
pub struct Wasserstein {
    order: f64,
    ground_norm: GroundNorm,
    relative_error: f64,
}

impl Default for Wasserstein {
    fn default() -> Self {
        Self::new()
    }
}

impl Wasserstein {
    /// The exact distance of order 1 with the maximum norm.
    pub fn new() -> Self {
        Self { order: 1.0, ground_norm: GroundNorm::Maximum, relative_error: 0.0 }
    }

    /// The exponent $p$, from 1 on.
    #[must_use]
    pub fn order(self, order: f64) -> Self {
        Self { order, ..self }
    }

    /// The norm in the plane of births and deaths.
    #[must_use]
    pub fn ground_norm(self, ground_norm: GroundNorm) -> Self {
        Self { ground_norm, ..self }
    }

    /// How far above the exact distance the result may be, as a share of it; 0 for the exact distance.
    #[must_use]
    pub fn relative_error(self, relative_error: f64) -> Self {
        Self { relative_error, ..self }
    }

    /// The distance of two diagrams of one homology dimension.
    ///
    /// # Errors
    ///
    /// See [`Wasserstein`].
    pub fn distance(&self, first: &Diagram, second: &Diagram) -> Result<f64, Error> {
        check_relative_error(self.relative_error)?;
        if !(self.order >= 1.0 && self.order.is_finite()) {
            let (argument, value) = ("order", self.order);
            return Err(
                SettingKind::OutOfRange { argument, value, allowed: "a finite number from 1 on" }.into()
            );
        }
        let bottleneck = || Bottleneck::new().distance(first, second);
        let of_matching = (self.order > HIGH_ORDER).then(bottleneck).transpose()?;
        let DiagramPair { first, second, essential_gaps } = DiagramPair::new(first, second)?;
        let Some(gaps) = essential_gaps else { return Ok(f64::INFINITY) };
        let to_diagonal = first.iter().chain(&second).map(|interval| self.ground_norm.to_diagonal(interval));
        let scale =
            of_matching.unwrap_or_else(|| to_diagonal.chain(gaps.iter().copied()).fold(0.0, f64::max));
        if scale == 0.0 {
            return Ok(0.0);
        }
        let costs = Costs { settings: self, scale, first: &first, second: &second };
        let essential = gaps.iter().map(|gap| costs.power(*gap)).sum();
        Ok(scale * costs.least(essential).powf(self.order.recip()))
    }
}

/// From this order on powers of distances that are matched vanish beside that of the longest interval, and they are taken in units of the
/// bottleneck distance, the longest that has to be matched.
const HIGH_ORDER: f64 = 10.0;

/// Powers of distances in units of `scale`, so that none overflows.
struct Costs<'a> {
    settings: &'a Wasserstein,
    scale: f64,
    first: &'a [Interval],
    second: &'a [Interval],
}

impl Costs<'_> {
    /// The sum of powers over a best matching, or one within the relative error; `essential` is part of it.
    fn least(&self, essential: f64) -> f64 {
        if self.settings.relative_error > 0.0
            && let Some(total) = self.least_by_auction(&self.gains(), essential)
        {
            return total;
        }
        let columns = cheapest_assignment(&self.square()).into_iter().take(self.first.len());
        let partners: Vec<Option<usize>> =
            columns.map(|column| column.filter(|j| *j < self.second.len())).collect();
        essential + self.total(&partners)
    }

    /// The costs of assigning the first intervals, then the projections of the second, to the second intervals, then the
    /// projections of the first. Two projections cost nothing, and are an edge where their intervals may be matched.
    ///
    /// Nothing is subtracted, so that small costs keep their digits beside large ones.
    fn square(&self) -> SparseRows {
        let (n, m) = (self.first.len(), self.second.len());
        let pairs = SparseRows::new(m, self.pairs(|cost, _| cost));
        let transposed = pairs.transposed();
        let intervals = self.first.iter().enumerate().map(|(i, interval)| {
            let own = std::iter::once((m + i, self.alone(interval)));
            pairs.row(i).iter().copied().chain(own).collect()
        });
        let projections = self.second.iter().enumerate().map(|(j, interval)| {
            let own = std::iter::once((j, self.alone(interval)));
            transposed.row(j).iter().map(|&(i, _)| (m + i, 0.0)).chain(own).collect()
        });
        SparseRows::new(n + m, intervals.chain(projections))
    }

    /// `None` if rounding hides the error sought.
    fn least_by_auction(&self, gains: &SparseRows, essential: f64) -> Option<f64> {
        let apart = essential + self.total(&vec![None; self.first.len()]);
        let allowed = (1.0 + self.settings.relative_error).powf(self.settings.order);
        let rounding = 4.0 * f64::EPSILON * (self.first.len() + self.second.len()) as f64 * apart;
        let largest = gains.largest();
        let mut auction = Auction::new(gains);
        let steps = std::iter::successors(Some(largest / 4.0), |step| Some(step / 5.0));
        steps.take_while(|step| *step > SMALLEST_STEP * largest).find_map(|step| {
            auction.round(step);
            let total = essential + self.total(auction.matching());
            let lower_bound = (apart - auction.upper_bound() - rounding).max(essential);
            (total <= allowed * lower_bound).then_some(total)
        })
    }

    /// The sum over all finite intervals, given the partners of those of the first diagram.
    fn total(&self, partners: &[Option<usize>]) -> f64 {
        let mut is_alone = vec![true; self.second.len()];
        let mut total = 0.0;
        for (interval, partner) in self.first.iter().zip(partners) {
            total += match *partner {
                Some(partner) => {
                    is_alone[partner] = false;
                    self.power(self.settings.ground_norm.distance(interval, &self.second[partner]))
                }
                None => self.alone(interval),
            };
        }
        let alone = self.second.iter().zip(is_alone).filter(|(_, is_alone)| *is_alone);
        total + alone.map(|(interval, _)| self.alone(interval)).sum::<f64>()
    }

    /// What pairs gain over matching both to the diagonal.
    fn gains(&self) -> SparseRows {
        SparseRows::new(self.second.len(), self.pairs(|cost, apart| apart - cost))
    }

    /// For each first interval, the second ones that cost less with it than both do apart, and a value of the two costs.
    fn pairs(&self, value: impl Fn(f64, f64) -> f64) -> impl Iterator<Item = Vec<(usize, f64)>> {
        let norm = self.settings.ground_norm;
        let ends = move |interval: &Interval| (norm.to_diagonal(interval), self.alone(interval));
        let others: Vec<(f64, f64)> = self.second.iter().map(ends).collect();
        self.first.iter().map(move |interval| {
            let (to_diagonal, alone) = ends(interval);
            let candidates = self.second.iter().zip(&others).enumerate();
            let pairs = candidates.filter_map(|(column, (other, &(other_to_diagonal, other_alone)))| {
                let distance = norm.distance(interval, other);
                // The power of a sum is at least the sum of the powers.
                if distance >= to_diagonal + other_to_diagonal {
                    return None;
                }
                let (cost, apart) = (self.power(distance), alone + other_alone);
                (cost < apart).then(|| (column, value(cost, apart)))
            });
            pairs.collect()
        })
    }

    fn alone(&self, interval: &Interval) -> f64 {
        self.power(self.settings.ground_norm.to_diagonal(interval))
    }

    fn power(&self, distance: f64) -> f64 {
        let distance = distance / self.scale;
        match self.settings.order {
            1.0 => distance,
            2.0 => distance * distance,
            // What is never matched may overflow.
            order => distance.powf(order).min(NEVER_MATCHED),
        }
    }
}

/// More than all powers that are matched together.
const NEVER_MATCHED: f64 = 1e280;

/// Smaller steps, as a share of the largest gain, are lost in rounding.
const SMALLEST_STEP: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::GroundNorm::{Euclidean, Maximum};
    use super::*;
    use crate::diagram::loops as diagram;

    #[test]
    fn closed_forms() {
        let distance = |order: f64, norm, a: &[(f64, f64)], b: &[(f64, f64)]| {
            Wasserstein::new().order(order).ground_norm(norm).distance(&diagram(a), &diagram(b)).unwrap()
        };
        assert_eq!(distance(1.0, Maximum, &[], &[]), 0.0);
        assert_eq!(distance(1.0, Maximum, &[(0.0, 3.0), (1.0, 2.0)], &[]), 2.0);
        // Lifespans 3 and 1 over the square root of 2: squares 4.5 and 0.5.
        assert!((distance(2.0, Euclidean, &[(0.0, 3.0), (1.0, 2.0)], &[]) - 5.0_f64.sqrt()).abs() < 1e-15);
        // Matched 3 + 4 i apart: 5 by the Euclidean norm, 4 by the maximum norm.
        assert_eq!(distance(1.0, Maximum, &[(0.0, 100.0)], &[(3.0, 104.0)]), 4.0);
        assert_eq!(distance(1.0, Euclidean, &[(0.0, 100.0)], &[(3.0, 104.0)]), 5.0);
        // In a row, 1 apart: two steps of 1 or one of 2 cost the same at order 1, not at order 3.
        let (a, b) = ([(0.0, 50.0), (1.0, 51.0)], [(1.0, 51.0), (2.0, 52.0)]);
        assert_eq!(distance(1.0, Maximum, &a, &b), 2.0);
        assert!((distance(3.0, Maximum, &a, &b) - 2.0_f64.cbrt()).abs() < 1e-15);
    }

    #[test]
    fn high_orders_go_to_the_bottleneck_distance() {
        let (a, b) = (diagram(&[(0.0, 1.0), (0.5, 2.0)]), diagram(&[(0.0, 1.1), (0.5, 2.1)]));
        for norm in [Maximum, Euclidean] {
            for order in [9.0, 11.0, 300.0, 400.0, 1000.0] {
                let distance = Wasserstein::new().order(order).ground_norm(norm).distance(&a, &b).unwrap();
                // Two steps of 0.1 each.
                assert!(
                    (distance / (0.1 * 2.0_f64.powf(1.0 / order)) - 1.0).abs() < 1e-12,
                    "{order}: {distance}"
                );
            }
        }
        assert_eq!(Wasserstein::new().order(50.0).distance(&a, &a).unwrap(), 0.0);
    }

    #[test]
    fn high_orders_do_not_overflow() {
        let a = diagram(&[(0.0, 1e6), (5.0, 7.0)]);
        let distance = Wasserstein::new().order(200.0).distance(&a, &diagram(&[])).unwrap();
        assert!((distance / 5e5 - 1.0).abs() < 1e-12, "{distance}");
    }

    #[test]
    fn small_costs_keep_their_digits_beside_large_ones() {
        let long: Vec<(f64, f64)> =
            (0..40).map(|i| (f64::from(i) * 1e-4, 1.0 + f64::from(i * i) * 1e-4)).collect();
        let moved: Vec<(f64, f64)> = long.iter().map(|(birth, death)| (birth + 1e-6, *death)).collect();
        let (a, b) = (diagram(&long), diagram(&moved));
        for order in [1.0, 2.0, 10.0] {
            let expected = 1e-6 * 40.0_f64.powf(1.0 / order);
            let wasserstein = Wasserstein::new().order(order);
            for wasserstein in [wasserstein.clone(), wasserstein.relative_error(1e-3)] {
                let distance = wasserstein.distance(&a, &b).unwrap();
                assert!((distance / expected - 1.0).abs() < 1e-3, "{order}: {distance}, expected {expected}");
            }
        }
    }

    #[test]
    fn essential_classes_match_among_themselves() {
        let infinity = f64::INFINITY;
        let a = diagram(&[(0.0, infinity), (2.0, infinity), (0.0, 1.0)]);
        let b = diagram(&[(2.5, infinity), (0.25, infinity)]);
        assert_eq!(Wasserstein::new().distance(&a, &b).unwrap(), 1.25);
        assert_eq!(Wasserstein::new().distance(&a, &diagram(&[(0.0, infinity)])).unwrap(), infinity);
    }

    #[test]
    fn bad_settings_are_errors() {
        let loops = diagram(&[(0.0, 1.0)]);
        for order in [0.5, f64::NAN, f64::INFINITY] {
            let error = Wasserstein::new().order(order).distance(&loops, &loops).unwrap_err();
            assert!(error.to_string().contains("`order`"), "{error}");
        }
        assert!(Wasserstein::new().relative_error(-1.0).distance(&loops, &loops).is_err());
        assert!(Wasserstein::new().distance(&loops, &Diagram::new(0, vec![])).is_err());
    }
}
