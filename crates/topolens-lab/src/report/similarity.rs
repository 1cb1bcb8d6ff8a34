//! Layers of two networks against each other as a picture.

use super::picture::PictureFormat;
use super::plot::{HeatMap, Size, heat_map};
use crate::Result;

/// A measure between the layers of two networks.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerMatrix {
    /// The measure's name.
    pub measure: String,
    /// What the rows belong to, and the layers there.
    pub rows: (String, Vec<String>),
    /// What the columns belong to, and the layers there.
    pub columns: (String, Vec<String>),
    /// Row-major.
    pub values: Vec<f64>,
}

/// The matrix as coloured squares, as the content of a picture file one column of a paper wide.
///
/// # Errors
///
/// The picture cannot be encoded.
///
/// # Examples
///
/// ```
/// use topolens_lab::report::{LayerMatrix, PictureFormat, draw_matrix};
///
/// let names = |side: &str| (side.to_owned(), vec!["conv".to_owned(), "output".to_owned()]);
/// let matrix = LayerMatrix {
///     measure: "cka".to_owned(),
///     rows: names("a"),
///     columns: names("b"),
///     values: vec![0.9, 0.2, 0.3, 0.8],
/// };
/// assert!(draw_matrix(&matrix, PictureFormat::Svg)?.starts_with(b"<svg "));
/// # Ok::<(), topolens_lab::Error>(())
/// ```
pub fn draw_matrix(matrix: &LayerMatrix, format: PictureFormat) -> Result<Vec<u8>> {
    format.encode(&heat_map(&map(matrix), Size::SQUARE))
}

/// The matrix, ready to be drawn.
pub(super) fn map(matrix: &LayerMatrix) -> HeatMap<'_> {
    let ((row_label, row_names), (column_label, column_names)) = (&matrix.rows, &matrix.columns);
    HeatMap {
        description: format!("{} between the layers of {row_label} and {column_label}.", matrix.measure),
        title: &matrix.measure,
        row_names,
        column_names,
        row_label,
        column_label,
        values: &matrix.values,
        is_square: true,
    }
}
