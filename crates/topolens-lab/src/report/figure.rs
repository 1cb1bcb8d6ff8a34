//! The figures of a report as files.

use super::number::epoch_name;
use super::panel::PANELS;
use super::picture::counts;
use super::plot::{
    Scene, Size, barcode, curves, loops_on_plane, persistence_diagram, to_pdf, to_png, to_svg,
};
use super::profile_report::{LayerDiagrams, ProfileReport, sketched};
use crate::Result;
use crate::profile::LoopSketch;

/// One picture in three formats, at the width of a column of text (85 mm).
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// A name that can be a file's: lower-case letters, digits and hyphens.
    pub name: String,
    /// Scalable.
    pub svg: String,
    /// At 300 dots per inch.
    pub png: Vec<u8>,
    /// Scalable, for papers.
    pub pdf: Vec<u8>,
}

/// The figures of a report: one for each quantity measured, a diagram and a barcode for each layer, the longest loops at the last epoch.
///
/// # Errors
///
/// A picture cannot be encoded.
///
/// # Examples
///
/// ```
/// use topolens_lab::report::{ProfileReport, figures};
///
/// assert!(figures(&ProfileReport::default())?.is_empty());
/// # Ok::<(), topolens_lab::Error>(())
/// ```
pub fn figures(report: &ProfileReport) -> Result<Vec<Figure>> {
    let panels = PANELS.iter().filter_map(|panel| {
        let plot = panel.plot(&report.rows)?;
        Some(figure(panel.name.to_owned(), &curves(&plot, Size::COLUMN)))
    });
    let layers = report.layers.iter().enumerate().flat_map(|(at, layer)| {
        let place = format!("{:02}-{}", at + 1, slug(layer));
        [
            figure(format!("diagram-{place}"), &diagram_of(layer, Size::SQUARE)),
            figure(format!("barcode-{place}"), &barcode_of(layer, Size::COLUMN)),
        ]
    });
    let loops = sketched(&report.layers).into_iter().enumerate().map(|(at, (layer, sketch))| {
        figure(format!("loops-{:02}-{}", at + 1, slug(layer)), &loops_of(layer, sketch))
    });
    panels.chain(layers).chain(loops).collect()
}

/// The persistence diagram of a layer.
pub(crate) fn diagram_of(layer: &LayerDiagrams, size: Size) -> Scene {
    persistence_diagram(&describe("Persistence diagram", layer), &layer.diagrams, size)
}

/// The barcode of a layer.
pub(crate) fn barcode_of(layer: &LayerDiagrams, size: Size) -> Scene {
    barcode(&describe("Barcode", layer), &layer.diagrams, size)
}

/// The longest loops of a layer on a plane.
pub(crate) fn loops_of(layer: &LayerDiagrams, sketch: &LoopSketch) -> Scene {
    let n_loops = sketch.loops.len();
    let description = format!(
        "{} points of layer {}, {}, on a plane, and the {} that live{} longest.",
        sketch.rows.len(),
        layer.layer,
        epoch_name(layer.epoch),
        if n_loops == 1 { "loop".to_owned() } else { format!("{n_loops} loops") },
        if n_loops == 1 { "s" } else { "" }
    );
    loops_on_plane(&description, sketch, Size::PLANE)
}

fn describe(what: &str, layer: &LayerDiagrams) -> String {
    format!("{what} of layer {}, {}: {}.", layer.layer, epoch_name(layer.epoch), counts(&layer.diagrams))
}

fn figure(name: String, scene: &Scene) -> Result<Figure> {
    Ok(Figure { name, svg: to_svg(scene), png: to_png(scene)?, pdf: to_pdf(scene) })
}

/// The layer and epoch with nothing that a file name cannot hold.
pub(crate) fn slug(layer: &LayerDiagrams) -> String {
    let epoch = layer.epoch.map_or_else(String::new, |epoch| format!("-epoch-{epoch}"));
    let safe = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let name: String = layer.layer.chars().map(safe).take(40).collect();
    format!("{name}{epoch}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{report, sketch};

    #[test]
    fn one_for_each_quantity_and_two_for_each_layer() {
        let figures = figures(&report(2, &[Some(0), Some(12)], 2)).unwrap();
        let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
        assert_eq!(names[..3], ["e0", "e1", "e0-over-null"]);
        assert_eq!(names[8..10], ["diagram-01-block1-epoch-0", "barcode-01-block1-epoch-0"]);
        assert_eq!(names.len(), 8 + 2 * 4);
        for figure in &figures {
            assert!(figure.svg.starts_with("<svg ") && figure.svg.ends_with("</svg>"), "{}", figure.name);
            assert!(figure.png.starts_with(b"\x89PNG"), "{}", figure.name);
        }
    }

    #[test]
    fn loops_are_drawn_at_the_last_epoch() {
        let mut report = report(2, &[Some(0), Some(12)], 0);
        for layer in &mut report.layers {
            layer.loops = Some(sketch(50, 10));
        }
        let figures = figures(&report).unwrap();
        let loops: Vec<&Figure> = figures.iter().filter(|figure| figure.name.starts_with("loops")).collect();
        assert_eq!(
            loops.iter().map(|figure| figure.name.as_str()).collect::<Vec<_>>(),
            ["loops-01-block1-epoch-12", "loops-02-block2-epoch-12"]
        );
        // Images are dots in files that have no place for one.
        assert!(
            loops[0].svg.contains("<image ") && loops[0].png.len() > 20_000 && loops[0].pdf.len() > 20_000
        );
    }

    #[test]
    fn names_can_be_files() {
        let mut report = report(1, &[None], 0);
        report.layers[0].layer = format!("../é/{}", "Conv2d ".repeat(30));
        let figures = figures(&report).unwrap();
        assert_eq!(figures[8].name, "diagram-01------conv2d-conv2d-conv2d-conv2d-conv2d-");
    }

    #[test]
    fn same_report_same_bytes() {
        let report = report(1, &[Some(1), Some(2)], 2);
        assert_eq!(figures(&report).unwrap(), figures(&report).unwrap());
    }
}
