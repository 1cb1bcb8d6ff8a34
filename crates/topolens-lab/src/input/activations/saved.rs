//! All saved arrays of a file or folder.

use std::fmt;
use std::path::{Path, PathBuf};

use topolens_nn::tap::{self, Readout};
use topolens_nn::{Layer, LayerKind};

use super::super::matrix::{Matrix, Values, read_matrix};
use super::super::natural::natural;
use super::array::{Layout, SavedArray, bad};
use super::in_memory::InMemory;
use super::labels::{Labels, is_labels, may_be_a_regression, rank_of_labels};
use super::{hdf5, npy, npz, parquet, safetensors};
use crate::Result;
use crate::error::{ActivationsProblem, Error};

/// One array per layer, with the labels of the samples if they are known.
#[derive(Debug)]
pub struct SavedActivations {
    /// The file or folder.
    pub path: PathBuf,
    /// The layers, first to last.
    pub layers: Vec<SavedArray>,
    /// The class of each sample.
    pub labels: Option<Labels>,
    /// Arrays that are neither layers nor the labels.
    pub passed_over: Vec<PassedOver>,
}

/// An array that is no layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Its name.
    pub array: String,
    /// What makes it none: texts, complex numbers, a shape without features.
    pub reason: String,
}

/// As `spectrum (complex numbers)`.
impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.array, self.reason)
    }
}

/// Whether `path` is a file of arrays, or a folder with `.npy` files, rather than a network.
pub fn is_saved_activations(path: &Path) -> bool {
    match extension(path).as_str() {
        _ if path.is_dir() => {
            !path.join("run.json").exists() && matrices(path).is_ok_and(|files| !files.is_empty())
        }
        "safetensors" => !path.with_extension("json").is_file(),
        "npy" | "npz" | "csv" | "h5" | "hdf5" | "parquet" | "pt" | "pth" | "pkl" | "pickle" => true,
        _ => false,
    }
}

impl SavedActivations {
    /// Opens a `.npz`, `.npy`, `.csv`, `.safetensors`, HDF5 or Parquet file, or a folder of `.npy` and `.csv` files. The
    /// numbers stay in the files.
    ///
    /// Layers come in the order of an archive or table, else by name with numbers in order. `labels` is the name of an
    /// array in the file, or a file: `.npy`, or text with a class per line; without it an array named `labels`, `targets`
    /// or `y` is taken. Of the layers those are kept that match the glob `patterns`, in the order of the patterns; all without
    /// patterns, or with patterns behind `!` alone, which leave layers out.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, holds Python objects or claims more than it has, no layers, a pattern that matches none, or
    /// layers that differ in their number of samples.
    pub fn open(path: &Path, labels: Option<&str>, patterns: &[String]) -> Result<Self> {
        std::fs::metadata(path).map_err(|source| Error::io("read", path, source))?;
        let mut arrays = open_arrays(path)?;
        let labels = take_labels(path, &mut arrays, labels)?;
        let (mut layers, mut passed_over) = (Vec::new(), Vec::new());
        for array in arrays {
            match array.reason_to_pass_over() {
                Some(reason) => passed_over.push(PassedOver { array: array.name, reason }),
                None => layers.push(array),
            }
        }
        let mut saved = Self { path: path.into(), layers, labels, passed_over };
        saved.select(patterns)?;
        saved.ensure_same_samples()?;
        Ok(saved)
    }

    /// All arrays of a file or folder, labels among them.
    pub(crate) fn arrays(path: &Path) -> Result<Vec<SavedArray>> {
        open_arrays(path)
    }

    /// The number of samples.
    pub fn n_samples(&self) -> usize {
        self.layers.first().map_or(0, SavedArray::n_samples)
    }

    /// The layers as a network would list them.
    pub fn described(&self, layout: Layout) -> Vec<Layer> {
        let n_layers = self.layers.len() as f64;
        let describe = |(index, array): (usize, &SavedArray)| Layer {
            name: array.name.clone(),
            kind: LayerKind::Other,
            relative_depth: (index + 1) as f64 / n_layers,
            output_shape: array.item_shape(layout),
        };
        self.layers.iter().enumerate().map(describe).collect()
    }

    /// Bytes of the clouds of `n_samples` samples in single precision, scaled copies and all.
    pub fn memory(&self, n_samples: usize, readout: Readout, layout: Layout) -> u64 {
        let n_features = |array: &SavedArray| readout.n_features(&array.item_shape(layout)) as u64;
        let widths: Vec<u64> = self.layers.iter().map(n_features).collect();
        let widest = widths.iter().max().copied().unwrap_or(0);
        let n_rows = n_samples as u64 * readout.n_rows() as u64;
        // Every cloud is kept; the one that is measured also scaled, permuted and by class.
        let all = widths.iter().fold(0_u64, |sum, width| sum.saturating_add(*width));
        n_rows.saturating_mul(all.saturating_add(3 * widest)).saturating_mul(4)
    }

    /// Keeps the layers that match the glob `patterns`, in the order of the patterns, without those of patterns behind `!`; all of them
    /// without patterns.
    fn select(&mut self, patterns: &[String]) -> Result<()> {
        if patterns.is_empty() {
            return Ok(());
        }
        let layers = self.described(Layout::default());
        let every: Vec<usize> = (0..layers.len()).collect();
        let order = tap::select_in_order(&layers, patterns, &every)?;
        let mut arrays: Vec<Option<SavedArray>> = self.layers.drain(..).map(Some).collect();
        self.layers = order.into_iter().filter_map(|layer| arrays[layer].take()).collect();
        Ok(())
    }

    fn ensure_same_samples(&self) -> Result<()> {
        let Some(first) = self.layers.first() else {
            let passed_over = self.passed_over.iter().map(ToString::to_string).collect();
            return Err(bad(&self.path, ActivationsProblem::NoLayers { passed_over }));
        };
        let expected = first.n_samples();
        let others = self.layers.iter().map(|layer| (format!("{:?}", layer.name), layer.n_samples()));
        let labels =
            self.labels.iter().map(|labels| ("the array of labels".to_owned(), labels.classes.len()));
        match others.chain(labels).find(|(_, n_samples)| *n_samples != expected) {
            None => Ok(()),
            Some((array, found)) => {
                let first = first.name.clone();
                Err(bad(&self.path, ActivationsProblem::OtherSamples { first, expected, array, found }))
            }
        }
    }
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

fn open_arrays(path: &Path) -> Result<Vec<SavedArray>> {
    if path.join("profile.json").is_file() {
        return Err(bad(path, ActivationsProblem::Results));
    }
    if path.is_dir() {
        return matrices(path)?.iter().map(|file| open_one(file)).collect();
    }
    match extension(path).as_str() {
        "npz" => npz::open(path),
        "safetensors" => safetensors::open(path).map(by_name),
        "h5" | "hdf5" => hdf5::open(path).map(by_name),
        "parquet" => parquet::open(path),
        "pt" | "pth" | "pkl" | "pickle" => {
            Err(bad(path, ActivationsProblem::Pickle { what: "the file".to_owned() }))
        }
        _ => Ok(vec![open_one(path)?]),
    }
}

fn by_name(mut arrays: Vec<SavedArray>) -> Vec<SavedArray> {
    arrays.sort_by_cached_key(|array| natural(&array.name));
    arrays
}

fn open_one(path: &Path) -> Result<SavedArray> {
    let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    if extension(path) == "npy" {
        return npy::open(path, name);
    }
    let Matrix { values, n_rows, n_columns } = read_matrix(path)?;
    let numbers = match values {
        Values::F32(values) => values.into_iter().map(f64::from).collect(),
        Values::F64(values) => values,
    };
    let storage = Box::new(InMemory { numbers, item_len: n_columns });
    Ok(SavedArray { name, shape: vec![n_rows, n_columns], is_single: false, path: path.into(), storage })
}

/// The `.npy` and `.csv` files of a folder, numbers in their names in order: layer2 before layer10.
fn matrices(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |source| Error::io("list", folder, source);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() && ["npy", "csv"].contains(&extension(&path).as_str()) {
            files.push(path);
        }
    }
    files.sort_by_cached_key(|file| {
        (natural(&file.file_stem().unwrap_or_default().to_string_lossy()), file.clone())
    });
    Ok(files)
}

/// Takes the labels out of the arrays, or reads them from a file.
fn take_labels(path: &Path, arrays: &mut Vec<SavedArray>, given: Option<&str>) -> Result<Option<Labels>> {
    let Some(given) = given else {
        let mut named: Vec<usize> = (0..arrays.len()).filter(|at| is_labels(&arrays[*at].name)).collect();
        named.sort_by_key(|at| rank_of_labels(&arrays[*at].name));
        for at in named {
            if hold_classes(&arrays[at])? {
                return Labels::of_array(&arrays.remove(at)).map(Some);
            }
        }
        return Ok(None);
    };
    if let Some(at) = arrays.iter().position(|array| array.name == given) {
        return Labels::of_array(&arrays.remove(at)).map(Some);
    }
    let file = Path::new(given);
    if !file.is_file() {
        let available = arrays.iter().map(|array| array.name.clone()).collect();
        let problem = ActivationsProblem::UnknownLabels { given: given.to_owned(), available };
        return Err(bad(path, problem));
    }
    if extension(file) == "npy" {
        return Labels::of_array(&npy::open(file, given.to_owned())?).map(Some);
    }
    Labels::of_text(file).map(Some)
}

/// Whether an array has a class for each sample: as a number, as a text, or as the place of a single 1 in its row. Targets may be those of a
/// regression.
fn hold_classes(array: &SavedArray) -> Result<bool> {
    match array.shape[..] {
        [_] | [_, 1] if may_be_a_regression(&array.name) => {
            Ok(array.texts()?.is_some() || array.numbers()?.iter().all(|number| number.fract() == 0.0))
        }
        [_] | [_, 1] => Ok(true),
        _ => Ok(array.places_of_ones()?.is_some()),
    }
}
