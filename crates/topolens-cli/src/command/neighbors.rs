//! `topolens neighbors`.

use std::ops::Range;
use std::path::Path;

use serde_json::{Value, json};
use topolens::{Gride, Metric, MetricCloud, Mle, NamedEstimate, NeighborTable, Scalar, TwoNn};
use topolens_lab::input::MatrixFile;
use topolens_lab::report::three_digits;
use topolens_lab::store::npy_bytes;

use super::dimension::estimate;
use super::points::{OnMatrix, cloud, on_matrix};
use crate::arguments::{NeighborMetric, NeighborsArguments};
use crate::memory;
use crate::output_files::ensure_files;
use crate::terminal::{Table, note, print, print_json, with_uncertainty, write_file, write_json};

pub(crate) fn run(arguments: &NeighborsArguments) -> anyhow::Result<()> {
    let points = arguments.points.as_path();
    let files =
        [("--distances", &arguments.distances), ("--indices", &arguments.indices), ("--out", &arguments.out)];
    ensure_files(&files.map(|(flag, path)| (flag, path.as_deref())), &[points])?;
    let (table, n_features) = find(arguments)?;
    let found = Found::new(&table, n_features);
    let document = found.document();
    if let Some(path) = &arguments.out {
        write_json(path, &document)?;
    }
    write_neighbors(&table, arguments.distances.as_deref(), arguments.indices.as_deref())?;
    if arguments.common.json { print_json(&document) } else { print(&found.table().to_string()) }
}

/// Writes distances and row numbers as matrices, where that is asked for.
pub(super) fn write_neighbors(
    table: &NeighborTable,
    distances: Option<&Path>,
    indices: Option<&Path>,
) -> anyhow::Result<()> {
    if let Some(path) = distances {
        let rows = (0..table.n_points()).flat_map(|point| table.distances(point)).copied();
        write_file(path, &npy_bytes(&rows.collect::<Vec<f64>>(), table.n_points())?)?;
    }
    if let Some(path) = indices {
        let rows = (0..table.n_points()).flat_map(|point| table.indices(point)).map(|&index| index as u64);
        write_file(path, &npy_bytes(&rows.collect::<Vec<u64>>(), table.n_points())?)?;
    }
    Ok(())
}

/// The table of neighbours and the number of features: of the whole cloud if it fits into memory, else part by part.
fn find(arguments: &NeighborsArguments) -> anyhow::Result<(NeighborTable, usize)> {
    let points = arguments.points.as_path();
    let n_bytes = std::fs::metadata(points).map_or(0, |file| file.len());
    let limit = arguments.memory.or_else(memory::available);
    // Bytes, numbers and the work on them.
    if limit.is_none_or(|limit| 3 * n_bytes <= limit) {
        return on_matrix(points, Whole { arguments, points });
    }
    let file = MatrixFile::open(points)?;
    let in_parts = Parts::new(&file, arguments, limit.unwrap_or(u64::MAX))?;
    note(&format!(
        "{} does not fit into {}: read in {} parts of {} points, {} times in all",
        points.display(),
        memory::in_words(limit.unwrap_or(u64::MAX)),
        in_parts.count,
        in_parts.size,
        in_parts.n_reads()
    ));
    let n_features = file.n_columns;
    let table = if file.is_single() { in_parts.find::<f32>(file)? } else { in_parts.find::<f64>(file)? };
    Ok((table, n_features))
}

struct Whole<'a> {
    arguments: &'a NeighborsArguments,
    points: &'a Path,
}

impl OnMatrix for Whole<'_> {
    type Output = (NeighborTable, usize);

    fn run<S: Scalar>(
        self,
        values: Vec<S>,
        n_points: usize,
        n_features: usize,
    ) -> anyhow::Result<Self::Output> {
        let cloud = cloud(self.points, values, n_points, n_features)?;
        let n_neighbors = self.arguments.neighbors;
        let table = match self.arguments.metric {
            NeighborMetric::Euclidean => NeighborTable::new(&cloud, n_neighbors)?,
            NeighborMetric::Cosine => {
                NeighborTable::new(&MetricCloud::new(&cloud, Metric::Cosine)?, n_neighbors)?
            }
        };
        Ok((table, n_features))
    }
}

/// How a file is read that does not fit into memory.
struct Parts {
    n_points: usize,
    n_neighbors: usize,
    size: usize,
    count: usize,
}

impl Parts {
    fn new(file: &MatrixFile, arguments: &NeighborsArguments, limit: u64) -> anyhow::Result<Self> {
        anyhow::ensure!(
            arguments.metric == NeighborMetric::Euclidean,
            "--metric cosine needs the whole file in memory: allow more with --memory, or scale the rows to length 1 and leave \
             --metric out"
        );
        let (n_points, n_neighbors) = (file.n_rows, arguments.neighbors);
        let lists = (n_points * (40 * n_neighbors + 64)) as u64;
        // Its bytes beside its numbers, itself, another, and both together.
        let of_point = (file.n_columns * if file.is_single() { 24 } else { 40 }) as u64;
        let left = limit.saturating_sub(lists);
        let size = usize::try_from(left / of_point.max(1)).unwrap_or(usize::MAX) / 256 * 256;
        anyhow::ensure!(
            size > 0,
            "{} for the lists of neighbours and two parts of 256 points exceed the {} that may be used: lower --neighbors, or allow \
             more with --memory",
            memory::in_words(lists + 256 * of_point),
            memory::in_words(limit)
        );
        Ok(Self { n_points, n_neighbors, size, count: n_points.div_ceil(size) })
    }

    fn n_reads(&self) -> usize {
        self.count * (self.count + 1) / 2
    }

    fn find<S: Scalar>(&self, mut file: MatrixFile) -> anyhow::Result<NeighborTable> {
        let mut n_read = 0;
        let n_reads = self.n_reads();
        NeighborTable::from_parts(self.n_points, self.size, self.n_neighbors, |range: Range<usize>| {
            n_read += 1;
            if n_read % n_reads.div_ceil(20) == 0 {
                note(&format!("part {n_read} of {n_reads}"));
            }
            Ok::<_, anyhow::Error>(file.points::<S>(range)?)
        })
    }
}

/// What is told of a table of neighbours.
pub(super) struct Found {
    n_points: usize,
    n_features: usize,
    n_neighbors: usize,
    /// Lower quartile, median and upper quartile of the distances to the first and to the last neighbour.
    nearest: [f64; 3],
    farthest: [f64; 3],
    n_repeated: usize,
    /// Dimensions that the table gives.
    estimates: Vec<NamedEstimate>,
}

impl Found {
    pub(super) fn new(table: &NeighborTable, n_features: usize) -> Self {
        let n_points = table.n_points();
        let last = table.n_neighbors() - 1;
        let at = |rank: usize| (0..n_points).map(move |point| table.distances(point)[rank]);
        Self {
            n_points,
            n_features,
            n_neighbors: table.n_neighbors(),
            nearest: quartiles(at(0).collect()),
            farthest: quartiles(at(last).collect()),
            n_repeated: at(0).filter(|&distance| distance == 0.0).count(),
            estimates: vec![
                ("two-nn", TwoNn::new().estimate_from_neighbors(table)),
                ("gride", Gride::new().estimate_from_neighbors(table)),
                ("mle", Mle::new().n_neighbors(table.n_neighbors()).estimate_from_neighbors(table)),
            ],
        }
    }

    pub(super) fn document(&self) -> Value {
        json!({
            "schema": "topolens.neighbors/1", "n_points": self.n_points, "n_features": self.n_features,
            "n_neighbors": self.n_neighbors, "n_repeated": self.n_repeated,
            "distance_to_first": self.nearest, "distance_to_last": self.farthest,
            "estimates": self.estimates.iter().map(estimate).collect::<Vec<_>>(),
        })
    }

    pub(super) fn table(&self) -> Table {
        let mut table = Table::new(&["quantity", "value"]);
        let quartiles = |[lower, median, upper]: [f64; 3]| {
            let [lower, median, upper] = [lower, median, upper].map(three_digits);
            format!("{median} ({lower} … {upper})")
        };
        let mut row = |name: String, value: String| table.row(vec![name, value]);
        row("points × features".into(), format!("{} × {}", self.n_points, self.n_features));
        row("distance to neighbour 1, median (quartiles)".into(), quartiles(self.nearest));
        row(format!("distance to neighbour {}", self.n_neighbors), quartiles(self.farthest));
        row("points that repeat another".into(), self.n_repeated.to_string());
        for (name, found) in &self.estimates {
            let value = match found {
                Ok(found) => with_uncertainty(Some(found.value), Some(found.lower), Some(found.upper)),
                Err(error) => format!("undefined: {error}"),
            };
            row(format!("dimension by {name} (95 %)"), value);
        }
        table
    }
}

pub(super) fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}
