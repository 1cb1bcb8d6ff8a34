//! Networks of other tools.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Common, SavedArguments};

/// How an ONNX file is run and what it takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "ONNX files")]
pub(crate) struct ForeignArguments {
    /// Flags from a TOML file, a key each; those on the command line win. What a network takes is kept well in one
    #[arg(long, value_name = "FILE", help_heading = "Options")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) graph: GraphArguments,
    /// Taken off each pixel, one number or one per channel [default: 0]
    #[arg(long, value_delimiter = ',', allow_negative_numbers = true)]
    pub(crate) mean: Vec<f64>,
    /// Pixels are divided by it, as many numbers as --mean [default: 1]
    #[arg(long, value_delimiter = ',', allow_negative_numbers = true)]
    pub(crate) std: Vec<f64>,
    /// What a white pixel is before --mean and --std: 1, or 255 for networks that take pixel values [default: 1]
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) scale: Option<f64>,
    /// Scale the shorter side of each image to N pixels first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8192))]
    pub(crate) resize: Option<u32>,
    /// Cut the middle N × N pixels out, after --resize
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8192))]
    pub(crate) crop: Option<u32>,
    /// Order of the channels
    #[arg(long, value_enum, default_value_t = ChannelOrderName::Rgb)]
    pub(crate) channel_order: ChannelOrderName,
}

/// What runs an ONNX file, and what goes into its inputs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "ONNX files")]
pub(crate) struct GraphArguments {
    /// What runs it: tape (gradients, every CNN operator), rten (any operator, forward only), ort (your own
    /// onnxruntime, forward only, in builds with the feature ort) or auto
    #[arg(long, default_value = "auto")]
    pub(crate) engine: String,
    /// The input that takes the images, of a file with several [default: the one without --constant]
    #[arg(long, value_name = "NAME")]
    pub(crate) input: Option<String>,
    /// Another input, filled with one number (true and false are 1 and 0); for each of them, separated by commas or in flags
    /// of their own
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',', value_parser = constant)]
    pub(crate) constant: Vec<(String, f64)>,
    /// The output that is the network's answer, of a file with several [default: of those with a row of numbers the one computed last]
    #[arg(long, value_name = "NAME")]
    pub(crate) output: Option<String>,
}

impl Default for GraphArguments {
    fn default() -> Self {
        Self { engine: "auto".to_owned(), input: None, constant: Vec::new(), output: None }
    }
}

/// An input and the number that fills it.
pub(crate) fn constant(text: &str) -> Result<(String, f64), String> {
    // Names of TensorFlow's inputs may hold what separates; numbers do not.
    let Some((name, value)) = text.rsplit_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err(format!("{text:?} is not NAME=VALUE, such as time=0.5"));
    };
    let number = match value.trim() {
        "true" => 1.0,
        "false" => 0.0,
        number => number.parse().map_err(|_| format!("{number:?} is neither a number nor true or false"))?,
    };
    if !f64::is_finite(number) {
        return Err(format!("{} is no finite number", value.trim()));
    }
    Ok((name.trim().to_owned(), number))
}

/// As where nothing is given, so that a card beside the file is read.
impl Default for ForeignArguments {
    fn default() -> Self {
        Self {
            config: None,
            graph: GraphArguments::default(),
            mean: Vec::new(),
            std: Vec::new(),
            scale: None,
            resize: None,
            crop: None,
            channel_order: ChannelOrderName::Rgb,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChannelOrderName {
    Rgb,
    Bgr,
}

/// The layers of a network that can be tapped: name, what it is, shape, relative depth
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens layers
  topolens layers model.onnx
  topolens layers model.onnx --input images --constant time=0.5
  topolens layers model.onnx --json | jq -r '.layers[] | select(.default) | .name'
  topolens layers runs/a
  topolens layers activations.npz")]
pub(crate) struct LayersArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// ONNX file, run folder, checkpoint or saved activations [default: the shipped network]
    pub(crate) model: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) graph: GraphArguments,
    #[command(flatten)]
    pub(crate) saved: SavedArguments,
}
