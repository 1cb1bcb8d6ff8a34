//! Dimension over scales, as a picture and as text.

use std::path::Path;

use topolens::ScaleEstimate;
use topolens_lab::report::{
    DimensionPage, PictureFormat, ScaleCurve, draw_scales, render_dimension, three_digits,
};

use super::estimates::Found;

use crate::terminal::{Screen, with_uncertainty, write_file};

/// Scales by the estimator that has them.
type Scales = [(&'static str, Vec<ScaleEstimate>)];

/// Writes the picture of the scales of the file `points` to `path`.
pub(super) fn write_scales(path: &Path, points: &Path, scales: &Scales) -> anyhow::Result<()> {
    let format = PictureFormat::of_file(path).unwrap_or(PictureFormat::Svg);
    write_file(path, &draw_scales(&name(points), &curves(scales), format)?)
}

/// The page of what was found in the file `points`.
pub(super) fn page(found: &Found, points: &Path, provenance: Vec<(String, String)>) -> String {
    render_dimension(&DimensionPage {
        name: name(points),
        n_points: found.n_points,
        n_features: found.n_features,
        estimates: &found.estimates,
        scales: curves(&found.scales),
        provenance,
    })
}

fn name(points: &Path) -> String {
    points.file_name().unwrap_or(points.as_os_str()).to_string_lossy().into_owned()
}

fn curves(scales: &Scales) -> Vec<ScaleCurve> {
    let curve = |(name, scales): &(&str, Vec<ScaleEstimate>)| ScaleCurve {
        label: (*name).to_owned(),
        points: scales.iter().map(|scale| (scale.distance, scale.estimate)).collect(),
    };
    scales.iter().map(curve).collect()
}

/// A bar for every scale, from 0, below an empty line.
pub(super) fn scales_in_text(scales: &Scales, screen: Screen) -> String {
    scales.iter().map(|(name, scales)| curve_in_text(name, scales, screen)).collect::<Vec<_>>().join("\n")
}

fn curve_in_text(name: &str, scales: &[ScaleEstimate], screen: Screen) -> String {
    let labels: Vec<[String; 3]> = scales.iter().map(cells).collect();
    let width = |column: usize| labels.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0).max(10), width(1).max(8), width(2)];
    let n_cells = screen.width.saturating_sub(widths.iter().sum::<usize>() + 8).max(10);
    let largest = scales.iter().map(|scale| scale.estimate.value).fold(0.0, f64::max);
    let mut lines = vec![format!(
        "\n{name} over scales\n  {:>2$}  {:>3$}",
        "neighbours", "distance", widths[0], widths[1]
    )];
    for (scale, [rank, distance, dimension]) in scales.iter().zip(&labels) {
        let bar = screen.painted(0, &bar(scale.estimate.value / largest, n_cells));
        let [a, b, c] = widths;
        lines.push(format!("  {rank:>a$}  {distance:>b$}  {dimension:>c$}  {bar}"));
    }
    lines.join("\n")
}

fn cells(scale: &ScaleEstimate) -> [String; 3] {
    let estimate = &scale.estimate;
    [
        scale.n_neighbors.to_string(),
        three_digits(scale.distance),
        with_uncertainty(Some(estimate.value), Some(estimate.lower), Some(estimate.upper)),
    ]
}

/// A part of `n_cells` characters, to half a character.
#[expect(clippy::cast_sign_loss, reason = "a part is not negative")]
fn bar(part: f64, n_cells: usize) -> String {
    let halves = (part * 2.0 * n_cells as f64).round() as usize;
    format!("{}{}", "━".repeat(halves / 2), if halves % 2 == 1 { "╸" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_parts_of_the_largest() {
        assert_eq!(bar(1.0, 4), "━━━━");
        assert_eq!(bar(0.4, 4), "━╸");
        assert_eq!(bar(0.0, 4), "");
    }
}
