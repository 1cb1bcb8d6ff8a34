//! Tables of measures as files.

use std::fs::File;
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::baseline::baselines;
use super::{HyperParameter, Measure, MeasureKind, MeasureTable};
use crate::Result;
use crate::error::{Error, ErrorKind, TableProblem};
use crate::store::csv::write_lines;

/// Columns of text: their heads and a cell per row, empty where nothing is known.
struct Columns {
    names: Vec<String>,
    cells: Vec<Vec<String>>,
}

/// Reads a CSV or Parquet file with a row per network.
///
/// The column `test_error` is needed, `train_error` may be there, `hp_*` are hyper-parameters, `network` names the rows, `seed` is left
/// out; every other column is a measure, a baseline if it is called as one of [`baselines`] or `baseline_*`. Empty cells are undefined.
/// Returns the table and the columns that hold text and are left out.
///
/// # Errors
///
/// The file cannot be read, has no column `test_error`, fewer than four rows, or a cell of an error that is no share.
pub fn read_table(path: &Path) -> Result<(MeasureTable, Vec<String>)> {
    let is_parquet = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"));
    let columns = if is_parquet { read_parquet(path)? } else { read_csv(path)? };
    to_table(columns).map_err(|problem| Error::new(ErrorKind::Table { path: path.into(), problem }))
}

fn read_csv(path: &Path) -> Result<Columns> {
    let damaged = |error: csv::Error| {
        let problem = TableProblem::Damaged { reason: error.to_string() };
        Error::new(ErrorKind::Table { path: path.into(), problem })
    };
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    let names: Vec<String> = reader.headers().map_err(damaged)?.iter().map(str::to_owned).collect();
    let mut cells = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let record = record.map_err(damaged)?;
        cells.iter_mut().zip(record.iter()).for_each(|(column, cell)| column.push(cell.to_owned()));
    }
    Ok(Columns { names, cells })
}

fn read_parquet(path: &Path) -> Result<Columns> {
    let failed = |source| Error::new(ErrorKind::Parquet { path: path.into(), source });
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let reader = SerializedFileReader::new(file).map_err(failed)?;
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let mut cells = vec![Vec::new(); names.len()];
    for row in reader.get_row_iter(None).map_err(failed)? {
        let row = row.map_err(failed)?;
        for (column, (_, field)) in cells.iter_mut().zip(row.get_column_iter()) {
            column.push(match field {
                Field::Null => String::new(),
                Field::Str(text) => text.clone(),
                other => other.to_string(),
            });
        }
    }
    Ok(Columns { names, cells })
}

fn to_table(columns: Columns) -> std::result::Result<(MeasureTable, Vec<String>), TableProblem> {
    const FEWEST: usize = 4;
    let mut names = columns.names.clone();
    names.sort();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(TableProblem::Twice { name: twice[0].clone() });
    }
    let n_rows = columns.cells.first().map_or(0, Vec::len);
    let mut table = MeasureTable {
        networks: (0..n_rows).map(|row| row.to_string()).collect(),
        ..MeasureTable::default()
    };
    let (mut test_error, mut left_out) = (None, Vec::new());
    for (name, cells) in columns.names.into_iter().zip(columns.cells) {
        match name.as_str() {
            "network" => table.networks = cells,
            "test_error" => test_error = Some(shares("test_error", &cells)?),
            "train_error" => table.train_error = Some(shares("train_error", &cells)?),
            "seed" => {}
            _ => match name.strip_prefix("hp_") {
                Some(hyper) => {
                    table.hyper_parameters.push(HyperParameter { name: hyper.to_owned(), levels: cells });
                }
                None => match numbers(&cells) {
                    Ok(values) => table.measures.push(Measure { kind: kind(&name), name, values }),
                    Err((row, text)) => left_out.push(format!("{name} (row {row}: {text:?})")),
                },
            },
        }
    }
    table.test_error = test_error.ok_or(TableProblem::NoTestError)?;
    if n_rows < FEWEST {
        return Err(TableProblem::TooFewNetworks { got: n_rows, needed: FEWEST });
    }
    table.hyper_parameters.retain(|hyper| hyper.distinct().len() > 1);
    Ok((table, left_out))
}

fn kind(name: &str) -> MeasureKind {
    let is_baseline = name.starts_with("baseline_") || baselines().iter().any(|known| known.name == name);
    if is_baseline { MeasureKind::Baseline } else { MeasureKind::Descriptor }
}

fn shares(column: &'static str, cells: &[String]) -> std::result::Result<Vec<f64>, TableProblem> {
    let parse = |(row, cell): (usize, &String)| {
        let share = cell.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
        share.ok_or_else(|| TableProblem::NotAShare { column, row: row + 1, found: cell.clone() })
    };
    cells.iter().enumerate().map(parse).collect()
}

/// The cells as numbers; the first row that holds something else, counted from 1, with what it holds.
fn numbers(cells: &[String]) -> std::result::Result<Vec<Option<f64>>, (usize, String)> {
    let parse = |(row, cell): (usize, &String)| match cell.to_ascii_lowercase().as_str() {
        "" | "nan" | "na" | "null" | "none" => Ok(None),
        text => match text.parse::<f64>() {
            Ok(number) => Ok(Some(number).filter(|number| number.is_finite())),
            Err(_) => Err((row + 1, cell.clone())),
        },
    };
    cells.iter().enumerate().map(parse).collect()
}

/// Writes a table as CSV, so that [`read_table`] gives it back.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_table(path: &Path, table: &MeasureTable) -> Result<()> {
    let mut header = vec!["network".to_owned()];
    header.extend(table.hyper_parameters.iter().map(|hyper| format!("hp_{}", hyper.name)));
    header.extend(table.train_error.iter().map(|_| "train_error".to_owned()));
    header.push("test_error".to_owned());
    header.extend(table.measures.iter().map(|measure| measure.name.clone()));
    let line = |row: usize| {
        let mut line = vec![table.networks[row].clone()];
        line.extend(table.hyper_parameters.iter().map(|hyper| hyper.levels[row].clone()));
        line.extend(table.train_error.iter().map(|error| error[row].to_string()));
        line.push(table.test_error[row].to_string());
        let cell =
            |measure: &Measure| measure.values[row].map_or_else(String::new, |value| value.to_string());
        line.extend(table.measures.iter().map(cell));
        line
    };
    write_lines(path, header, (0..table.len()).map(line))
}

#[cfg(test)]
mod tests {
    use super::super::table::example;
    use super::*;

    fn read(text: &str) -> Result<(MeasureTable, Vec<String>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("measures.csv");
        std::fs::write(&path, text).unwrap();
        read_table(&path)
    }

    #[test]
    fn a_table_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("measures.csv");
        let mut table = example(9);
        table.measures[1].values[4] = None;
        write_table(&path, &table).unwrap();
        assert_eq!(read_table(&path).unwrap(), (table, Vec::new()));
    }

    #[test]
    fn text_and_constant_settings_are_left_out() {
        let text =
            "test_error,hp_lr,hp_same,note,e0\n.1,1,x,good,3\n.2,2,x,,nan\n.3,1,x,bad,5\n.4,2,x,bad,7\n";
        let (table, left_out) = read(text).unwrap();
        assert_eq!(left_out, ["note (row 1: \"good\")"]);
        assert_eq!(table.hyper_parameters.len(), 1);
        assert_eq!(table.measures[0].values, [Some(3.0), None, Some(5.0), Some(7.0)]);
        assert_eq!(table.gap(), None);
    }

    #[test]
    fn what_is_no_table_is_named() {
        for (text, word) in [
            ("a,b\n1,2\n", "test_error"),
            ("test_error\n.1\n.2\n.3\n", "4"),
            ("test_error\n.1\n.2\n.3\n12\n", "row 4"),
            ("test_error\n.1\n.2\n.3\nhigh\n", "high"),
            ("test_error,a\n.1,2,3\n", "measures.csv"),
            ("test_error,a,a\n.1,2,3\n", "twice"),
        ] {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains(word), "{text}: {message}");
        }
    }
}
