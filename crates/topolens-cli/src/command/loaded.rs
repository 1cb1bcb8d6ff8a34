//! The network that a study is given, and its images.

use std::path::Path;

use anyhow::Context;
use topolens_lab::bridge::Subject;
use topolens_lab::input::{
    DataRef, LoadedData, Split, load_checkpoints, load_data, of_named_classes, shipped_network,
};
use topolens_lab::store::{DataStamp, RunFolder};
use topolens_nn::Network;
use topolens_nn::attack::Victim;
use topolens_nn::dataset::{Dataset, Fit};
use topolens_nn::train::Checkpoint;

use super::foreign::{Foreign, is_onnx};
use crate::arguments::ForeignArguments;
use crate::terminal::note;

/// A network of ours at one or more epochs, or one of another tool.
pub(super) enum Loaded {
    Own(Vec<Checkpoint>),
    Foreign(Box<Foreign>),
}

impl Loaded {
    /// The network `model`, without one the shipped network.
    pub(super) fn load(
        model: Option<&Path>,
        epochs: &str,
        arguments: &ForeignArguments,
    ) -> anyhow::Result<Self> {
        if let Some(path) = model.filter(|path| is_onnx(path)) {
            return Ok(Self::Foreign(Box::new(Foreign::load(path, arguments)?)));
        }
        arguments.ensure_unused()?;
        Ok(Self::Own(match model {
            Some(model) => load_checkpoints(model, epochs)?,
            None => vec![shipped_network()?],
        }))
    }

    /// Whether it can be built anew.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// The images `data`, without it the test images of the data the network was trained on, or with `training` those it was trained on.
    pub(super) fn images(
        &self,
        model: Option<&Path>,
        data: Option<&str>,
        training: bool,
    ) -> anyhow::Result<LoadedData> {
        let trained_on = match self {
            Self::Own(checkpoints) => checkpoints.first().map(|checkpoint| checkpoint.card.data.as_str()),
            Self::Foreign(_) => None,
        };
        let data = if training {
            training_images(model, trained_on, self.class_names())?
        } else {
            let named = data.or(trained_on).context(
                "--data: an ONNX file does not name its data; give NAME[:train|:test] or a folder of images",
            )?;
            let named: DataRef = named.parse().context("--data")?;
            let loaded =
                load_data(&named.name, named.split.unwrap_or(Split::Test), self.fit()).context("--data")?;
            if data.is_none() { of_own_classes(loaded, self.class_names())? } else { loaded }
        };
        self.take(data)
    }

    /// The classes that a network of ours was trained on, in the order of its outputs.
    pub(super) fn class_names(&self) -> Option<&[String]> {
        match self {
            Self::Own(checkpoints) => checkpoints.first().map(|own| own.card.class_names.as_slice()),
            Self::Foreign(_) => None,
        }
    }

    /// The images as the network takes them; says what should be known of them.
    pub(super) fn take(&self, mut data: LoadedData) -> anyhow::Result<LoadedData> {
        if let Some(notice) = &data.notice {
            note(notice);
        }
        if let Self::Foreign(foreign) = self {
            data.images = foreign.take(data.images)?;
        }
        Ok(data)
    }

    /// How images are brought to the network's size.
    pub(super) fn fit(&self) -> Fit {
        match self {
            Self::Own(_) => Fit::default(),
            Self::Foreign(foreign) => foreign.fit(),
        }
    }

    /// The network, at its last epoch, to be attacked.
    pub(super) fn victim(&self) -> anyhow::Result<Victim<'_>> {
        match self {
            Self::Own(checkpoints) => {
                let last = checkpoints.last().context("MODEL: it has no checkpoint")?;
                Ok(Victim::new(&last.model, &last.card.normalization))
            }
            Self::Foreign(foreign) => Ok(foreign.victim()),
        }
    }

    pub(super) fn subjects(&self) -> Vec<Subject<'_>> {
        match self {
            Self::Own(checkpoints) => checkpoints.iter().map(Subject::from).collect(),
            Self::Foreign(foreign) => vec![foreign.subject()],
        }
    }

    pub(super) fn description(&self) -> String {
        match self {
            Self::Own(checkpoints) => network(checkpoints),
            Self::Foreign(foreign) => foreign.description(),
        }
    }
}

/// Refuses images whose classes cannot be those of the network's outputs, or that it cannot take.
pub(super) fn ensure_fits(victim: &Victim<'_>, images: &Dataset) -> anyhow::Result<()> {
    let [shape, expected] = [images.image_shape(), victim.network().input_shape()];
    anyhow::ensure!(
        shape == expected,
        "--data: images of {shape:?}, the network takes {expected:?} (height, width, channels)"
    );
    let (n_classes, n_outputs) = (images.n_classes(), n_outputs(victim.network()));
    anyhow::ensure!(
        n_outputs == 0 || n_classes == n_outputs,
        "--data: {n_classes} classes, the network tells {n_outputs} apart; an attack needs to know which output is which class, so give data with \
         all classes in the order of the outputs"
    );
    Ok(())
}

/// The number of classes; 0 where it is known only after a pass.
pub(super) fn n_outputs(network: &dyn Network) -> usize {
    let shape = &network.layers()[network.logits_layer()].output_shape;
    if shape.is_empty() { 0 } else { shape.iter().product() }
}

/// The images a run was trained on, as many as it was limited to.
fn training_images(
    model: Option<&Path>,
    trained_on: Option<&str>,
    class_names: Option<&[String]>,
) -> anyhow::Result<LoadedData> {
    let name = trained_on.context("--training-images: MODEL does not name its data; give --data")?;
    let run = model.filter(|model| model.is_dir());
    let limit = run.map(RunFolder::open).transpose()?.and_then(|(_, card)| card.limit);
    let data = load_data(name, Split::Train, Fit::default()).context("--training-images")?;
    let mut data = of_own_classes(data, class_names)?;
    if let Some(limit) = limit.filter(|limit| *limit < data.images.len()) {
        let first: Vec<usize> = (0..limit).collect();
        data.images = data.images.subset(&first)?;
        data.stamp = DataStamp::of(&format!("{}, the first {limit}", data.stamp.name), &data.images);
    }
    Ok(data)
}

/// Of a network's own data the classes that it was trained on.
fn of_own_classes(mut data: LoadedData, class_names: Option<&[String]>) -> anyhow::Result<LoadedData> {
    let Some(class_names) = class_names else { return Ok(data) };
    let n_all = data.images.n_classes();
    data.images = of_named_classes(data.images, class_names)?;
    if data.images.n_classes() < n_all {
        let name = format!("{}, {} of {n_all} classes", data.stamp.name, class_names.len());
        data.stamp = DataStamp::of(&name, &data.images);
    }
    Ok(data)
}

/// The network at its epochs in one line.
pub(super) fn network(checkpoints: &[Checkpoint]) -> String {
    let [first, ..] = checkpoints else { return String::new() };
    let card = &first.card;
    let accuracies = [first, &checkpoints[checkpoints.len() - 1]];
    let mut accuracies = accuracies.map(|own| format!("{:.2} %", 100.0 * own.card.test_accuracy)).to_vec();
    accuracies.truncate(checkpoints.len());
    format!(
        "{} ({}) trained on {}, seed {}, {}, test accuracy {}",
        card.model.architecture,
        card.model.nonlinearity,
        card.data,
        card.model.seed,
        epochs(checkpoints),
        accuracies.join(" to ")
    )
}

/// Epochs in words; of many the first, the last and how many.
fn epochs(checkpoints: &[Checkpoint]) -> String {
    const FEW: usize = 12;
    let epochs: Vec<String> = checkpoints.iter().map(|own| own.card.epoch.to_string()).collect();
    match &epochs[..] {
        [one] => format!("epoch {one}"),
        [first, .., last] if epochs.len() > FEW => format!("{} epochs from {first} to {last}", epochs.len()),
        _ => format!("epochs {}", epochs.join(", ")),
    }
}
