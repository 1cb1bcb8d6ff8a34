//! Rows as text.

use std::path::Path;

use super::atomic::write_atomically;
use super::provenance::Provenance;
use crate::Result;
use crate::error::Error;
use crate::profile::Row;

const COLUMNS: [&str; 14] = [
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
    "stamp",
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
    let failed = |error: csv::Error| Error::io("write", path, error.into());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(failed)?;
    for row in rows {
        writer.write_record(fields(row, &stamp)).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::io("write", path, error.into_error()))?;
    write_atomically(path, &bytes)
}

fn fields(row: &Row, stamp: &str) -> [String; 14] {
    fn or_empty<T: ToString>(value: Option<T>) -> String {
        value.map_or_else(String::new, |value| value.to_string())
    }
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
        stamp.to_owned(),
    ]
}
