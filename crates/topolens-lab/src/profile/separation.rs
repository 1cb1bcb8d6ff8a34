//! Whether the fall of E0 says more than that classes draw apart.
//!
//! Cluster separation alone makes E0 fall through the layers, whatever the shape of the clusters. Two controls see
//! through it: E0 over its null, which divides spread and width out, and the dimension within classes.

use super::course::{Course, course_of_e0};
use super::curve::{Quantity, curve, value};
use super::row::{Row, Scope};
use super::share::SEPARATION_SHARE;

/// A fall of E0 with its controls, all between the layer where E0 peaks and the last layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Separation {
    /// E0 itself.
    pub(crate) sum: Change,
    /// The number of features.
    pub(crate) width: Change,
    /// E0 over its column-permuted null.
    pub(crate) over_null: Option<Change>,
    /// The TwoNN dimension within classes.
    pub(crate) within: Option<Change>,
    /// Neural collapse.
    pub(crate) nc1: Option<Change>,
    /// What separation alone makes of the fall.
    pub(crate) share: Option<Share>,
}

/// A part of a fall with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Share {
    pub(crate) value: f64,
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

impl Share {
    /// More than half of the fall, and that not by chance.
    pub(crate) fn is_most(self) -> bool {
        self.lower > 0.5
    }
}

/// A positive number at two layers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Change {
    pub(crate) from: f64,
    pub(crate) to: f64,
}

impl Change {
    /// The part that is kept.
    pub(crate) fn kept(self) -> f64 {
        self.to / self.from
    }
}

/// What the controls make of a fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Separation alone makes most of the fall.
    Separated,
    /// E0 over null is kept: shrinking clusters or a narrower layer explain the fall.
    OverNullKept,
    /// The dimension within classes is kept: classes that draw together explain the fall.
    WithinKept,
    /// Both controls fall too, or the one that was measured against the null does.
    Beyond,
    /// E0 over null was not measured.
    Open,
}

/// What makes E0 fall when shape does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Classes that draw together.
    Separation,
    /// Fewer features.
    Width,
}

/// E0 must fall below this part of its peak for the curve to count as a fall.
pub(super) const FALL: f64 = 0.8;
/// A control that keeps at least this part of its value counts as unchanged.
pub(crate) const KEPT: f64 = 0.8;

/// What E0 over its null is called.
pub(crate) const OVER_NULL: &str = "E₀ / null";

/// What the fall of E0 at an epoch is held against: its name and its rows at the peak of E0 and at the last layer, as far as both have a value.
pub(crate) fn controls(rows: &[Row], epoch: Option<usize>) -> Vec<(&'static str, [&Row; 2])> {
    let Some((course, scope)) = course_of_e0(rows, epoch) else { return Vec::new() };
    let wanted = [
        (OVER_NULL, Quantity::new("lifespans-sum-over-null", Some(0)), &scope),
        ("the TwoNN dimension within classes", Quantity::new("two-nn", None), &Scope::Local),
        ("NC1", Quantity::new("nc1", None), &Scope::Global),
    ];
    let found = |(name, quantity, scope)| {
        let control = curve(rows, quantity, scope, epoch);
        let at = |layer: usize| {
            control.iter().copied().find(|row| row.layer_index == layer && value(row).is_some())
        };
        Some((name, [at(course.peak.layer_index)?, at(course.last.layer_index)?]))
    };
    wanted.into_iter().filter_map(found).collect()
}

/// The fall of E0 at an epoch; `None` where it does not fall.
pub(crate) fn separation(rows: &[Row], epoch: Option<usize>) -> Option<Separation> {
    let (course, scope) = course_of_e0(rows, epoch)?;
    course.remaining().filter(|part| *part < FALL)?;
    let change = |name, homology_dimension, scope: &Scope| {
        change(rows, Quantity::new(name, homology_dimension), scope, epoch, course)
    };
    let width = |row: &Row| row.n_features as f64;
    Some(Separation {
        width: Change { from: width(course.peak), to: width(course.last) },
        sum: change("lifespans-sum", Some(0), &scope)?,
        over_null: change("lifespans-sum-over-null", Some(0), &scope),
        within: change("two-nn", None, &Scope::Local).filter(|_| !is_one_class(rows)),
        nc1: change("nc1", None, &Scope::Global),
        share: share(rows, course.last),
    })
}

/// Whether all samples are of one class: there is nothing that draws apart.
fn is_one_class(rows: &[Row]) -> bool {
    let mut classes = rows.iter().map(|row| &row.class).filter(|class| matches!(class, Scope::Class(_)));
    classes.next().is_some_and(|first| classes.all(|class| class == first))
}

fn share(rows: &[Row], last: &Row) -> Option<Share> {
    let is_it = |row: &&Row| {
        row.descriptor == SEPARATION_SHARE && row.layer_index == last.layer_index && row.epoch == last.epoch
    };
    let row = rows.iter().find(is_it)?;
    Some(Share { value: row.value?, lower: row.lower?, upper: row.upper? })
}

impl Separation {
    /// What the controls make of the fall.
    pub(crate) fn verdict(&self) -> Verdict {
        if self.share.is_some_and(Share::is_most) {
            return Verdict::Separated;
        }
        let is_kept = |change: Change| change.kept() >= KEPT;
        match (self.over_null.map(is_kept), self.within.map(is_kept)) {
            (Some(true), _) => Verdict::OverNullKept,
            (_, Some(true)) => Verdict::WithinKept,
            (Some(false), _) => Verdict::Beyond,
            (None, _) => Verdict::Open,
        }
    }

    /// What explains the fall, if something other than shape does: classes that draw together if separation alone makes most of it, or, where that
    /// was not measured, if NC1 does not deny it; else a narrower layer.
    pub(crate) fn cause(&self) -> Option<Cause> {
        let is_kept = match self.verdict() {
            Verdict::Separated => return Some(Cause::Separation),
            Verdict::OverNullKept | Verdict::WithinKept => true,
            Verdict::Beyond | Verdict::Open => false,
        };
        let has_classes = self.share.is_some() || self.nc1.is_some() || self.within.is_some();
        let is_denied = !has_classes || self.share.is_some() || self.nc1.is_some_and(|nc1| nc1.kept() >= 1.0);
        match (is_kept, is_denied) {
            (true, false) => Some(Cause::Separation),
            (true, true) if self.width.kept() < 1.0 => Some(Cause::Width),
            _ => None,
        }
    }
}

/// A quantity where E0 peaks and at the last layer.
fn change(
    rows: &[Row],
    quantity: Quantity<'_>,
    scope: &Scope,
    epoch: Option<usize>,
    course: Course<'_>,
) -> Option<Change> {
    let control = curve(rows, quantity, scope, epoch);
    let at = |layer: usize| value(control.iter().find(|row| row.layer_index == layer)?);
    let (from, to) = (at(course.peak.layer_index)?, at(course.last.layer_index)?);
    (from > 0.0).then_some(Change { from, to })
}

#[cfg(test)]
mod tests {
    use topolens::PointCloud;
    use topolens::synthetic::GaussianClusters;

    use super::*;
    use crate::profile::row::example;
    use crate::profile::{LayerCloud, Protocol, Sample, measure_layer, warnings};

    /// Layers in which ten Gaussian classes shrink and nothing else changes: the simulated confounder.
    fn shrinking_classes(spreads: &[f64], protocol: &Protocol) -> Vec<Row> {
        const PER_CLASS: usize = 100;
        let names: Vec<String> = (0..10).map(|class| format!("class {class}")).collect();
        let layer = |(layer_index, &spread): (usize, &f64)| {
            let (cloud, labels) = GaussianClusters::new(10, PER_CLASS, 64).spread(spread).sample(1).unwrap();
            let values = cloud.values().iter().map(|&x| x as f32).collect();
            let cloud = PointCloud::new(values, 10 * PER_CLASS, 64).unwrap();
            let depth = (layer_index + 1) as f64 / spreads.len() as f64;
            let layer = LayerCloud { layer: format!("spread {spread}"), layer_index, depth, cloud };
            let sample = Sample { labels: &labels, class_names: &names, epoch: None };
            measure_layer(&layer, sample, protocol).unwrap().rows
        };
        spreads.iter().enumerate().flat_map(layer).collect()
    }

    #[test]
    fn classes_that_only_shrink_raise_the_flag() {
        let protocol = Protocol { global: false, n_half_samples: 0, ..Protocol::default() };
        let rows = shrinking_classes(&[2.0, 0.5, 0.05], &protocol);
        let found = separation(&rows, None).unwrap();
        assert!(found.sum.kept() < 0.3, "{found:?}");
        assert_eq!(found.verdict(), Verdict::OverNullKept, "{found:?}");
        assert!((found.within.unwrap().kept() - 1.0).abs() < 0.1, "{found:?}");
        assert_eq!(found.cause(), Some(Cause::Separation));
        let told = warnings(&rows);
        assert!(told.iter().any(|warning| warning.contains("explained by class separation")), "{told:?}");
    }

    #[test]
    fn classes_that_draw_apart_less_are_no_separation() {
        let change = |from, to| Change { from, to };
        let fall = Separation {
            sum: change(62.0, 18.0),
            width: change(64.0, 10.0),
            over_null: Some(change(0.46, 0.52)),
            within: None,
            nc1: Some(change(8.5, 284.0)),
            share: None,
        };
        assert_eq!(fall.cause(), Some(Cause::Width));
        assert_eq!(Separation { width: change(64.0, 64.0), ..fall }.cause(), None);
        assert_eq!(Separation { nc1: Some(change(8.5, 0.4)), ..fall }.cause(), Some(Cause::Separation));
        assert_eq!(Separation { over_null: Some(change(0.9, 0.2)), ..fall }.cause(), None);
    }

    #[test]
    fn the_measured_share_decides() {
        let change = |from, to| Change { from, to };
        let fall = Separation {
            sum: change(62.0, 18.0),
            width: change(64.0, 64.0),
            over_null: Some(change(0.9, 0.2)),
            within: None,
            nc1: Some(change(8.5, 0.4)),
            share: Some(Share { value: 0.9, lower: 0.8, upper: 1.0 }),
        };
        assert_eq!((fall.verdict(), fall.cause()), (Verdict::Separated, Some(Cause::Separation)));
        let little = Share { value: 0.2, lower: 0.1, upper: 0.3 };
        let kept = Separation { share: Some(little), over_null: Some(change(0.46, 0.52)), ..fall };
        assert_eq!((kept.verdict(), kept.cause()), (Verdict::OverNullKept, None));
        assert_eq!(Separation { width: change(64.0, 10.0), ..kept }.cause(), Some(Cause::Width));
    }

    #[test]
    fn one_class_does_not_draw_apart() {
        let row = |layer, descriptor: &str, class: Scope, value| {
            let homology_dimension = descriptor.starts_with("lifespans").then_some(0);
            Row { class, homology_dimension, ..example(layer, descriptor, value) }
        };
        let with_classes = |names: &[&str]| {
            let mut rows = Vec::new();
            for (layer, sum) in [(0, 100.0), (1, 20.0)] {
                rows.push(row(layer, "lifespans-sum", Scope::Global, sum));
                rows.push(row(layer, "lifespans-sum-over-null", Scope::Global, 0.9));
                rows.push(row(layer, "two-nn", Scope::Local, 5.0));
                rows.extend(
                    names.iter().map(|name| row(layer, "two-nn", Scope::Class((*name).to_owned()), 5.0)),
                );
            }
            separation(&rows, Some(1)).unwrap()
        };
        assert_eq!(with_classes(&["cat", "dog"]).cause(), Some(Cause::Separation));
        let one = with_classes(&["all"]);
        assert_eq!((one.within, one.cause()), (None, None));
    }

    #[test]
    fn classes_that_stay_raise_none() {
        let protocol = Protocol { global: false, n_half_samples: 0, ..Protocol::default() };
        let rows = shrinking_classes(&[1.0, 0.98], &protocol);
        assert_eq!(separation(&rows, None), None);
        assert!(!warnings(&rows).iter().any(|warning| warning.contains("separation")));
    }
}
