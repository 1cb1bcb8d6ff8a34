//! Figures and the HTML report.
//!
//! [`ProfileReport`] holds what a profile has measured; [`render`] makes one self-contained HTML page of it,
//! [`figures`] the same pictures as SVG and PNG files for a paper. [`draw_diagrams`] draws the diagrams of one cloud,
//! [`draw_scales`] its dimension over scales.

mod comparison_page;
mod contrast;
mod dimension_page;
#[cfg(test)]
mod documentation;
mod escape;
mod figure;
#[cfg(test)]
pub(crate) mod fixture;
mod html;
mod number;
mod panel;
mod picture;
mod plot;
mod profile_report;
mod scales;
mod similarity;
mod study_page;
mod terms;

pub use comparison_page::{PairPage, render_matrix, render_pair};
pub use dimension_page::{DimensionPage, render_dimension};
pub use figure::{Figure, figures};
pub use html::render;
pub use number::plain as three_digits;
pub use picture::{PictureFormat, draw_diagrams};
pub use plot::{count_label, homology_symbol, last_value, longest};
pub use profile_report::{LayerDiagrams, ProfileReport};
pub use scales::{ScaleCurve, draw_scales};
pub use similarity::{LayerMatrix, draw_matrix};

pub(crate) use contrast::{Contrast, Measured, told_contrast};
pub(crate) use html::{Picture, Sheet};
pub(crate) use number::{depth as shown_depth, epoch_name, estimate, plain};
pub(crate) use panel::{PANELS, Panel, layer_names};
pub(crate) use plot::{
    Color, CurvePlot, Group, HeatMap, Horizontal, Point, ScatterPlot, Scene, Series, Size, Thumbnail, curves,
    epoch_color, heat_map, level_color, pictures, scatter,
};
pub(crate) use study_page::{StudyPage, cautions_of_curves, failures};
