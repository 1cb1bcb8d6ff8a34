//! `topolens profile`.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use topolens_lab::bridge::{choose_layers, draw_samples, saved_clouds};
use topolens_lab::clouds::CloudArchive;
use topolens_lab::dynamics::{Request, keep_saved, profile_epochs, profile_saved, sketch_saved};
use topolens_lab::input::is_saved_activations;
use topolens_lab::profile::Protocol;
use topolens_lab::results::Results;
use topolens_lab::store::{DataStamp, FinishedLayers, Provenance};

use super::loaded::Loaded;
use super::origin::Watch;
use super::study::{command_line, publish, with_progress};
use crate::arguments::{ProfileArguments, ProtocolName};
use crate::output_files::ensure_folder;
use crate::terminal::note;
use crate::{interrupt, memory};

pub(crate) fn run(arguments: &ProfileArguments) -> anyhow::Result<()> {
    let interrupt = interrupt::listen(arguments.common.watched)?;
    let watch = Watch::start();
    let own: &[&str] = if is_of_another_run(arguments) { &[] } else { &["profile.json"] };
    ensure_folder(&folder(arguments), own)?;
    let results = measure(arguments, true, interrupt)?.took(watch.time());
    remove_clouds_of_earlier(arguments)?;
    let folder = folder(arguments);
    let kept = arguments.keep_clouds.then(|| CloudArchive::of_study(&folder));
    publish(&results, &folder, kept.as_ref(), arguments.common.json)
}

/// Measures without writing anything but layers as they are finished; loops are sketched for who draws them.
pub(super) fn measure(
    arguments: &ProfileArguments,
    draws_loops: bool,
    interrupt: &AtomicBool,
) -> anyhow::Result<Results> {
    let is_run = arguments.model.as_ref().is_some_and(|model| !model.is_file());
    anyhow::ensure!(
        is_run || arguments.epochs == "last",
        "--epochs: only a run folder has several epochs; leave it out, or give the folder as MODEL"
    );
    if let Some(path) = arguments.model.as_deref().filter(|path| is_saved_activations(path)) {
        return measure_activations(path, arguments, draws_loops, interrupt);
    }
    arguments.measured.saved.ensure_unused()?;
    let measured = &arguments.measured;
    let model = Loaded::load(arguments.model.as_deref(), &arguments.epochs, &measured.foreign)?;
    anyhow::ensure!(
        measured.untrained == 0 || model.is_own(),
        "--untrained: an ONNX file does not say how to draw fresh weights; leave it out"
    );
    // A pattern that matches nothing is told before images are read.
    if let Some(subject) = model.subjects().first() {
        choose_layers(subject.network, &measured.layers.concat())?;
    }
    let data =
        model.images(arguments.model.as_deref(), measured.data.as_deref(), measured.training_images)?;
    let protocol = protocol(arguments, data.images.len())?;
    tell_drawn(data.images.labels(), data.images.n_classes(), &protocol)?;
    let folder = folder(arguments);
    let finished = FinishedLayers::of_study(&folder);
    let clouds = clouds(arguments)?;
    let subjects = model.subjects();
    let request = Request {
        subjects: &subjects,
        images: &data.images,
        layers: &measured.layers.concat(),
        protocol: &protocol,
        finished: Some(&finished),
        draws_loops,
        clouds: clouds.as_ref(),
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
    draws_loops: bool,
    interrupt: &AtomicBool,
) -> anyhow::Result<Results> {
    let saved = arguments.measured.saved.open(path, &arguments.measured.layers.concat())?;
    arguments.measured.foreign.ensure_unused()?;
    anyhow::ensure!(
        arguments.measured.data.is_none(),
        "--data: saved activations are measured as they are; leave it out, or give the network as MODEL"
    );
    anyhow::ensure!(
        !arguments.measured.training_images,
        "--training-images: saved activations do not say what their network was trained on, and are measured as they are; leave it out"
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
    if let Some(labels) = &saved.labels {
        tell_drawn(&labels.classes, labels.names.len(), &protocol)?;
    }
    let folder = folder(arguments);
    let finished = FinishedLayers::of_study(&folder);
    let clouds = clouds(arguments)?;
    let mut profiles =
        with_progress(|progress| profile_saved(&sample, &protocol, Some(&finished), progress, interrupt))?;
    if draws_loops {
        sketch_saved(&mut profiles, &sample, &protocol)?;
    }
    if let Some(archive) = clouds {
        keep_saved(&sample, &archive)?;
    }
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

/// Says where other than `--points` samples are measured.
fn tell_drawn(labels: &[usize], n_classes: usize, protocol: &Protocol) -> anyhow::Result<()> {
    let (n_asked, n_drawn) = (protocol.n_points, draw_samples(labels, n_classes, protocol)?.len());
    if n_drawn < n_asked {
        note(&format!(
            "{n_drawn} of {} samples are measured: as many of each class, of smaller classes all",
            labels.len()
        ));
    }
    // A few more are those that make the classes equal.
    if n_drawn > n_asked + n_asked / 10 {
        note(&format!(
            "{n_drawn} samples are measured, not {n_asked}: as many of each of {n_classes} classes"
        ));
    }
    Ok(())
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

/// Where the clouds go, if they are to be kept.
fn clouds(arguments: &ProfileArguments) -> anyhow::Result<Option<CloudArchive>> {
    if !arguments.keep_clouds {
        return Ok(None);
    }
    let folder = folder(arguments);
    let archive = CloudArchive::of_study(&folder);
    anyhow::ensure!(
        !is_measured(arguments, &archive),
        "--keep-clouds: {} is what is measured, and would be overwritten; give another --out",
        archive.path().display()
    );
    anyhow::ensure!(
        !archive.exists() || archive.damage().is_none(),
        "--keep-clouds: {} is no archive of clouds, and would be overwritten; give another --out",
        archive.path().display()
    );
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(Some(archive))
}

/// Those of an earlier profile would be taken for those of this one.
fn remove_clouds_of_earlier(arguments: &ProfileArguments) -> anyhow::Result<()> {
    let archive = CloudArchive::of_study(&folder(arguments));
    if !arguments.keep_clouds && archive.epoch().is_some() && !is_measured(arguments, &archive) {
        archive.remove()?;
        note(&format!("{} held the clouds of an earlier profile and is removed", archive.path().display()));
    }
    Ok(())
}

fn is_measured(arguments: &ProfileArguments, archive: &CloudArchive) -> bool {
    let model = arguments.model.as_deref().map(Path::canonicalize);
    matches!((model, archive.path().canonicalize()), (Some(Ok(model)), Ok(archive)) if model == archive)
}

/// Whether `--out` is the folder of a run whose network is not the one measured.
fn is_of_another_run(arguments: &ProfileArguments) -> bool {
    let folder = folder(arguments);
    let model = arguments.model.as_deref().and_then(|model| model.canonicalize().ok());
    let is_own =
        folder.canonicalize().is_ok_and(|folder| model.is_some_and(|model| model.starts_with(folder)));
    folder.join("run.json").exists() && !is_own
}

fn folder(arguments: &ProfileArguments) -> PathBuf {
    let is_run = |model: &&Path| model.is_dir() && !is_saved_activations(model);
    let model = arguments.model.as_deref().filter(is_run);
    let own = || model.unwrap_or(Path::new("topolens-profile")).to_path_buf();
    arguments.out.clone().unwrap_or_else(own)
}
