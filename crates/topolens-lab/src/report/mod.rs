//! Figures and the HTML report.
//!
//! [`ProfileReport`] holds what a profile has measured; [`render`] makes one self-contained HTML page of it,
//! [`figures`] the same pictures as SVG and PNG files for a paper.

mod escape;
mod figure;
#[cfg(test)]
mod fixture;
mod html;
mod number;
mod panel;
mod plot;
mod profile_report;

pub use figure::{Figure, figures};
pub use html::render;
pub use profile_report::{LayerDiagrams, ProfileReport};
