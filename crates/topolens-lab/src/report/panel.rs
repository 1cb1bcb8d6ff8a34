//! The curves of a report: one panel for each quantity worth a picture.

use super::number::{depth, epoch_name, plain};
use super::plot::{CurvePlot, GREY, Horizontal, Point, Series, epoch_color};
use crate::profile::curve::{self, Quantity, curve, epochs};
use crate::profile::{Row, Scope};

/// A quantity to draw against depth, and what to say about it. A new panel is one entry of [`PANELS`].
#[derive(Debug)]
pub(crate) struct Panel {
    /// A name that can be a file's.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) symbol: &'static str,
    pub(crate) quantity: Quantity<'static>,
    /// The first of these that was measured is drawn.
    scopes: &'static [Scope],
    /// Whether the single classes at the last epoch are drawn in the background.
    classes: bool,
    pub(crate) logarithmic: bool,
    /// How to read the curve.
    pub(crate) reading: &'static str,
    /// What not to conclude from it.
    pub(crate) caution: &'static str,
}

/// The panels in the order in which they are shown.
pub(crate) static PANELS: [Panel; 8] = [
    Panel {
        name: "e0",
        title: "Lifespans sum of H₀",
        symbol: "E₀",
        quantity: Quantity::new("lifespans-sum", Some(0)),
        scopes: &[Scope::Local, Scope::Global],
        classes: false,
        logarithmic: false,
        reading: "The total length of the tree that joins the points of a cloud, in units of the features after scaling (each to the range from 0 to 1, unless asked for otherwise). It \
                  falls where points draw together.",
        caution: "A fall is not simpler topology by itself: clusters that shrink, fewer points and fewer features all \
                  lower it. Compare E₀ / null.",
    },
    Panel {
        name: "e1",
        title: "Lifespans sum of H₁",
        symbol: "E₁",
        quantity: Quantity::new("lifespans-sum", Some(1)),
        scopes: &[Scope::Local, Scope::Global],
        classes: false,
        logarithmic: false,
        reading: "The total lifespan of the loops, in units of the scaled features.",
        caution: "Most loops of a sampled cloud are short and come from sampling; a large sum need not mean one large \
                  loop. Look at the barcodes.",
    },
    Panel {
        name: "e0-over-null",
        title: "E₀ relative to clouds without structure",
        symbol: "E₀ / null",
        quantity: Quantity::new("lifespans-sum-over-null", Some(0)),
        scopes: &[Scope::Local, Scope::Global],
        classes: false,
        logarithmic: false,
        reading: "E₀ divided by its mean over clouds whose features were permuted: same size, same width, same \
                  marginals. 1 means no more structure than that; spread and width are divided out.",
        caution: "It says how much structure there is beyond the marginals, not which; dependence between features \
                  lowers it without any cluster or loop.",
    },
    Panel {
        name: "ph-dimension",
        title: "Persistent-homology dimension of all classes together",
        symbol: "PHdim",
        quantity: Quantity::new("ph-dimension", Some(0)),
        scopes: &[Scope::Global],
        classes: false,
        logarithmic: false,
        reading: "The dimension at which E₀ grows with the number of points.",
        caution: "Well separated classes lower it although no class has become simpler; compare the single classes.",
    },
    Panel {
        name: "ph-dimension-classes",
        title: "Persistent-homology dimension of single classes",
        symbol: "PHdim",
        quantity: Quantity::new("ph-dimension", Some(0)),
        scopes: &[Scope::Local],
        classes: true,
        logarithmic: false,
        reading: "The same within each class: separation between classes does not enter. Thin lines are the single \
                  classes at the last epoch.",
        caution: "Few points make it noisy; where bands overlap, no difference is established.",
    },
    Panel {
        name: "mle",
        title: "Intrinsic dimension by maximum likelihood (Levina and Bickel)",
        symbol: "MLE",
        quantity: Quantity::new("mle", None),
        scopes: &[Scope::Global, Scope::Local],
        classes: false,
        logarithmic: false,
        reading: "The dimension at which distances to the nearest neighbours grow; a local quantity, hardly touched by \
                  separation.",
        caution: "Above about 10 it is too low, the more so the fewer the points. The band is sampling error, not \
                  that bias.",
    },
    Panel {
        name: "two-nn",
        title: "Intrinsic dimension by two nearest neighbours (TwoNN)",
        symbol: "TwoNN",
        quantity: Quantity::new("two-nn", None),
        scopes: &[Scope::Global, Scope::Local],
        classes: false,
        logarithmic: false,
        reading: "The dimension seen at the smallest scale, from the ratio of the first two neighbour distances.",
        caution: "Noise lives at the smallest scale and raises it; above about 10 it is too low.",
    },
    Panel {
        name: "nc1",
        title: "Neural collapse NC1",
        symbol: "NC1",
        quantity: Quantity::new("nc1", None),
        scopes: &[Scope::Global],
        classes: false,
        logarithmic: true,
        reading: "Spread within classes relative to the spread between them; note the logarithmic axis. Small values \
                  mean that the classes have drawn apart.",
        caution: "Where NC1 falls together with E₀, separation of the classes may explain both.",
    },
];

impl Panel {
    /// The scope that is drawn; `None` if the quantity was not measured.
    pub(crate) fn scope(&self, rows: &[Row]) -> Option<&'static Scope> {
        let measured = |scope: &&Scope| {
            rows.iter().any(|row| Quantity::of(row) == self.quantity && row.class == **scope)
        };
        self.scopes.iter().find(measured)
    }

    /// The panel's picture; `None` if the quantity was not measured.
    pub(crate) fn plot(&self, rows: &[Row]) -> Option<CurvePlot> {
        let scope = self.scope(rows)?;
        let whose = if *scope == Scope::Local { "mean of classes" } else { "all classes" };
        let epochs = epochs(rows);
        let mut series =
            if self.classes { self.class_series(rows, epochs.last().copied()?) } else { Vec::new() };
        for (position, &epoch) in epochs.iter().enumerate() {
            series.push(Series {
                name: epoch_name(epoch),
                label: epoch
                    .filter(|_| is_labelled(position, epochs.len()))
                    .map(|epoch| format!("epoch {epoch}")),
                color: epoch_color(position, epochs.len()),
                thin: false,
                points: points(&curve(rows, self.quantity, scope, epoch)),
            });
        }
        Some(CurvePlot {
            description: self.description(rows, scope, &epochs),
            x: Horizontal::RelativeDepth,
            y_label: format!("{}, {whose}", self.symbol),
            logarithmic: self.logarithmic,
            names: layer_names(rows),
            series,
        })
    }

    /// The single classes at `epoch`, in thin grey lines.
    fn class_series(&self, rows: &[Row], epoch: Option<usize>) -> Vec<Series> {
        let classes = curve::classes(rows).into_iter().enumerate();
        let series = classes.map(|(position, class)| Series {
            name: match class {
                Scope::Class(name) => name.clone(),
                Scope::Global | Scope::Local => String::new(),
            },
            label: (position == 0).then(|| match epoch {
                None => "single classes".to_owned(),
                Some(epoch) => format!("single classes, epoch {epoch}"),
            }),
            color: GREY,
            thin: true,
            points: points(&curve(rows, self.quantity, class, epoch)),
        });
        series.collect()
    }

    /// The curve in words, for those who cannot see it.
    fn description(&self, rows: &[Row], scope: &Scope, epochs: &[Option<usize>]) -> String {
        let last_epoch = epochs.last().copied().flatten();
        let defined = curve(rows, self.quantity, scope, last_epoch);
        let values: Vec<(f64, f64)> =
            defined.iter().filter_map(|row| Some((row.depth, curve::value(row)?))).collect();
        let (Some(first), Some(last)) = (values.first(), values.last()) else {
            return format!("{} by relative depth: undefined at every layer.", self.title);
        };
        let peak = values.iter().fold(first, |peak, point| if point.1 > peak.1 { point } else { peak });
        let at = |point: &(f64, f64)| format!("{} at depth {}", plain(point.1), depth(point.0));
        format!(
            "{} by relative depth. At {}: {}, highest {}, {}.",
            self.title,
            epoch_name(last_epoch),
            at(first),
            at(peak),
            at(last)
        )
    }
}

/// Depth and name of every layer.
pub(crate) fn layer_names(rows: &[Row]) -> Vec<(f64, String)> {
    let layers = curve::sorted_distinct(rows.iter().map(|row| (row.layer_index, row.layer.as_str())));
    let depth = |index: usize| rows.iter().find(|row| row.layer_index == index).map(|row| row.depth);
    layers.into_iter().filter_map(|(index, name)| Some((depth(index)?, name.to_owned()))).collect()
}

/// Whether the epoch at `position` has an entry in the legend: all of a few, an even selection of many.
fn is_labelled(position: usize, n_epochs: usize) -> bool {
    const MOST: usize = 6;
    (0..MOST).any(|entry| entry * (n_epochs - 1) / (MOST - 1) == position)
}

fn points(rows: &[&Row]) -> Vec<Point> {
    let point = |row: &&Row| Point { x: row.depth, value: curve::value(row), interval: curve::interval(row) };
    rows.iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;

    fn panel(name: &str) -> &'static Panel {
        PANELS.iter().find(|panel| panel.name == name).unwrap()
    }

    #[test]
    fn each_panel_has_a_curve_for_each_epoch() {
        let rows = report(5, &[Some(0), Some(2), Some(12)], 3).rows;
        for panel in &PANELS {
            let plot = panel.plot(&rows).unwrap();
            let thick: Vec<&Series> = plot.series.iter().filter(|series| !series.thin).collect();
            assert_eq!(thick.len(), 3, "{}", panel.name);
            assert!(thick.iter().all(|series| series.points.len() == 5));
            assert_eq!(thick[0].label.as_deref(), Some("epoch 0"));
        }
        let thin = panel("ph-dimension-classes").plot(&rows).unwrap();
        assert_eq!(thin.series.iter().filter(|series| series.thin).count(), 3);
    }

    #[test]
    fn the_first_scope_that_was_measured_is_drawn() {
        let mut rows = report(2, &[None], 1).rows;
        assert_eq!(panel("e0").plot(&rows).unwrap().y_label, "E₀, mean of classes");
        rows.retain(|row| row.class != Scope::Local);
        assert_eq!(panel("e0").plot(&rows).unwrap().y_label, "E₀, all classes");
        assert_eq!(panel("ph-dimension-classes").plot(&rows), None);
        assert_eq!(panel("e0").plot(&[]), None);
    }

    #[test]
    fn descriptions_say_where_the_curve_runs() {
        let rows = report(2, &[Some(3)], 0).rows;
        let told = panel("nc1").plot(&rows).unwrap().description;
        assert_eq!(
            told,
            "Neural collapse NC1 by relative depth. At epoch 3: 0.843 at depth 0.5, highest 0.843 at depth 0.5, \
             0.0889 at depth 1."
        );
        let undefined: Vec<Row> = rows.into_iter().map(|row| Row { value: None, ..row }).collect();
        assert!(panel("nc1").plot(&undefined).unwrap().description.ends_with("undefined at every layer."));
    }

    #[test]
    fn of_many_epochs_six_are_named() {
        for n_epochs in [1, 5, 6, 7, 50, 301] {
            let named: Vec<usize> = (0..n_epochs).filter(|&at| is_labelled(at, n_epochs)).collect();
            assert_eq!(named.len(), n_epochs.min(6));
            assert_eq!((named[0], named[named.len() - 1]), (0, n_epochs - 1));
        }
    }
}
