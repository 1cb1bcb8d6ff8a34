//! The last hidden layer in two dimensions.

use topolens::{PointCloud, PrincipalComponents};

use super::super::embedding::t_sne;
use super::super::strength::methods;
use super::super::study::Cell;
use super::short;
use crate::report::{Group, Picture, ScatterPlot, Scene, Size, scatter};

/// The last hidden layer's clouds in two dimensions, for the strongest attack of each kind.
pub(super) fn planes(cells: &[Cell]) -> Vec<Picture> {
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
