//! Networks of other tools, with what they take.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use topolens_lab::bridge::Subject;
use topolens_lab::input::{ChannelOrder, Preprocessing};
use topolens_nn::attack::Victim;
use topolens_nn::dataset::{Dataset, Fit, Normalization};
use topolens_nn::onnx::{Inputs, OnnxNetwork};
use topolens_nn::train::accuracy;
use topolens_nn::{Error, Network};

use crate::arguments::{ChannelOrderName, ForeignArguments, GraphArguments, constant};
use crate::terminal::note;

/// Images on which the accuracy is told.
const N_JUDGED: usize = 500;

/// A network from an ONNX file with its preprocessing.
pub(crate) struct Foreign {
    name: String,
    pub(crate) network: OnnxNetwork,
    preprocessing: Preprocessing,
    normalization: Normalization,
    /// What was said of its inputs.
    inputs: Inputs,
}

/// Whether the path is that of an ONNX file.
pub(crate) fn is_onnx(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx"))
}

/// Reads an ONNX file, and says what runs it if that is forward only.
pub(crate) fn load_onnx(path: &Path, arguments: &GraphArguments) -> anyhow::Result<OnnxNetwork> {
    let engine = arguments.engine.parse().context("--engine")?;
    let network = OnnxNetwork::load_filled(path, &arguments.inputs(), engine)?;
    if network.outputs().len() > 1 && arguments.output.is_none() {
        note(&format!(
            "{}: of the outputs ({}) {} is the network's answer; another is chosen with --output",
            path.display(),
            network.outputs().join(", "),
            network.layers().last().map_or("none", |answer| &answer.name)
        ));
    }
    if let Some(refusal) = network.refusal().filter(|_| arguments.engine == "auto") {
        note(&format!("{} runs forward only, through rten: {refusal}", path.display()));
    }
    Ok(network)
}

impl Foreign {
    /// Reads an ONNX file and what the flags say of its input.
    pub(crate) fn load(path: &Path, arguments: &ForeignArguments) -> anyhow::Result<Self> {
        let card = Card::beside(path).filter(|_| !arguments.is_given() && arguments.fit().is_nothing());
        let card = card.map(|card| Card::read(&card, arguments)).transpose()?;
        let arguments = card.as_ref().unwrap_or(arguments);
        let network = load_onnx(path, &arguments.graph)?;
        let preprocessing = preprocessing(arguments)?;
        let normalization = preprocessing.normalization().context("--mean, --std")?;
        let n_channels = network.input_shape()[2];
        let n_given = preprocessing.mean.len();
        anyhow::ensure!(
            n_given == 1 || n_given == n_channels,
            "--mean: {n_given} numbers for {n_channels} channels; give one, or one per channel"
        );
        if card.is_none() && !arguments.is_given() {
            note(
                "no preprocessing given: pixels go in from 0 to 1, red first; state what the network was trained with: --mean, --std, \
                 --scale, --channel-order",
            );
        }
        let (name, inputs) = (path.display().to_string(), arguments.graph.inputs());
        Ok(Self { name, network, preprocessing, normalization, inputs })
    }

    /// The network for a study.
    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject::new(&self.network, &self.normalization)
    }

    /// The network to be attacked, by scores alone if it has no gradients.
    pub(crate) fn victim(&self) -> Victim<'_> {
        if self.network.refusal().is_some() {
            Victim::forward_only(&self.network, &self.normalization)
        } else {
            Victim::new(&self.network, &self.normalization)
        }
    }

    /// The images as it takes them; says how well it does on them, and warns where that is no better than chance.
    pub(crate) fn take(&self, images: Dataset) -> anyhow::Result<Dataset> {
        let images = self.ordered(images);
        let [shape, expected] = [images.image_shape(), self.network.input_shape()];
        let n_classes = images.n_classes();
        let n_outputs = self.network.layers().last().map_or(0, |output| output.output_shape.iter().product());
        if shape == expected && n_outputs == n_classes && n_classes > 1 {
            let accuracy = self.accuracy(&images)?;
            note(&format!(
                "{}: accuracy {:.1} % on {} of the images",
                self.name,
                100.0 * accuracy,
                N_JUDGED.min(images.len())
            ));
            if accuracy < 1.5 / n_classes as f64 {
                note(
                    "that is chance: the input is probably scaled in another way than in training (--mean, --std, --scale, \
                     --channel-order), or the classes are in another order",
                );
            }
        }
        if shape == expected && n_outputs != n_classes {
            note(&format!(
                "{}: no accuracy is told: {n_outputs} numbers come out for {n_classes} classes of the images",
                self.name
            ));
        }
        Ok(images)
    }

    /// The images with their channels in the network's order; grey ones in colour if it takes colour.
    pub(crate) fn ordered(&self, images: Dataset) -> Dataset {
        let images = if self.network.input_shape()[2] == 3 { images.in_color() } else { images };
        self.preprocessing.ordered(images)
    }

    fn accuracy(&self, images: &Dataset) -> Result<f64, Error> {
        let step = (images.len() / N_JUDGED).max(1);
        let chosen: Vec<usize> = (0..images.len()).step_by(step).take(N_JUDGED).collect();
        accuracy(&self.network, &images.subset(&chosen)?, &self.normalization)
    }

    /// How images are brought to the network's size.
    pub(crate) fn fit(&self) -> Fit {
        self.preprocessing.fit
    }

    /// The network in one line.
    pub(crate) fn description(&self) -> String {
        let inputs = if self.inputs.is_empty() { String::new() } else { format!("; {}", self.inputs) };
        format!("{} ({} engine), input {}{inputs}", self.name, self.network.engine(), self.preprocessing)
    }
}

/// What a network takes, in a TOML file beside it with its name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Card {
    #[serde(default)]
    mean: Numbers,
    #[serde(default)]
    std: Numbers,
    scale: Option<f64>,
    channel_order: Option<String>,
    resize: Option<u32>,
    crop: Option<u32>,
    input: Option<String>,
    output: Option<String>,
    #[serde(default)]
    constant: Texts,
}

/// One text, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Default for Texts {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Texts {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

/// One number, or one for each channel.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Numbers {
    One(f64),
    Many(Vec<f64>),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Numbers {
    fn into_vec(self) -> Vec<f64> {
        match self {
            Self::One(number) => vec![number],
            Self::Many(numbers) => numbers,
        }
    }
}

impl Card {
    /// Where the card of the network `path` is, if there is one.
    fn beside(path: &Path) -> Option<PathBuf> {
        Some(path.with_extension("toml")).filter(|card| card.is_file())
    }

    fn open(card: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(card).with_context(|| format!("cannot read {}", card.display()))?;
        let read = toml::from_str(&text).with_context(|| card.display().to_string())?;
        note(&format!("{} says what the network takes", card.display()));
        Ok(read)
    }

    /// The arguments with what the card says.
    fn read(card: &Path, arguments: &ForeignArguments) -> anyhow::Result<ForeignArguments> {
        let read = Self::open(card)?;
        let channel_order = match read.channel_order.as_deref() {
            None | Some("rgb") => ChannelOrderName::Rgb,
            Some("bgr") => ChannelOrderName::Bgr,
            Some(other) => {
                anyhow::bail!("{}: channel-order {other:?} is neither rgb nor bgr", card.display())
            }
        };
        Ok(ForeignArguments {
            graph: read.graph(card, &arguments.graph)?,
            mean: read.mean.into_vec(),
            std: read.std.into_vec(),
            scale: read.scale,
            channel_order,
            resize: read.resize,
            crop: read.crop,
            ..arguments.clone()
        })
    }

    /// The arguments with what the card says of inputs, where they say nothing themselves.
    fn graph(&self, card: &Path, arguments: &GraphArguments) -> anyhow::Result<GraphArguments> {
        let mut graph = arguments.clone();
        graph.input = graph.input.or_else(|| self.input.clone());
        graph.output = graph.output.or_else(|| self.output.clone());
        if graph.constant.is_empty() {
            let constants = self.constant.as_slice().iter().map(|text| constant(text));
            let constants: Result<_, String> = constants.collect();
            let named = |reason| anyhow::anyhow!("{}: constant: {reason}", card.display());
            graph.constant = constants.map_err(named)?;
        }
        Ok(graph)
    }
}

impl GraphArguments {
    /// With what a card beside the file `path` says of inputs.
    pub(crate) fn beside(&self, path: &Path) -> anyhow::Result<Self> {
        let Some(card) = Card::beside(path) else { return Ok(self.clone()) };
        Card::open(&card)?.graph(&card, self)
    }

    /// Whether any of it was stated.
    pub(crate) fn is_given(&self) -> bool {
        self.engine != "auto" || self.input.is_some() || !self.constant.is_empty() || self.output.is_some()
    }

    fn inputs(&self) -> Inputs {
        let inputs = self.input.iter().fold(Inputs::default(), Inputs::images);
        let inputs = self.constant.iter().fold(inputs, |inputs, (name, value)| inputs.constant(name, *value));
        self.output.iter().fold(inputs, Inputs::output)
    }
}

impl ForeignArguments {
    /// Whether any of the input was stated.
    fn is_given(&self) -> bool {
        let numbers = !self.mean.is_empty() || !self.std.is_empty() || self.scale.is_some();
        numbers || self.channel_order != ChannelOrderName::Rgb
    }

    /// How images are brought to the network's size.
    pub(crate) fn fit(&self) -> Fit {
        Fit { resize: self.resize, crop: self.crop }
    }

    /// Refuses flags of ONNX files beside another kind of network.
    pub(crate) fn ensure_unused(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            !self.is_given() && !self.graph.is_given() && self.fit().is_nothing(),
            "--engine, --input, --constant, --output, --mean, --std, --scale, --channel-order, --resize, --crop: only for ONNX files; a network trained here knows its own"
        );
        Ok(())
    }
}

fn preprocessing(arguments: &ForeignArguments) -> anyhow::Result<Preprocessing> {
    let ForeignArguments { mean, std, scale, channel_order, .. } = arguments;
    let scale = scale.unwrap_or(1.0);
    anyhow::ensure!(scale.is_finite() && scale > 0.0, "--scale: {scale} is not a positive number");
    let n = mean.len().max(std.len()).max(1);
    let or = |values: &[f64], other: f64| if values.is_empty() { vec![other; n] } else { values.to_vec() };
    let channel_order = match channel_order {
        ChannelOrderName::Rgb => ChannelOrder::Rgb,
        ChannelOrderName::Bgr => ChannelOrder::Bgr,
    };
    Ok(Preprocessing { mean: or(mean, 0.0), std: or(std, 1.0), scale, channel_order, fit: arguments.fit() })
}
