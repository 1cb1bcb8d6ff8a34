//! Attacks as a page one can send.

use std::path::Path;

use topolens::{PointCloud, PrincipalComponents};

use super::document::AttackResults;
use super::embedding::t_sne;
use super::strength::methods;
use super::study::Cell;
use crate::Result;
use crate::profile::curve::{Quantity, curve, interval, value};
use crate::profile::{Row, Scope};
use crate::report::{
    Color, CurvePlot, Group, Horizontal, Picture, Point, ScatterPlot, Scene, Series, Sheet, Size, StudyPage,
    Thumbnail, curves, epoch_color, level_color, pictures, scatter,
};

/// A quantity that is drawn for every attack.
struct Shown {
    name: &'static str,
    title: &'static str,
    symbol: &'static str,
    quantity: Quantity<'static>,
    reading: &'static str,
    caution: &'static str,
}

const SHOWN: [Shown; 11] = [
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

/// Writes `report.html` and `figures/` into `folder`.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_attack_report(folder: &Path, results: &AttackResults) -> Result<()> {
    let mut drawn: Vec<Picture> = course(&results.cells).into_iter().collect();
    drawn.extend(examples(results));
    drawn.extend(planes(&results.cells));
    for method in methods(&results.cells) {
        drawn.extend(SHOWN.iter().filter_map(|shown| picture(&results.cells, method, shown)));
    }
    let page = StudyPage {
        kind: "topolens attack",
        title: results.provenance.network.clone(),
        question: "How do attacks move data through the clouds of a network's layers, and is it more than noise does?",
        answer: answer(results),
        cautions: cautions(),
        pictures: drawn,
        sheets: vec![course_sheet(&results.cells), strength_sheet(results)],
        provenance: results.provenance.pairs(),
    };
    page.write(folder)
}

fn cautions() -> Vec<String> {
    [
        "Robustness against these attacks is an upper bound: a better attack may succeed where these fail.",
        "Correlations with ε are over the strengths of one network and one set of images; the points are not independent.",
        "What random noise of the same size does as well is not due to the attack.",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// What may be concluded, sentence by sentence.
pub(super) fn answer(results: &AttackResults) -> Vec<String> {
    let [attacked, wrong, of_target] = results.n_images;
    let mut sentences = vec![match results.target.map(|target| results.class_name(target)) {
        Some(target) => format!(
            "{attacked} images are attacked to be taken for {target}; {wrong} that the network gets wrong and {of_target} of that class are \
             set aside."
        ),
        None => format!("{attacked} images are attacked; {wrong} that the network gets wrong are set aside."),
    }];
    for method in methods(&results.cells) {
        let Some(strongest) = results.cells.iter().rfind(|cell| cell.method == method) else { continue };
        sentences.push(format!(
            "{method}: at ε = {:.4} {:.1} % of the attacked images are fooled, accuracy {:.1} %, F1 {:.2}.",
            strongest.epsilon,
            100.0 * strongest.success,
            100.0 * strongest.accuracy,
            strongest.f1
        ));
        let told: Vec<String> = middle(results, method)
            .map(|strength| format!("{} {:+.2}", strength.quantity, strength.spearman))
            .collect();
        if !told.is_empty() {
            sentences.push(format!(
                "With ε of {method}, at the layer in the middle, go (Spearman's correlation): {}.",
                told.join(", ")
            ));
        }
    }
    sentences.extend(verdict(results));
    sentences
}

fn middle<'a>(results: &'a AttackResults, method: &'a str) -> impl Iterator<Item = &'a super::Strength> {
    let first = results.strengths.iter().find(|strength| strength.method == method);
    let layer = first.map(|strength| strength.layer.clone());
    results
        .strengths
        .iter()
        .filter(move |strength| strength.method == method && Some(&strength.layer) == layer.as_ref())
}

/// Whether "the more the attack succeeds, the simpler" holds beside its controls.
fn verdict(results: &AttackResults) -> Option<String> {
    let of = |method: &str, quantity: &str| {
        middle(results, method)
            .find(|strength| strength.quantity == quantity)
            .map(|strength| strength.spearman)
    };
    let attack = methods(&results.cells).into_iter().find(|method| *method != "noise")?;
    let falls = of(attack, "E0")? <= -0.9;
    let also_noise = of("noise", "E0")? <= -0.9;
    let also_over_null = of(attack, "E0 over its null")? <= -0.9;
    let also_in_units = of(attack, "E0 in the clean cloud's units")? <= -0.9;
    let sentence = match (falls, also_noise, also_over_null && also_in_units) {
        (false, ..) => {
            "E0 in the middle does not fall steadily with ε: \"the more the attack succeeds, the simpler\" does not hold here."
        }
        (true, true, _) => {
            "E0 in the middle falls with ε, but with noise of the same size as well: the fall is not due to the attack."
        }
        (true, false, true) => {
            "E0 in the middle falls with ε, also over its null and in the clean cloud's units, and noise of the same size does \
                                not do that: the stronger the attack, the simpler the cloud."
        }
        (true, false, false) => {
            "E0 in the middle falls with ε and noise does not make it fall, but it does not fall both over its null and in \
                                 the clean cloud's units: what falls is partly the scale, not the structure."
        }
    };
    Some(sentence.to_owned())
}

/// Accuracy after each attack.
fn course(cells: &[Cell]) -> Option<Picture> {
    let clean = cells.first()?;
    let series: Vec<Series> = methods(cells)
        .into_iter()
        .enumerate()
        .map(|(at, method)| {
            let own = cells.iter().filter(|cell| cell.method == method);
            let point = |cell: &Cell| Point { x: cell.epsilon, value: Some(cell.accuracy), interval: None };
            let points = std::iter::once(Point { x: 0.0, ..point(clean) }).chain(own.map(point)).collect();
            Series { label: Some(method.to_owned()), color: level_color(at), thin: false, points }
        })
        .collect();
    let plot = CurvePlot {
        description: "Accuracy after each attack by epsilon.".to_owned(),
        x: Horizontal::Epsilon,
        y_label: "accuracy".to_owned(),
        logarithmic: false,
        series,
    };
    Some(Picture {
        name: "01-accuracy".to_owned(),
        scene: curves(&plot, Size::COLUMN),
        title: "Accuracy after the attack".to_owned(),
        reading: "Of all images but those of the target's class; those wrong before count as wrong."
            .to_owned(),
        caution: "Random noise of the same size is the control.".to_owned(),
    })
}

/// A curve by layer for each strength, its colour F1.
fn picture(cells: &[Cell], method: &str, shown: &Shown) -> Option<Picture> {
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
            label: is_labelled(at, own.len())
                .then(|| format!("ε {}: F1 {:.2}", short(cell.epsilon), cell.f1)),
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

/// Of many strengths six are named.
fn is_labelled(at: usize, n: usize) -> bool {
    const MOST: usize = 6;
    n <= MOST || (0..MOST).any(|entry| entry * (n - 1) / (MOST - 1) == at)
}

fn short(epsilon: f64) -> String {
    let text = format!("{epsilon:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn points(rows: &[Row], quantity: Quantity<'_>) -> Vec<Point> {
    let found = curve(rows, quantity, &Scope::Global, None);
    found.iter().map(|row| Point { x: row.depth, value: value(row), interval: interval(row) }).collect()
}

/// The last hidden layer's clouds in two dimensions, for the strongest attack of each kind.
fn planes(cells: &[Cell]) -> Vec<Picture> {
    let Some(clean) = cells.first() else { return Vec::new() };
    let strongest =
        methods(cells).into_iter().filter_map(|method| cells.iter().rfind(|cell| cell.method == method));
    strongest
        .flat_map(|cell| by_components(clean, cell).into_iter().chain(by_neighbors(clean, cell)))
        .collect()
}

/// In the plane of the clean cloud's first two principal components.
fn by_components(clean: &Cell, cell: &Cell) -> Option<Picture> {
    let components = PrincipalComponents::fit(&clean.last_hidden.cloud, 2).ok()?;
    let places = |cell: &Cell| {
        let found = components.project(&cell.last_hidden.cloud).ok()?;
        Some(found.points().map(|point| (point[0], point[1])).collect::<Vec<(f64, f64)>>())
    };
    let labels = ["First principal component", "Second"];
    Some(Picture {
        name: format!("02-plane-{}", cell.method),
        scene: plane([&places(clean)?, &places(cell)?], cell, labels),
        title: format!("{} at ε = {}: layer {}", cell.method, short(cell.epsilon), clean.last_hidden.layer),
        reading: format!(
            "The first {MOST_POINTS} images in the plane of the two widest directions of the clean cloud."
        ),
        caution: "Two directions show a part of the spread; points that lie together here may be far apart."
            .to_owned(),
    })
}

/// By t-SNE of both clouds together.
fn by_neighbors(clean: &Cell, cell: &Cell) -> Option<Picture> {
    let n = clean.last_hidden.cloud.n_points().min(MOST_POINTS);
    let first: Vec<usize> = (0..n).collect();
    let [before, after] = [clean, cell].map(|cell| cell.last_hidden.cloud.select(&first).ok());
    let values = [before?.values(), after?.values()].concat();
    let n_features = clean.last_hidden.cloud.n_features();
    let places = t_sne(&PointCloud::new(values, 2 * n, n_features).ok()?)?;
    Some(Picture {
        name: format!("02-t-sne-{}", cell.method),
        scene: plane([&places[..n], &places[n..]], cell, ["t-SNE, first axis", "Second"]),
        title: format!(
            "{} at ε = {}: layer {}, neighbours kept",
            cell.method,
            short(cell.epsilon),
            clean.last_hidden.layer
        ),
        reading: format!(
            "t-SNE of the first {MOST_POINTS} images before and after the attack together, perplexity 30."
        ),
        caution:
            "Distances between groups and sizes of groups mean nothing; only who is whose neighbour does."
                .to_owned(),
    })
}

/// Images in a plane; more would hide each other.
const MOST_POINTS: usize = 250;

fn plane([before, after]: [&[(f64, f64)]; 2], cell: &Cell, [x_label, y_label]: [&str; 2]) -> Scene {
    let of_kind = |met: bool| {
        let kept = after.iter().zip(&cell.outcome.succeeded).take(MOST_POINTS);
        kept.filter(|(_, succeeded)| **succeeded == met).map(|(place, _)| *place).collect()
    };
    let groups = [
        ("clean", before.iter().copied().take(MOST_POINTS).collect()),
        ("attacked, fooled", of_kind(true)),
        ("attacked, held", of_kind(false)),
    ];
    let groups = groups.into_iter().map(|(label, points)| Group { label: label.to_owned(), points });
    let plot = ScatterPlot {
        description: format!("Clean images and images under {} in two dimensions.", cell.method),
        x_label: x_label.to_owned(),
        y_label: y_label.to_owned(),
        groups: groups.filter(|group| !group.points.is_empty()).collect(),
        with_diagonal: false,
    };
    scatter(&plot, Size::SQUARE)
}

/// Images before and after the strongest attack, with the perturbation amplified.
fn examples(results: &AttackResults) -> Option<Picture> {
    const MOST: usize = 5;
    let cells = &results.cells;
    let clean = cells.first()?;
    let attack = methods(cells).into_iter().find(|method| *method != "noise")?;
    let of_attack = || cells.iter().filter(|cell| cell.method == attack);
    // The weakest strength that fools half, for at the strongest one everybody sees it.
    let cell = of_attack().find(|cell| cell.success >= 0.5).or_else(|| of_attack().next_back())?;
    let chosen: Vec<usize> =
        (0..cell.outcome.succeeded.len()).filter(|at| cell.outcome.succeeded[*at]).take(MOST).collect();
    if chosen.is_empty() {
        return None;
    }
    let rows: Vec<Vec<Thumbnail>> = chosen.iter().map(|at| triple(results, (clean, cell), *at)).collect();
    let scene = pictures(
        &format!("{} images before and after {attack}.", rows.len()),
        &["clean", "attacked", "change"],
        &rows,
        Size::COLUMN,
    );
    Some(Picture {
        name: "03-examples".to_owned(),
        scene,
        title: format!("Images that {attack} at ε = {} makes the network mistake", short(cell.epsilon)),
        reading: "Below each image what the network says, below the change by how much it is amplified: grey is none, black or white \
                  the largest."
            .to_owned(),
        caution: "Large images are thinned out.".to_owned(),
    })
}

fn triple(results: &AttackResults, (clean, cell): (&Cell, &Cell), at: usize) -> Vec<Thumbnail> {
    let shape = cell.outcome.images.shape();
    let (before, after): (Vec<f32>, Vec<f32>) =
        (clean.outcome.images.select(&[at]).into_values(), cell.outcome.images.select(&[at]).into_values());
    let largest =
        before.iter().zip(&after).fold(f32::MIN_POSITIVE, |largest, (a, b)| largest.max((b - a).abs()));
    let change: Vec<f32> = before.iter().zip(&after).map(|(a, b)| 0.5 + 0.5 * (b - a) / largest).collect();
    let said = |cell: &Cell| results.class_name(cell.outcome.predictions[at]);
    let labels = [said(clean), said(cell), format!("× {:.0}", 0.5 / largest)];
    [before, after, change]
        .into_iter()
        .zip(labels)
        .map(|(pixels, label)| Thumbnail {
            height: shape[1],
            width: shape[2],
            colors: pixels.chunks_exact(shape[3]).map(color).collect(),
            label,
        })
        .collect()
}

fn color(pixel: &[f32]) -> Color {
    #[expect(clippy::cast_sign_loss, reason = "pixels are cut to 0 to 1")]
    let byte = |at: usize| (pixel[at.min(pixel.len() - 1)].clamp(0.0, 1.0) * 255.0).round() as u8;
    Color(byte(0), byte(1), byte(2))
}

fn course_sheet(cells: &[Cell]) -> Sheet {
    let header = ["attack", "norm", "ε", "accuracy", "F1", "fooled", "mean size", "median size of successes"];
    let row = |cell: &Cell| {
        vec![
            cell.method.clone(),
            cell.norm.to_string(),
            short(cell.epsilon),
            format!("{:.1} %", 100.0 * cell.accuracy),
            format!("{:.3}", cell.f1),
            format!("{:.1} %", 100.0 * cell.success),
            format!("{:.4}", cell.mean_distance),
            cell.median_distance_of_successes.map_or_else(|| "–".to_owned(), |size| format!("{size:.4}")),
        ]
    };
    Sheet {
        title: "Strengths".to_owned(),
        note: "ε and sizes of perturbations in units of the pixel range 0 to 1, for l0 the share of the numbers changed.".to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: cells.iter().map(row).collect(),
    }
}

fn strength_sheet(results: &AttackResults) -> Sheet {
    let header = ["attack", "quantity", "layer", "depth", "Spearman with ε", "p", "strengths"];
    let rows = results.strengths.iter().map(|strength| {
        vec![
            strength.method.clone(),
            strength.quantity.clone(),
            strength.layer.clone(),
            format!("{:.2}", strength.depth),
            format!("{:+.2}", strength.spearman),
            format!("{:.3}", strength.p_value),
            strength.n_strengths.to_string(),
        ]
    });
    Sheet {
        title: "What goes with ε".to_owned(),
        note:
            "At the layer nearest to the middle and at the last hidden one; the clean images count as ε = 0."
                .to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}
