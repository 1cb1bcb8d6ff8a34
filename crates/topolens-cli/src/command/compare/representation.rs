//! The layers of what is compared: a matrix file, a folder of them, or a network on images.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use topolens::PointCloud;
use topolens_lab::bridge::{Subject, choose_layers, draw_images, layer_clouds};
use topolens_lab::input::{
    DataRef, LoadedData, Matrix, Split, Values, load_checkpoints, load_data, read_matrix,
};
use topolens_lab::profile::Protocol;
use topolens_nn::dataset::Dataset;

use super::super::foreign::{Foreign, is_onnx};
use crate::arguments::CompareArguments;

/// Layers by name, one cloud each.
pub(super) struct Representation {
    pub(super) name: String,
    pub(super) layers: Vec<String>,
    pub(super) clouds: Clouds,
}

/// Clouds in the precision of their files.
pub(super) enum Clouds {
    F32(Vec<PointCloud<f32>>),
    F64(Vec<PointCloud<f64>>),
}

impl Representation {
    /// Reads what `path` names.
    pub(super) fn read(
        path: &Path,
        arguments: &CompareArguments,
        interrupt: &AtomicBool,
    ) -> anyhow::Result<Self> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        if is_matrix(path) {
            return Self::of_files(name, &[path.to_path_buf()]);
        }
        let files = if path.is_dir() { matrices(path)? } else { Vec::new() };
        if files.is_empty() {
            return Self::of_network(name, path, arguments, interrupt);
        }
        Self::of_files(name, &files)
    }

    fn of_files(name: String, files: &[PathBuf]) -> anyhow::Result<Self> {
        let matrices =
            files.iter().map(|file| Ok(read_matrix(file)?)).collect::<anyhow::Result<Vec<Matrix>>>()?;
        let layers = files.iter().map(|file| stem(file)).collect();
        let single = matrices.iter().all(|matrix| matches!(matrix.values, Values::F32(_)));
        let read = matrices.into_iter().zip(files);
        let clouds = if single {
            Clouds::F32(
                read.map(|(matrix, file)| {
                    cloud(file, f32_values(matrix.values), matrix.n_rows, matrix.n_columns)
                })
                .collect::<anyhow::Result<_>>()?,
            )
        } else {
            Clouds::F64(
                read.map(|(matrix, file)| {
                    cloud(file, f64_values(matrix.values), matrix.n_rows, matrix.n_columns)
                })
                .collect::<anyhow::Result<_>>()?,
            )
        };
        Ok(Self { name, layers, clouds })
    }

    fn of_network(
        name: String,
        path: &Path,
        arguments: &CompareArguments,
        interrupt: &AtomicBool,
    ) -> anyhow::Result<Self> {
        if is_onnx(path) {
            let foreign = Foreign::load(path, &arguments.foreign)?;
            let given = arguments.data.as_deref();
            let given = given.context(
                "--data: an ONNX file does not name its data; give NAME[:train|:test] or a folder",
            )?;
            let images = foreign.take(images(arguments, given)?.images)?;
            return Self::of_subject(name, foreign.subject(), &images, arguments, interrupt);
        }
        let checkpoints = load_checkpoints(path, "last").with_context(|| {
            format!("{}: not a matrix file, a folder of .npy or .csv files, or a network", path.display())
        })?;
        let Some(checkpoint) = checkpoints.last() else {
            anyhow::bail!("{}: it holds no checkpoint", path.display())
        };
        let data = images(arguments, &checkpoint.card.data)?;
        Self::of_subject(name, Subject::from(checkpoint), &data.images, arguments, interrupt)
    }

    fn of_subject(
        name: String,
        subject: Subject<'_>,
        images: &Dataset,
        arguments: &CompareArguments,
        interrupt: &AtomicBool,
    ) -> anyhow::Result<Self> {
        let readout = arguments.readout.parse()?;
        let mut protocol = Protocol { seed: arguments.common.seed, readout, ..Protocol::default() };
        protocol.set_n_points(arguments.points.min(images.len()));
        let images = draw_images(images, &protocol)?;
        let taps = choose_layers(subject.network, &arguments.layers)?;
        let found = layer_clouds(subject, &images, &taps, &protocol, interrupt)?;
        let layers = found.iter().map(|layer| layer.layer.clone()).collect();
        Ok(Self { name, layers, clouds: Clouds::F32(found.into_iter().map(|layer| layer.cloud).collect()) })
    }
}

impl Clouds {
    /// In double precision.
    pub(super) fn widened(self) -> anyhow::Result<Vec<PointCloud<f64>>> {
        match self {
            Self::F64(clouds) => Ok(clouds),
            Self::F32(clouds) => {
                let widen = |cloud: PointCloud<f32>| {
                    let values = cloud.values().iter().map(|&x| f64::from(x)).collect();
                    Ok(PointCloud::new(values, cloud.n_points(), cloud.n_features())?)
                };
                clouds.into_iter().map(widen).collect()
            }
        }
    }
}

/// The images asked for, or the test images of the data that the network was trained on.
fn images(arguments: &CompareArguments, trained_on: &str) -> anyhow::Result<LoadedData> {
    let given: DataRef = arguments.data.as_deref().unwrap_or(trained_on).parse()?;
    load_data(&given.name, given.split.unwrap_or(Split::Test)).context("--data")
}

fn is_matrix(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    matches!(extension.as_deref(), Some("npy" | "csv")) && !path.is_dir()
}

/// The matrix files of a folder, numbers in their names in order: layer2 before layer10.
fn matrices(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        if is_matrix(&path) {
            files.push(path);
        }
    }
    files.sort_by_key(|file| (natural(&stem(file)), file.clone()));
    Ok(files)
}

/// Text and numbers in turn.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = vec![(String::new(), 0_u64)];
    let mut in_number = false;
    for character in name.chars() {
        match character.to_digit(10) {
            Some(digit) => {
                if let Some(last) = parts.last_mut() {
                    last.1 = last.1.saturating_mul(10).saturating_add(u64::from(digit));
                }
                in_number = true;
            }
            None if in_number => {
                parts.push((character.to_string(), 0));
                in_number = false;
            }
            None => {
                if let Some(last) = parts.last_mut() {
                    last.0.push(character);
                }
            }
        }
    }
    parts
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

fn cloud<S: topolens::Scalar>(
    file: &Path,
    values: Vec<S>,
    n_rows: usize,
    n_columns: usize,
) -> anyhow::Result<PointCloud<S>> {
    crate::command::points::cloud(file, values, n_rows, n_columns)
}

fn f32_values(values: Values) -> Vec<f32> {
    match values {
        Values::F32(values) => values,
        Values::F64(values) => values.into_iter().map(|x| x as f32).collect(),
    }
}

fn f64_values(values: Values) -> Vec<f64> {
    match values {
        Values::F64(values) => values,
        Values::F32(values) => values.into_iter().map(f64::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_in_order() {
        let mut names = ["layer10", "layer2", "conv", "layer2.relu", "layer1"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["conv", "layer1", "layer2", "layer2.relu", "layer10"]);
    }
}
