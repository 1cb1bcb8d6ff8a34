//! Figures and the HTML report.
//!
//! [`ProfileReport`] holds what a profile has measured; [`render`] makes one self-contained HTML page of it,
//! [`figures`] the same pictures as SVG and PNG files for a paper. [`draw_diagrams`] draws the diagrams of one cloud,
//! [`draw_scales`] its dimension over scales.

#[cfg(test)]
mod documentation;
mod dynamics_report;
mod escape;
mod figure;
#[cfg(test)]
mod fixture;
mod generalization_report;
mod html;
mod layers_report;
mod number;
mod panel;
mod picture;
mod plot;
mod profile_report;
mod scales;
mod similarity;
mod study_page;

pub use dynamics_report::{DynamicsReport, Trajectory, write_dynamics_report};
pub use figure::{Figure, figures};
pub use generalization_report::write_generalization_report;
pub use html::render;
pub use layers_report::write_layers_report;
pub use number::plain as three_digits;
pub use picture::{PictureFormat, draw_diagrams};
pub use plot::{count_label, homology_symbol, last_value, longest};
pub use profile_report::{LayerDiagrams, ProfileReport};
pub use scales::{ScaleCurve, draw_scales};
pub use similarity::{LayerMatrix, draw_matrix};
