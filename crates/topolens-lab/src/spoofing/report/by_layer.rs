//! Curves by layer, one for each kind.

use crate::report::{CurvePlot, Horizontal, Picture, Point, Series, Size, curves, level_color};
use crate::spoofing::document::SpoofResults;
use crate::spoofing::population::{PopulationRow, Subject};

/// A quantity that is drawn.
pub(super) struct Shown {
    name: &'static str,
    title: &'static str,
    symbol: &'static str,
    of: Subject,
    quantity: &'static str,
    homology_dimension: Option<usize>,
    reading: &'static str,
    caution: &'static str,
}

const fn of_cloud(
    [name, title, symbol]: [&'static str; 3],
    (quantity, homology_dimension): (&'static str, Option<usize>),
    reading: &'static str,
    caution: &'static str,
) -> Shown {
    Shown { name, title, symbol, of: Subject::Other, quantity, homology_dimension, reading, caution }
}

const fn of_both(
    [name, title, symbol]: [&'static str; 3],
    of: Subject,
    (quantity, homology_dimension): (&'static str, Option<usize>),
    reading: &'static str,
    caution: &'static str,
) -> Shown {
    Shown { name, title, symbol, of, quantity, homology_dimension, reading, caution }
}

pub(super) const SHOWN: [Shown; 13] = [
    of_cloud(
        ["mle", "intrinsic dimension by maximum likelihood", "MLE"],
        ("mle", None),
        "The dimension of the cloud of each kind, 20 neighbours.",
        "Above about 10 it is too low.",
    ),
    of_cloud(
        ["two-nn", "intrinsic dimension by two nearest neighbours", "TwoNN"],
        ("two-nn", None),
        "The same at the smallest scale.",
        "Images of one person are near each other: with few images of each the dimension is that between persons.",
    ),
    of_cloud(
        ["ph-dimension", "persistent-homology dimension", "PHdim"],
        ("ph-dimension", Some(0)),
        "The dimension at which E₀ grows with the number of points.",
        "Separation between persons lowers it.",
    ),
    of_cloud(
        ["e0", "lifespans sum of H₀", "E₀"],
        ("lifespans-sum", Some(0)),
        "Live and attack are scaled together, so that sizes can be compared.",
        "A cloud that is wider has a larger sum without being more complex.",
    ),
    of_cloud(
        ["e1", "lifespans sum of H₁", "E₁"],
        ("lifespans-sum", Some(1)),
        "The same for loops.",
        "It depends on the number of points and of features.",
    ),
    of_cloud(
        ["e0-over-null", "E₀ relative to clouds without structure", "E₀ / null"],
        ("lifespans-sum-over-null", Some(0)),
        "Over the same cloud with each feature permuted: 1 means no more structure than that.",
        "It says how much structure there is, not which.",
    ),
    of_cloud(
        ["e1-over-null", "E₁ relative to clouds without structure", "E₁ / null"],
        ("lifespans-sum-over-null", Some(1)),
        "The same for loops.",
        "It says how much structure there is, not which.",
    ),
    of_both(
        ["own-side", "neighbours of the own kind", "share"],
        Subject::Between,
        ("neighbors-of-own-side", None),
        "The share of the 20 nearest neighbours that are of the same kind; nobody is of both. 1 is apart; where kinds are mixed it is that of live faces of other persons, 0.5 or more as persons cluster.",
        "Neighbours are those of the whole cloud: a small difference in one direction may be hidden in others.",
    ),
    of_both(
        ["silhouette", "separation of live faces and others", "silhouette"],
        Subject::Between,
        ("silhouette", None),
        "0 where the kinds lie over each other.",
        "It is about distances to whole clouds.",
    ),
    of_both(
        ["energy", "energy distance of live faces and others", "distance"],
        Subject::Between,
        ("energy-distance", None),
        "0 for equal populations, in units of the layer's distances.",
        "Layers have different units.",
    ),
    of_both(
        ["mtop-div", "manifold topology divergence", "MTop-Div"],
        Subject::Between,
        ("mtop-div", Some(1)),
        "Lifespans of loops of one cloud that the other does not fill, mean of both directions.",
        "It grows with the number of points; the level is that of live faces of other persons.",
    ),
    of_both(
        ["rtd", "representation topology divergence of pairs", "RTD"],
        Subject::Paired,
        ("rtd", Some(1)),
        "Between the clouds of the same images, or images of the same persons, before and after.",
        "It is about the shape of the cloud, not about where it lies.",
    ),
    of_both(
        ["neighborhood-overlap", "neighbourhoods of pairs", "overlap"],
        Subject::Paired,
        ("neighborhood-overlap", None),
        "The share of an image's nearest neighbours that are the same persons' images after the attack.",
        "Where persons are recognised through the attack it stays high.",
    ),
];

/// The curve of live faces and of each kind; of what is between clouds that of live faces of other persons is the level.
pub(super) fn picture(results: &SpoofResults, shown: &Shown) -> Option<Picture> {
    let series: Vec<Series> = results
        .kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| {
            let label = match (at, shown.of) {
                (0, Subject::Between) => "live, other persons".to_owned(),
                _ => kind.label(),
            };
            let rows = results.rows.iter().filter(|row| row.kind == kind.name);
            let points = rows.filter(|row| is_shown(row, shown)).map(point).collect();
            Series::named(label, level_color(at), points)
        })
        .filter(|series: &Series| series.points.iter().any(|point| point.value.is_some()))
        .collect();
    if series.is_empty() {
        return None;
    }
    let plot = CurvePlot {
        description: format!("{} by relative depth of live faces and each kind of attack.", shown.title),
        x: Horizontal::RelativeDepth,
        y_label: shown.symbol.to_owned(),
        logarithmic: false,
        names: results.rows.iter().map(|row| (row.depth, row.layer.clone())).collect(),
        series,
    };
    Some(Picture {
        name: shown.name.to_owned(),
        scene: curves(&plot, Size::COLUMN),
        title: shown.title.to_owned(),
        reading: shown.reading.to_owned(),
        caution: shown.caution.to_owned(),
    })
}

fn is_shown(row: &PopulationRow, shown: &Shown) -> bool {
    row.of == shown.of && row.quantity == shown.quantity && row.homology_dimension == shown.homology_dimension
}

fn point(row: &PopulationRow) -> Point {
    Point { x: row.depth, value: row.value, interval: row.lower.zip(row.upper) }
}
