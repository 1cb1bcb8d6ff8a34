//! The layers of what is compared: saved activations, a matrix among them, or a network on images.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use topolens::{PointCloud, Scalar};
use topolens_lab::bridge::{Subject, choose_layers, draw_images, layer_clouds};
use topolens_lab::input::{
    DataRef, LoadedData, SavedActivations, Split, is_saved_activations, load_checkpoints, load_data,
};
use topolens_lab::profile::Protocol;
use topolens_nn::dataset::{Dataset, Fit};

use super::super::foreign::{Foreign, is_onnx};
use crate::arguments::CompareArguments;
use crate::terminal::note;

/// Images run through networks where nothing is asked for.
const USUAL_POINTS: usize = 1000;

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
        if is_saved_activations(path) {
            return Self::of_saved(name, &arguments.saved.open(path, &arguments.layers.concat())?, arguments);
        }
        Self::of_network(name, path, arguments, interrupt)
    }

    fn of_saved(
        name: String,
        saved: &SavedActivations,
        arguments: &CompareArguments,
    ) -> anyhow::Result<Self> {
        let layers = saved.layers.iter().map(|layer| layer.name.clone()).collect();
        let clouds = if saved.layers.iter().all(|layer| layer.is_single) {
            Clouds::F32(clouds(saved, arguments)?)
        } else {
            Clouds::F64(clouds(saved, arguments)?)
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
            let images = foreign.take(images(arguments, given, foreign.fit())?.images)?;
            return Self::of_subject(name, foreign.subject(), &images, arguments, interrupt);
        }
        let checkpoints = load_checkpoints(path, "last").with_context(|| {
            format!("{}: not a matrix file, a folder of .npy or .csv files, or a network", path.display())
        })?;
        let Some(checkpoint) = checkpoints.last() else {
            anyhow::bail!("{}: it holds no checkpoint", path.display())
        };
        let data = images(arguments, &checkpoint.card.data, Fit::default())?;
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
        protocol.set_n_points(arguments.points.unwrap_or(USUAL_POINTS).min(images.len()));
        let images = draw_images(images, &protocol)?;
        let taps = choose_layers(subject.network, &arguments.layers.concat())?;
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
fn images(arguments: &CompareArguments, trained_on: &str, fit: Fit) -> anyhow::Result<LoadedData> {
    let given: DataRef = arguments.data.as_deref().unwrap_or(trained_on).parse()?;
    let data = load_data(&given.name, given.split.unwrap_or(Split::Test), fit).context("--data")?;
    if let Some(notice) = &data.notice {
        note(notice);
    }
    Ok(data)
}

/// All samples of each layer as points.
fn clouds<S: Scalar>(
    saved: &SavedActivations,
    arguments: &CompareArguments,
) -> anyhow::Result<Vec<PointCloud<S>>> {
    let readout = arguments.readout.parse()?;
    let samples: Vec<usize> = (0..saved.n_samples()).collect();
    let layout = arguments.saved.layout();
    saved.layers.iter().map(|layer| Ok(layer.cloud(&samples, readout, layout)?)).collect()
}
