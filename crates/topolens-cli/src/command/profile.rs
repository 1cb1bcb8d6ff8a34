//! `topolens profile`.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use topolens_lab::bridge::{Subject, saved_clouds};
use topolens_lab::dynamics::{Request, profile_epochs, profile_saved};
use topolens_lab::input::{
    DataRef, LoadedData, Split, is_saved_activations, load_checkpoints, load_data, shipped_network,
};
use topolens_lab::profile::Protocol;
use topolens_lab::results::Results;
use topolens_lab::store::{DataStamp, FinishedLayers, Provenance, RunFolder};
use topolens_nn::dataset::Fit;
use topolens_nn::train::Checkpoint;

use super::foreign::{Foreign, is_onnx};
use super::study::{command_line, publish, with_progress};
use crate::arguments::{ProfileArguments, ProtocolName};
use crate::terminal::note;
use crate::{interrupt, memory};

pub(crate) fn run(arguments: &ProfileArguments) -> anyhow::Result<()> {
    let interrupt = interrupt::listen(arguments.common.watched)?;
    publish(&measure(arguments, interrupt)?, &folder(arguments), arguments.common.json)
}

/// Measures without writing anything but layers as they are finished.
pub(super) fn measure(arguments: &ProfileArguments, interrupt: &AtomicBool) -> anyhow::Result<Results> {
    let is_run = arguments.model.as_ref().is_some_and(|model| !model.is_file());
    anyhow::ensure!(
        is_run || arguments.epochs == "last",
        "--epochs: only a run folder has several epochs; leave it out, or give the folder as MODEL"
    );
    if let Some(path) = arguments.model.as_deref().filter(|path| is_saved_activations(path)) {
        return measure_activations(path, arguments, interrupt);
    }
    arguments.measured.saved.ensure_unused()?;
    let model = Profiled::load(arguments)?;
    let mut data = model.images(arguments)?;
    if let Some(notice) = &data.notice {
        note(notice);
    }
    if let Profiled::Foreign(foreign) = &model {
        data.images = foreign.take(data.images)?;
    }
    let protocol = protocol(arguments, data.images.len())?;
    let folder = folder(arguments);
    let finished = FinishedLayers::of_study(&folder);
    let subjects = model.subjects();
    let request = Request {
        subjects: &subjects,
        images: &data.images,
        layers: &arguments.measured.layers,
        protocol: &protocol,
        finished: Some(&finished),
    };
    let profiles = with_progress(|progress| profile_epochs(request, progress, interrupt))?;
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command_line(),
        seed: arguments.common.seed,
        network: model.description(),
        data: data.stamp,
    };
    Ok(Results::new(provenance, profiles))
}

/// Measures activations that another program saved.
fn measure_activations(
    path: &Path,
    arguments: &ProfileArguments,
    interrupt: &AtomicBool,
) -> anyhow::Result<Results> {
    let saved = arguments.measured.saved.open(path, &arguments.measured.layers)?;
    arguments.measured.foreign.ensure_unused()?;
    anyhow::ensure!(
        arguments.measured.data.is_none(),
        "--data: saved activations are measured as they are; leave it out, or give the network as MODEL"
    );
    anyhow::ensure!(
        arguments.measured.untrained == 0,
        "--untrained: saved activations do not say how to draw fresh weights; leave it out"
    );
    let mut protocol = protocol(arguments, saved.n_samples())?;
    if saved.labels.is_none() {
        anyhow::ensure!(
            arguments.measured.protocol != ProtocolName::Local,
            "--protocol local: classes are not known; give them with --labels"
        );
        note(
            "no labels: one cloud of all samples is measured; for classes and separation give --labels, or save an array \
             called labels",
        );
        (protocol.local, protocol.global) = (false, true);
    }
    let layout = arguments.measured.saved.layout();
    memory::ensure_left(
        saved.memory(protocol.n_points, protocol.readout, layout),
        "ask for fewer --points, fewer --layers, or another --readout",
    )?;
    let sample = saved_clouds(&saved, layout, &protocol)?;
    let n_drawn = sample.labels.len() / protocol.readout.n_rows();
    if n_drawn < protocol.n_points {
        note(&format!(
            "{n_drawn} of {} samples are measured: as many of each class, of smaller classes all",
            saved.n_samples()
        ));
    }
    let folder = folder(arguments);
    let finished = FinishedLayers::of_study(&folder);
    let profiles =
        with_progress(|progress| profile_saved(&sample, &protocol, Some(&finished), progress, interrupt))?;
    let name = path.display().to_string();
    let clouds = sample.layers.iter().map(|layer| &layer.cloud);
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command_line(),
        seed: arguments.common.seed,
        network: format!("saved activations, readout {}", protocol.readout),
        data: DataStamp::of_saved(&name, saved.n_samples(), &sample.labels, clouds),
    };
    Ok(Results::new(provenance, profiles))
}

/// What is profiled.
enum Profiled {
    Own(Vec<Checkpoint>),
    Foreign(Box<Foreign>),
}

impl Profiled {
    fn load(arguments: &ProfileArguments) -> anyhow::Result<Self> {
        if let Some(path) = arguments.model.as_deref().filter(|path| is_onnx(path)) {
            anyhow::ensure!(
                arguments.measured.untrained == 0,
                "--untrained: an ONNX file does not say how to draw fresh weights; leave it out"
            );
            return Ok(Self::Foreign(Box::new(Foreign::load(path, &arguments.measured.foreign)?)));
        }
        arguments.measured.foreign.ensure_unused()?;
        Ok(Self::Own(match &arguments.model {
            Some(model) => load_checkpoints(model, &arguments.epochs)?,
            None => vec![shipped_network()?],
        }))
    }

    /// The images asked for, or the test images of the data the network was trained on.
    fn images(&self, arguments: &ProfileArguments) -> anyhow::Result<LoadedData> {
        let trained_on = match self {
            Self::Own(checkpoints) => checkpoints.first().map(|checkpoint| checkpoint.card.data.as_str()),
            Self::Foreign(_) => None,
        };
        if arguments.measured.training_images {
            return training_images(arguments, trained_on);
        }
        let given = arguments.measured.data.as_deref().or(trained_on);
        let given = given.context(
            "--data: an ONNX file does not name its data; give NAME[:train|:test] or a folder of images",
        )?;
        let given: DataRef = given.parse().context("--data")?;
        let split = given.split.unwrap_or(Split::Test);
        let fit = match self {
            Self::Own(_) => Fit::default(),
            Self::Foreign(foreign) => foreign.fit(),
        };
        load_data(&given.name, split, fit).context("--data")
    }

    fn subjects(&self) -> Vec<Subject<'_>> {
        match self {
            Self::Own(checkpoints) => checkpoints.iter().map(Subject::from).collect(),
            Self::Foreign(foreign) => vec![foreign.subject()],
        }
    }

    fn description(&self) -> String {
        match self {
            Self::Own(checkpoints) => network(checkpoints),
            Self::Foreign(foreign) => foreign.description(),
        }
    }
}

/// The images a run was trained on, as many as it was limited to.
fn training_images(arguments: &ProfileArguments, trained_on: Option<&str>) -> anyhow::Result<LoadedData> {
    let name = trained_on.context("--training-images: MODEL does not name its data; give --data")?;
    let run = arguments.model.as_deref().filter(|model| model.is_dir());
    let limit = run.map(RunFolder::open).transpose()?.and_then(|(_, card)| card.limit);
    let mut data = load_data(name, Split::Train, Fit::default()).context("--training-images")?;
    if let Some(limit) = limit.filter(|limit| *limit < data.images.len()) {
        let first: Vec<usize> = (0..limit).collect();
        data.images = data.images.subset(&first)?;
        data.stamp = DataStamp::of(&format!("{name}:train, the first {limit}"), &data.images);
    }
    Ok(data)
}

pub(super) fn protocol(arguments: &ProfileArguments, n_images: usize) -> anyhow::Result<Protocol> {
    let mut protocol = match arguments.measured.protocol {
        ProtocolName::Paper => Protocol::paper(),
        _ => Protocol::default(),
    };
    protocol.local = arguments.measured.protocol != ProtocolName::Global;
    protocol.global = arguments.measured.protocol != ProtocolName::Local;
    protocol.seed = arguments.common.seed;
    protocol.n_untrained = arguments.measured.untrained;
    protocol.scaling = arguments.measured.scaling.parse()?;
    protocol.readout = arguments.measured.readout.parse()?;
    anyhow::ensure!(
        arguments.measured.points.is_none_or(|n_points| n_points > 2),
        "--points: a cloud needs three points at least"
    );
    match arguments.measured.points {
        Some(n_points) => protocol.set_n_points(n_points),
        None if arguments.measured.protocol != ProtocolName::Paper => {
            protocol.set_n_points(n_images.min(protocol.n_points));
        }
        None => {}
    }
    Ok(protocol)
}

fn folder(arguments: &ProfileArguments) -> PathBuf {
    let is_run = |model: &&Path| model.is_dir() && !is_saved_activations(model);
    let model = arguments.model.as_deref().filter(is_run);
    let own = || model.unwrap_or(Path::new("topolens-profile")).to_path_buf();
    arguments.out.clone().unwrap_or_else(own)
}

/// The network in one line.
pub(super) fn network(checkpoints: &[Checkpoint]) -> String {
    let Some(last) = checkpoints.last() else { return String::new() };
    let card = &last.card;
    let accuracy = 100.0 * card.test_accuracy;
    format!(
        "{} ({}) trained on {}, seed {}, epoch {}, test accuracy {accuracy:.2} %",
        card.model.architecture, card.model.nonlinearity, card.data, card.model.seed, card.epoch
    )
}
