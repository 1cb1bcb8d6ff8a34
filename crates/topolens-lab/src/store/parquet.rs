//! Tidy rows as Parquet.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::{Field, Row as Record};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::Type;

use super::atomic::write_atomically;
use crate::Result;
use crate::error::{Error, ErrorKind};
use crate::profile::{Row, Scope};

/// The columns, in the order in which they are written.
///
/// `class` is null except where `scope` is `class`, so that a class may be called "global".
const SCHEMA: &str = "message topolens_rows {
    required binary layer (STRING);
    required int64 layer_index;
    required double depth;
    optional int64 epoch;
    required binary scope (STRING);
    optional binary class (STRING);
    required binary descriptor (STRING);
    optional int64 homology_dimension;
    optional double value;
    optional double lower;
    optional double upper;
    required int64 n_points;
    required int64 n_features;
    optional binary reason (STRING);
}";

/// The file's schema, stored with the metadata under `schema`.
pub const ROWS_SCHEMA: &str = "topolens.rows/1";

/// Rows read back, with the metadata of their file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The rows in the order of the file.
    pub rows: Vec<Row>,
    /// Names and values, such as the command and the seeds; `schema` among them.
    pub metadata: Vec<(String, String)>,
}

/// Writes rows as a Parquet file (Snappy) whose key-value metadata say where they come from.
///
/// # Errors
///
/// The file cannot be written.
///
/// # Examples
///
/// ```
/// use topolens_lab::store::parquet::{read_rows, write_rows};
///
/// let path = std::env::temp_dir().join(format!("topolens-rows-{}.parquet", std::process::id()));
/// write_rows(&path, &[], &[("Seed".to_owned(), "7".to_owned())])?;
/// let table = read_rows(&path)?;
/// assert_eq!(table.metadata[1], ("Seed".to_owned(), "7".to_owned()));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_rows(path: &Path, rows: &[Row], metadata: &[(String, String)]) -> Result<()> {
    let bytes = encode(rows, metadata).map_err(|source| failed(path, source))?;
    write_atomically(path, &bytes)
}

/// Reads a file written by [`write_rows`].
///
/// # Errors
///
/// The file is absent, damaged, or has other columns.
pub fn read_rows(path: &Path) -> Result<Table> {
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let reader = SerializedFileReader::new(file).map_err(|source| failed(path, source))?;
    let found = reader.metadata().file_metadata();
    let schema = schema().map_err(|source| failed(path, source))?;
    if found.schema().get_fields() != schema.get_fields() {
        return Err(Error::new(ErrorKind::NotRows { path: path.into() }));
    }
    let pairs = found.key_value_metadata().into_iter().flatten();
    let metadata = pairs.map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default())).collect();
    let rows = decode(&reader).map_err(|source| failed(path, source))?;
    Ok(Table { rows, metadata })
}

fn failed(path: &Path, source: ParquetError) -> Error {
    Error::new(ErrorKind::Parquet { path: path.into(), source })
}

fn schema() -> std::result::Result<Arc<Type>, ParquetError> {
    parse_message_type(SCHEMA).map(Arc::new)
}

fn encode(rows: &[Row], metadata: &[(String, String)]) -> std::result::Result<Vec<u8>, ParquetError> {
    let mut pairs = vec![KeyValue::new("schema".to_owned(), ROWS_SCHEMA.to_owned())];
    pairs.extend(metadata.iter().map(|(name, value)| KeyValue::new(name.clone(), value.clone())));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("topolens {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(pairs))
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema()?, Arc::new(properties))?;
    Columns { group: writer.next_row_group()?, rows }.write_all()?;
    writer.into_inner()
}

struct Columns<'a, 'w> {
    group: SerializedRowGroupWriter<'w, Vec<u8>>,
    rows: &'a [Row],
}

impl Columns<'_, '_> {
    fn write_all(mut self) -> std::result::Result<(), ParquetError> {
        self.text(|row| Some(&row.layer))?;
        self.integer(|row| Some(row.layer_index))?;
        self.number(|row| Some(row.depth))?;
        self.integer(|row| row.epoch)?;
        self.text(|row| Some(scope_word(&row.class)))?;
        self.text(|row| class_name(&row.class))?;
        self.text(|row| Some(&row.descriptor))?;
        self.integer(|row| row.homology_dimension)?;
        self.number(|row| row.value)?;
        self.number(|row| row.lower)?;
        self.number(|row| row.upper)?;
        self.integer(|row| Some(row.n_points))?;
        self.integer(|row| Some(row.n_features))?;
        self.text(|row| row.reason.as_deref())?;
        self.group.close().map(drop)
    }

    fn text(&mut self, get: impl Fn(&Row) -> Option<&str>) -> std::result::Result<(), ParquetError> {
        self.column::<ByteArrayType>(|row| get(row).map(ByteArray::from))
    }

    fn integer(&mut self, get: impl Fn(&Row) -> Option<usize>) -> std::result::Result<(), ParquetError> {
        self.column::<Int64Type>(|row| get(row).and_then(|count| i64::try_from(count).ok()))
    }

    fn number(&mut self, get: impl Fn(&Row) -> Option<f64>) -> std::result::Result<(), ParquetError> {
        self.column::<DoubleType>(get)
    }

    /// The next column: its values without the nulls, and where the nulls are. A required column ignores the levels.
    fn column<T: DataType>(
        &mut self,
        get: impl Fn(&Row) -> Option<T::T>,
    ) -> std::result::Result<(), ParquetError> {
        let cells: Vec<Option<T::T>> = self.rows.iter().map(get).collect();
        let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
        let values: Vec<T::T> = cells.into_iter().flatten().collect();
        let missing = || ParquetError::General("bug: more columns than the schema has".to_owned());
        let mut writer = self.group.next_column()?.ok_or_else(missing)?;
        writer.typed::<T>().write_batch(&values, Some(&levels), None)?;
        writer.close()
    }
}

fn scope_word(scope: &Scope) -> &'static str {
    match scope {
        Scope::Global => "global",
        Scope::Local => "local",
        Scope::Class(_) => "class",
    }
}

fn class_name(scope: &Scope) -> Option<&str> {
    match scope {
        Scope::Class(name) => Some(name),
        Scope::Global | Scope::Local => None,
    }
}

fn decode(reader: &SerializedFileReader<File>) -> std::result::Result<Vec<Row>, ParquetError> {
    reader.get_row_iter(None)?.map(|record| record.map(row)).collect()
}

/// The row of a record whose columns are those of [`SCHEMA`].
fn row(record: Record) -> Row {
    let mut fields = record.into_columns().into_iter().map(|(_, field)| field);
    let mut next = || fields.next().unwrap_or(Field::Null);
    Row {
        layer: text(next()).unwrap_or_default(),
        layer_index: count(&next()).unwrap_or_default(),
        depth: number(&next()).unwrap_or_default(),
        epoch: count(&next()),
        class: scope(&next(), text(next())),
        descriptor: text(next()).unwrap_or_default(),
        homology_dimension: count(&next()),
        value: number(&next()),
        lower: number(&next()),
        upper: number(&next()),
        n_points: count(&next()).unwrap_or_default(),
        n_features: count(&next()).unwrap_or_default(),
        reason: text(next()),
    }
}

fn scope(word: &Field, class: Option<String>) -> Scope {
    match (word, class) {
        (_, Some(name)) => Scope::Class(name),
        (Field::Str(word), None) if word == "local" => Scope::Local,
        _ => Scope::Global,
    }
}

fn text(field: Field) -> Option<String> {
    match field {
        Field::Str(text) => Some(text),
        _ => None,
    }
}

fn count(field: &Field) -> Option<usize> {
    match field {
        Field::Long(count) => usize::try_from(*count).ok(),
        _ => None,
    }
}

fn number(field: &Field) -> Option<f64> {
    match field {
        Field::Double(number) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let base = Row {
            layer: "block1 <é>".to_owned(),
            layer_index: 0,
            depth: 0.1,
            epoch: Some(3),
            class: Scope::Global,
            descriptor: "lifespans-sum".to_owned(),
            homology_dimension: Some(1),
            value: Some(1.0 / 3.0),
            lower: Some(-0.25),
            upper: None,
            n_points: 250,
            n_features: 64,
            reason: None,
        };
        let undefined = Row {
            class: Scope::Class("global".to_owned()),
            epoch: None,
            homology_dimension: None,
            value: None,
            lower: None,
            reason: Some("one point".to_owned()),
            ..base.clone()
        };
        vec![base.clone(), Row { class: Scope::Local, ..base }, undefined]
    }

    fn written(rows: &[Row]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        let metadata = [("command".to_owned(), "topolens profile \"a b\"".to_owned())];
        write_rows(&path, rows, &metadata).unwrap();
        (folder, path)
    }

    #[test]
    fn rows_and_metadata_come_back() {
        let (_folder, path) = written(&rows());
        let table = read_rows(&path).unwrap();
        assert_eq!(table.rows, rows());
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = [pair("schema", "topolens.rows/1"), pair("command", "topolens profile \"a b\"")];
        assert_eq!(table.metadata, expected);
    }

    #[test]
    fn no_rows_is_a_table_without_rows() {
        let (_folder, path) = written(&[]);
        assert_eq!(read_rows(&path).unwrap().rows, []);
    }

    #[test]
    fn same_rows_same_bytes() {
        let (_first, a) = written(&rows());
        let (_second, b) = written(&rows());
        assert_eq!(std::fs::read(a).unwrap(), std::fs::read(b).unwrap());
    }

    #[test]
    fn text_columns_are_strings_to_other_readers() {
        let schema = schema().unwrap();
        for field in schema.get_fields() {
            let text = field.get_physical_type() == parquet::basic::Type::BYTE_ARRAY;
            let logical = field.get_basic_info().logical_type_ref();
            assert_eq!(text, logical == Some(&parquet::basic::LogicalType::String), "{}", field.name());
        }
    }

    #[test]
    fn damaged_and_foreign_files_are_named() {
        let (folder, path) = written(&rows());
        let bytes = std::fs::read(&path).unwrap();
        for length in [0, 3, bytes.len() / 2, bytes.len() - 1] {
            std::fs::write(&path, &bytes[..length]).unwrap();
            let message = read_rows(&path).unwrap_err().to_string();
            assert!(message.contains("rows.parquet"), "{message}");
        }
        assert!(read_rows(&folder.path().join("absent")).unwrap_err().to_string().contains("No such file"));
    }

    #[test]
    fn a_table_with_other_columns_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.parquet");
        let schema = Arc::new(parse_message_type("message other { required double depth; }").unwrap());
        let file = File::create(&path).unwrap();
        let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&[1.0], None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        let message = read_rows(&path).unwrap_err().to_string();
        assert!(message.contains("other.parquet") && message.contains("topolens.rows/1"), "{message}");
    }
}
