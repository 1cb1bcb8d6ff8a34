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
    /// What runs it: tape (gradients, every CNN operator), rten (any operator, forward only) or auto
    #[arg(long, default_value = "auto")]
    pub(crate) engine: String,
    /// Taken off each pixel, one number or one per channel [default: 0]
    #[arg(long, value_delimiter = ',', allow_negative_numbers = true)]
    pub(crate) mean: Vec<f64>,
    /// Pixels are divided by it, as many numbers as --mean [default: 1]
    #[arg(long, value_delimiter = ',')]
    pub(crate) std: Vec<f64>,
    /// What a white pixel is before --mean and --std: 1, or 255 for networks that take pixel values [default: 1]
    #[arg(long)]
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

/// As where nothing is given, so that a card beside the file is read.
impl Default for ForeignArguments {
    fn default() -> Self {
        Self {
            config: None,
            engine: "auto".to_owned(),
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
  topolens layers model.onnx --json | jq -r '.layers[] | select(.default) | .name'
  topolens layers runs/a
  topolens layers activations.npz")]
pub(crate) struct LayersArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// ONNX file, run folder, checkpoint or saved activations [default: the shipped network]
    pub(crate) model: Option<PathBuf>,
    /// What runs an ONNX file: tape, rten or auto
    #[arg(long, default_value = "auto")]
    pub(crate) engine: String,
    #[command(flatten)]
    pub(crate) saved: SavedArguments,
}
