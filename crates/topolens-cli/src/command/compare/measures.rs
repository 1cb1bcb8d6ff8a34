//! From two paths and the flags to measures.

use std::path::Path;

use anyhow::Context;
use topolens::{Comparisons, NamedComparison, PointCloud, Scalar, comparison_measures};
use topolens_lab::input::is_saved_activations;
use topolens_lab::report::{LayerMatrix, PictureFormat, draw_matrix};

use super::super::foreign::is_onnx;
use super::document::{Found, document, list, table};
use super::page::page;
use super::representation::{Clouds, Representation};
use crate::arguments::CompareArguments;
use crate::command::origin::Watch;
use crate::interrupt;
use crate::output_files::{ensure_files, page_beside};
use crate::terminal::{print, print_json, write_file, write_json};

pub(crate) fn run(arguments: &CompareArguments) -> anyhow::Result<()> {
    let Some(first) = arguments.first.as_deref().filter(|_| !arguments.list) else {
        return list(arguments.common.json);
    };
    let second = arguments.second.as_deref().unwrap_or(first);
    if ![first, second].into_iter().any(is_onnx) {
        arguments.foreign.ensure_unused()?;
    }
    for (operand, path) in [("A", first), ("B", second)] {
        std::fs::metadata(path).with_context(|| format!("{operand}: cannot read {}", path.display()))?;
    }
    if [first, second].into_iter().all(is_saved_activations) {
        arguments.ensure_no_images()?;
    }
    arguments.ensure_files(first, second)?;
    let watch = Watch::start();
    let found = compare(arguments, first, second)?;
    let document = document(&found);
    if let Some(path) = &arguments.out {
        write_json(path, &document)?;
        let page = page(&found, arguments, &[first, second], &watch)?;
        write_file(&page_beside(path), page.as_bytes())?;
    }
    if let Some(path) = &arguments.plot {
        let Found::Matrix(matrix, _) = &found else {
            anyhow::bail!("--plot draws layers against layers; give folders of matrices or networks")
        };
        let format = PictureFormat::of_file(path).unwrap_or(PictureFormat::Svg);
        write_file(path, &draw_matrix(matrix, format)?)?;
    }
    if arguments.common.json {
        return print_json(&document);
    }
    print(&table(&found))
}

fn compare(arguments: &CompareArguments, first: &Path, second: &Path) -> anyhow::Result<Found> {
    let interrupt = interrupt::listen(arguments.common.watched)?;
    let (a, b) = (
        Representation::read(first, arguments, interrupt)?,
        Representation::read(second, arguments, interrupt)?,
    );
    let names = ((a.name, a.layers), (b.name, b.layers));
    match (a.clouds, b.clouds) {
        (Clouds::F32(a), Clouds::F32(b)) => of_clouds(arguments, &a, &b, names),
        (a, b) => of_clouds(arguments, &a.widened()?, &b.widened()?, names),
    }
}

/// A representation's name and the names of its layers, for rows and columns.
type Names = ((String, Vec<String>), (String, Vec<String>));

fn of_clouds<S: Scalar>(
    arguments: &CompareArguments,
    a: &[PointCloud<S>],
    b: &[PointCloud<S>],
    (rows, columns): Names,
) -> anyhow::Result<Found> {
    let is_pair = a.len() == 1 && b.len() == 1;
    let names = arguments.measures(is_pair);
    let comparisons = Comparisons::new(&names)?
        .n_permutations(arguments.permutations)
        .n_neighbors(arguments.neighbors)
        .n_batches(arguments.batches)
        .batch_size(arguments.batch_size)
        .seed(arguments.common.seed);
    if is_pair {
        let found = comparisons.compare(&a[0], &b[0]);
        if let Some((_, Err(error))) = found.first()
            && found.iter().all(|(_, found)| found.is_err())
        {
            return Err(error.clone().into());
        }
        return Ok(Found::Pair(Pair {
            names: [rows.0, columns.0],
            n_points: [a[0].n_points(), b[0].n_points()],
            n_features: [a[0].n_features(), b[0].n_features()],
            comparisons: found,
        }));
    }
    anyhow::ensure!(
        names.len() == 1,
        "--measure: layers against layers are compared by one measure; {} were named",
        names.len()
    );
    let values = comparisons.matrix(a, b)?;
    let n_points = a.first().map_or(0, PointCloud::n_points);
    Ok(Found::Matrix(LayerMatrix { measure: names[0].to_owned(), rows, columns, values }, n_points))
}

impl CompareArguments {
    /// The measures asked for; by default all of a pair, and debiased CKA of layers.
    fn measures(&self, is_pair: bool) -> Vec<&str> {
        let all = || comparison_measures().iter().map(|measure| measure.name).collect();
        if self.measure.is_empty() {
            return if is_pair { all() } else { vec!["cka-debiased"] };
        }
        let names = self.measure.iter().map(|name| name.trim());
        names.flat_map(|name| if name == "all" { all() } else { vec![name] }).collect()
    }

    /// Refuses flags of networks beside saved activations.
    fn ensure_no_images(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.data.is_none(),
            "--data: saved activations are compared as they are; leave it out, or give networks as A and B"
        );
        anyhow::ensure!(
            self.points.is_none(),
            "--points: all rows of saved activations are compared; leave it out, or save fewer rows"
        );
        Ok(())
    }

    fn ensure_files(&self, first: &Path, second: &Path) -> anyhow::Result<()> {
        let page = self.out.as_deref().map(page_beside);
        let files = [
            ("--out", self.out.as_deref()),
            ("the page of --out", page.as_deref()),
            ("--plot", self.plot.as_deref()),
        ];
        ensure_files(&files, &[first, second])
    }
}

/// What a pair was found to be.
pub(super) struct Pair {
    pub(super) names: [String; 2],
    pub(super) n_points: [usize; 2],
    pub(super) n_features: [usize; 2],
    /// By name.
    pub(super) comparisons: Vec<NamedComparison>,
}
