//! `topolens dynamics`.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use serde_json::json;
use topolens_lab::dynamics::{DynamicsReport, Trajectory, weight_path, write_dynamics_report};
use topolens_lab::input::is_saved_activations;
use topolens_lab::profile::LayerProfile;
use topolens_lab::results::Results;
use topolens_lab::store::{FinishedLayers, Provenance};
use topolens_lab::sweep::SweepFolder;
use topolens_nn::train::{CheckpointCard, checkpoint_path};

use super::origin::Watch;
use super::profile::measure;
use super::study::print_results;
use crate::arguments::{DynamicsArguments, ProfileArguments};
use crate::interrupt;
use crate::output_files::ensure_folder;
use crate::terminal::{note, print, print_json, write_json};

pub(crate) fn run(arguments: &DynamicsArguments) -> anyhow::Result<()> {
    let watch = Watch::start();
    let interrupt = interrupt::listen(arguments.common.watched)?;
    let folder = folder(arguments);
    let as_json = arguments.common.json;
    ensure_folder(&folder, &["profile.json"])?;
    if let Some(model) = arguments.models.iter().find(|model| SweepFolder::is_one(model)) {
        anyhow::bail!("RUN: {0} is a sweep; give one of its networks, {0}/runs/NAME", model.display());
    }
    let run = run_folder(&arguments.models).map(Path::to_path_buf);
    let results = match run {
        Some(_) => {
            measure(&of_model(arguments, &arguments.models[0], &arguments.epochs, &folder), false, interrupt)?
        }
        None => steps(arguments, &folder, interrupt)?,
    };
    let weights = run.as_deref().map(path_of_weights).transpose()?.unwrap_or_default();
    let accuracies = run.as_deref().map(|run| accuracies(run, &results)).unwrap_or_default();
    results.write_numbers(&folder)?;
    let report = DynamicsReport {
        title: format!(
            "{}: {} on {}",
            name(&arguments.models),
            results.provenance.network,
            results.provenance.data.name
        ),
        networks: vec![Trajectory {
            name: name(&arguments.models),
            rows: results.rows().cloned().collect(),
            accuracies: accuracies.clone(),
        }],
        provenance: results.provenance.pairs_and_time(Some(watch.time())),
        weights: weights.iter().map(|(name, value)| ((*name).to_owned(), shown(name, *value))).collect(),
        failed: Vec::new(),
    };
    write_dynamics_report(&folder, &report)?;
    let document = json!({
        "schema": "topolens.dynamics/1",
        "provenance": results.provenance,
        "accuracies": accuracies.iter().map(|(epoch, accuracy)| json!({ "epoch": epoch, "test_accuracy": accuracy })).collect::<Vec<_>>(),
        "weights": weights.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>(),
        "rows": results.rows().collect::<Vec<_>>(),
    });
    write_json(&folder.join("dynamics.json"), &document)?;
    FinishedLayers::of_study(&folder).discard()?;
    if as_json {
        return print_json(&document);
    }
    print_results(&results)?;
    for (name, value) in &weights {
        print(&format!("path of the weights: {name} {}", shown(name, *value)))?;
    }
    print(&format!(
        "\nwritten: {0}/report.html\n         {0}/dynamics.json\n         {0}/profile.csv",
        folder.display()
    ))
}

/// A number of the path of the weights: a count, or a measure.
fn shown(name: &str, value: f64) -> String {
    if name == "iterates" { value.to_string() } else { format!("{value:.4}") }
}

/// The run folder, if that is what was given.
fn run_folder(models: &[PathBuf]) -> Option<&Path> {
    match models {
        [one] if one.is_dir() && !is_saved_activations(one) => Some(one),
        _ => None,
    }
}

fn folder(arguments: &DynamicsArguments) -> PathBuf {
    let own = || {
        run_folder(&arguments.models)
            .map_or_else(|| PathBuf::from("topolens-dynamics"), |run| run.join("dynamics"))
    };
    arguments.out.clone().unwrap_or_else(own)
}

fn name(models: &[PathBuf]) -> String {
    let name = |path: &PathBuf| {
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    };
    match models {
        [one] => name(one),
        [first, .., last] => format!("{} to {}", name(first), name(last)),
        [] => String::new(),
    }
}

/// `topolens profile` of one of the models.
fn of_model(arguments: &DynamicsArguments, model: &Path, epochs: &str, folder: &Path) -> ProfileArguments {
    ProfileArguments {
        keep_clouds: false,
        common: arguments.common.clone(),
        model: Some(model.to_path_buf()),
        measured: arguments.measured.clone(),
        epochs: epochs.to_owned(),
        out: Some(folder.to_path_buf()),
    }
}

/// Files one after the other, each a step.
fn steps(arguments: &DynamicsArguments, folder: &Path, interrupt: &AtomicBool) -> anyhow::Result<Results> {
    for (at, model) in arguments.models.iter().enumerate() {
        anyhow::ensure!(model.exists(), "RUN: {} is not there", model.display());
        anyhow::ensure!(!arguments.models[..at].contains(model), "RUN: {} is given twice", model.display());
    }
    let (mut profiles, mut networks) = (Vec::<LayerProfile>::new(), Vec::new());
    let mut provenance = None;
    let mut layers: Vec<String> = Vec::new();
    for (step, model) in arguments.models.iter().enumerate() {
        let named = || model.display().to_string();
        let found =
            measure(&of_model(arguments, model, "last", folder), false, interrupt).with_context(named)?;
        let own: Vec<String> = found.profiles.iter().map(|profile| profile.layer.clone()).collect();
        anyhow::ensure!(
            layers.is_empty() || layers == own,
            "RUN: {} has other layers ({}) than {} ({}); steps must be of one network",
            model.display(),
            own.join(", "),
            arguments.models[0].display(),
            layers.join(", ")
        );
        layers = own;
        networks.push(found.provenance.network.clone());
        profiles.extend(found.profiles.into_iter().map(|profile| at_step(profile, step)));
        provenance.get_or_insert(found.provenance);
    }
    let mut provenance: Provenance = provenance.context("RUN: give a run folder or files")?;
    if let [first, .., last] = &networks[..] {
        let which = if first == last { first.clone() } else { format!("from {first} to {last}") };
        provenance.network = format!("{} steps, {which}", networks.len());
    }
    Ok(Results::new(provenance, profiles))
}

/// The profile with its place in the list for an epoch, if its own is not known.
fn at_step(mut profile: LayerProfile, step: usize) -> LayerProfile {
    profile.epoch = profile.epoch.or(Some(step));
    for row in &mut profile.rows {
        row.epoch = profile.epoch;
    }
    profile
}

/// The test accuracy at each epoch, as the checkpoints have it.
fn accuracies(run: &Path, results: &Results) -> Vec<(usize, f64)> {
    let checkpoints = run.join("checkpoints");
    let accuracy = |epoch: usize| {
        let card = CheckpointCard::load(&checkpoint_path(&checkpoints, epoch)).ok()?;
        Some((epoch, card.test_accuracy))
    };
    results.epochs().into_iter().flatten().filter_map(accuracy).collect()
}

/// What there is to say of the recorded path of the weights, if there is one.
fn path_of_weights(run: &Path) -> anyhow::Result<Vec<(&'static str, f64)>> {
    let path = run.join("trajectory.npy");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let found = weight_path(&path)?;
    let mut told = vec![("iterates", found.n_iterates as f64), ("E0", found.lifespans_sum)];
    match found.dimension {
        Ok(dimension) => told.push(("PHdim", dimension.value)),
        Err(reason) => note(&format!("path of the weights: {reason}")),
    }
    match found.positive_magnitude {
        Ok(magnitude) => told.push(("PMag", magnitude)),
        Err(reason) => note(&format!("path of the weights: {reason}")),
    }
    Ok(told)
}
