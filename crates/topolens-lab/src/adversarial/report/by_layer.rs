//! Curves by layer, one for each strength.

use super::super::study::Cell;
use super::short;
use crate::profile::curve::{Quantity, curve, interval, value};
use crate::profile::{Row, Scope};
use crate::report::{CurvePlot, Horizontal, Picture, Point, Series, Size, curves, epoch_color, layer_names};

/// A quantity that is drawn for every attack.
pub(super) struct Shown {
    name: &'static str,
    title: &'static str,
    symbol: &'static str,
    quantity: Quantity<'static>,
    reading: &'static str,
    caution: &'static str,
}

pub(super) const SHOWN: [Shown; 11] = [
    Shown {
        name: "e0",
        title: "lifespans sum of H₀",
        symbol: "E₀",
        quantity: Quantity::new("lifespans-sum", Some(0)),
        reading: "Each cloud is scaled by its own range, as Magai & Ayzenberg do.",
        caution: "A few points that are thrown far out widen the range and shrink all others: E₀ falls although nothing became simpler. \
                  Compare E₀ in the clean cloud's units.",
    },
    Shown {
        name: "e0-clean-units",
        title: "lifespans sum of H₀ in the clean cloud's units",
        symbol: "E₀, clean units",
        quantity: Quantity::new("lifespans-sum-in-clean-units", Some(0)),
        reading: "Each cloud is scaled by the range of the clean one, so that sizes can be compared.",
        caution: "A cloud that is blown up has a larger sum without being more complex.",
    },
    Shown {
        name: "e0-over-null",
        title: "E₀ relative to clouds without structure",
        symbol: "E₀ / null",
        quantity: Quantity::new("lifespans-sum-over-null", Some(0)),
        reading: "Spread, width and outlying values are divided out: 1 means no more structure than permuted features have.",
        caution: "It says how much structure there is, not which.",
    },
    Shown {
        name: "ph-dimension",
        title: "persistent-homology dimension",
        symbol: "PHdim",
        quantity: Quantity::new("ph-dimension", Some(0)),
        reading: "The dimension at which E₀ grows with the number of points.",
        caution: "Separation between classes lowers it.",
    },
    Shown {
        name: "mle",
        title: "intrinsic dimension by maximum likelihood",
        symbol: "MLE",
        quantity: Quantity::new("mle", None),
        reading: "The dimension of the attacked images among themselves.",
        caution: "Above about 10 it is too low.",
    },
    Shown {
        name: "two-nn",
        title: "intrinsic dimension by two nearest neighbours",
        symbol: "TwoNN",
        quantity: Quantity::new("two-nn", None),
        reading: "The same at the smallest scale.",
        caution: "Noise lives at the smallest scale and raises it.",
    },
    Shown {
        name: "lid",
        title: "local dimension of attacked images among clean ones",
        symbol: "LID",
        quantity: Quantity::new("lid-in-batches", None),
        reading: "For each attacked image its 20 nearest clean images in a batch of 100 (Ma et al. 2018).",
        caution: "An image that lies far from all clean ones has neighbours at nearly equal distances, and a high LID whatever the shape.",
    },
    Shown {
        name: "mahalanobis",
        title: "Mahalanobis distance to the nearest class",
        symbol: "distance",
        quantity: Quantity::new("mahalanobis-distance", None),
        reading: "In standard deviations within the classes of the clean images.",
        caution: "Means and covariance come from the same clean images, which are therefore a little too near.",
    },
    Shown {
        name: "displacement",
        title: "how far images moved",
        symbol: "displacement",
        quantity: Quantity::new("displacement", None),
        reading: "In units of the spread of the clean cloud; noise of the same size is the measure.",
        caution: "Layers that amplify every perturbation move noise as well.",
    },
    Shown {
        name: "tangent",
        title: "share of the way along the clean cloud",
        symbol: "share in tangent",
        quantity: Quantity::new("displacement-in-tangent", None),
        reading: "Of the squared displacement the part in the tangent space, by local PCA of 20 clean neighbours. A random direction \
                  has the share given in the table as by chance.",
        caution: "Tangent spaces of sparse clouds are rough.",
    },
    Shown {
        name: "rtd",
        title: "representation topology divergence to the clean cloud",
        symbol: "RTD",
        quantity: Quantity::new("rtd-to-clean", Some(1)),
        reading: "How far the shape of the cloud changed, point by point; 0 for the clean images.",
        caution: "It grows with the number of points: compare values of this page only.",
    },
];

/// A curve by layer for each strength, its colour F1.
pub(super) fn picture(cells: &[Cell], method: &str, shown: &Shown) -> Option<Picture> {
    const SHADES: usize = 101;
    let own: Vec<&Cell> =
        cells.iter().take(1).chain(cells.iter().filter(|cell| cell.method == method)).collect();
    let ends = own
        .iter()
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], cell| [low.min(cell.f1), high.max(cell.f1)]);
    #[expect(clippy::cast_sign_loss, reason = "F1 lies between the ends")]
    let shade = |f1: f64| match ends {
        [low, high] if high > low => {
            epoch_color(((high - f1) / (high - low) * (SHADES - 1) as f64).round() as usize, SHADES)
        }
        _ => epoch_color(0, SHADES),
    };
    let series: Vec<Series> = own
        .iter()
        .enumerate()
        .map(|(at, cell)| Series {
            name: strength(cell),
            label: is_labelled(at, own.len()).then(|| strength(cell)),
            color: shade(cell.f1),
            thin: false,
            points: points(&cell.rows, shown.quantity),
        })
        .collect();
    if series.iter().all(|series| series.points.iter().all(|point| point.value.is_none())) {
        return None;
    }
    let plot = CurvePlot {
        description: format!("{} by relative depth at {} strengths of {method}.", shown.title, own.len()),
        x: Horizontal::RelativeDepth,
        y_label: shown.symbol.to_owned(),
        logarithmic: false,
        names: own.first().map(|cell| layer_names(&cell.rows)).unwrap_or_default(),
        series,
    };
    Some(Picture {
        name: format!("{method}-{}", shown.name),
        scene: curves(&plot, Size::COLUMN),
        title: format!("{method}: {}", shown.title),
        reading: format!("{} One curve per ε, coloured by F1, dark the lowest.", shown.reading),
        caution: shown.caution.to_owned(),
    })
}

/// The strength with what it does.
fn strength(cell: &Cell) -> String {
    format!("ε {}: F1 {:.2}", short(cell.epsilon), cell.f1)
}

/// Of many strengths six are named.
fn is_labelled(at: usize, n: usize) -> bool {
    const MOST: usize = 6;
    n <= MOST || (0..MOST).any(|entry| entry * (n - 1) / (MOST - 1) == at)
}

fn points(rows: &[Row], quantity: Quantity<'_>) -> Vec<Point> {
    let found = curve(rows, quantity, &Scope::Global, None);
    found.iter().map(|row| Point { x: row.depth, value: value(row), interval: interval(row) }).collect()
}
