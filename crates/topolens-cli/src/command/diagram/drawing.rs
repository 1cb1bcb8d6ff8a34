//! What was found, as a picture and as text.

use std::path::Path;

use topolens::Diagram;
use topolens_lab::report::{PictureFormat, draw_diagrams};

use crate::terminal::{Screen, barcode, persistence_diagram, write_file};

/// Writes the picture of the diagrams of the file `points` to `path`.
pub(super) fn write_picture(path: &Path, points: &Path, diagrams: &[Diagram]) -> anyhow::Result<()> {
    let format = PictureFormat::of_file(path).unwrap_or(PictureFormat::Svg);
    let name = points.file_name().unwrap_or(points.as_os_str()).to_string_lossy();
    write_file(path, &draw_diagrams(&name, diagrams, format)?)
}

/// Barcode and, if it says more, persistence diagram, below an empty line.
pub(super) fn in_text(diagrams: &[Diagram], screen: Screen) -> String {
    let diagram =
        persistence_diagram(diagrams, screen).map_or_else(String::new, |diagram| format!("\n\n{diagram}"));
    format!("\n{}{diagram}", barcode(diagrams, screen))
}
