//! Rows as text.

use std::path::Path;

use super::atomic::write_atomically;
use super::provenance::Provenance;
use crate::Result;
use crate::error::Error;
use crate::profile::Row;

/// The columns of a row, in order.
pub(crate) const ROW_COLUMNS: [&str; 13] = [
    "layer",
    "layer_index",
    "depth",
    "epoch",
    "class",
    "descriptor",
    "homology_dimension",
    "value",
    "lower",
    "upper",
    "n_points",
    "n_features",
    "reason",
];

/// Writes a table with a row per number, the columns of the Parquet file; what is not known is empty. The last column stamps each row
/// with version, seed and checksum of the data.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_csv(path: &Path, rows: &[Row], provenance: &Provenance) -> Result<()> {
    let Provenance { version, seed, data, .. } = provenance;
    let stamp =
        format!("topolens {version}, seed {seed}, data {}", data.blake3.get(..16).unwrap_or_default());
    let header = ROW_COLUMNS.iter().copied().chain(["stamp"]).map(str::to_owned).collect();
    let line = |row: &Row| row_fields(row).into_iter().chain([stamp.clone()]).collect();
    write_lines(path, header, rows.iter().map(line))
}

/// Writes `header` and `lines`, each of as many cells.
pub(crate) fn write_lines(
    path: &Path,
    header: Vec<String>,
    lines: impl Iterator<Item = Vec<String>>,
) -> Result<()> {
    let failed = |error: csv::Error| Error::io("write", path, error.into());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in std::iter::once(header).chain(lines) {
        writer.write_record(line).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::io("write", path, error.into_error()))?;
    write_atomically(path, &bytes)
}

/// The value as text; nothing where it is not known.
pub(crate) fn or_empty<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// The cells of [`ROW_COLUMNS`]; what is not known is empty.
pub(crate) fn row_fields(row: &Row) -> [String; 13] {
    [
        row.layer.clone(),
        row.layer_index.to_string(),
        row.depth.to_string(),
        or_empty(row.epoch),
        row.class.label().to_owned(),
        row.descriptor.clone(),
        or_empty(row.homology_dimension),
        or_empty(row.value),
        or_empty(row.lower),
        or_empty(row.upper),
        row.n_points.to_string(),
        row.n_features.to_string(),
        row.reason.clone().unwrap_or_default(),
    ]
}
