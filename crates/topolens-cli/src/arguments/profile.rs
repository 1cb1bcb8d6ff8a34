//! What `topolens profile` accepts, and what other commands measure with.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::layers::{LayerPatterns, layer_patterns};
use super::{Common, ForeignArguments, SavedArguments};

/// Descriptors of every layer: lifespans sums, dimensions, separation, each with its uncertainty
///
/// Without MODEL and --data: the shipped network on the embedded images. Writes profile.json, .parquet and .csv,
/// diagrams.json and .npz, report.html and figures into the run folder.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens profile
  topolens profile runs/a --data fashion-mnist:test
  topolens profile runs/a --data cifar10:train --protocol paper --out runs/a/paper
  topolens profile runs/a --training-images
  topolens profile runs/a --untrained 3
  topolens profile model.onnx --data photos/ --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225
  topolens profile model.onnx --data cifar10:test --keep-clouds --out r8 && topolens serve .
  topolens profile activations.npz --labels labels.npy
  topolens profile hidden-states.safetensors --readout cls --layers 'layer*'
  topolens profile runs/a --layers 'block*' --epochs all --json")]
pub(crate) struct ProfileArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Run folder of `topolens train`, a checkpoint (.safetensors with its .json beside it), an ONNX file, or saved
    /// activations: .npz, .safetensors, .h5, .parquet or a folder of .npy, an array per layer, samples first
    pub(crate) model: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) measured: MeasuredArguments,
    /// Checkpoints of the run: last, all, or numbers separated by commas
    #[arg(long, default_value = "last")]
    pub(crate) epochs: String,
    /// Also write the clouds that are measured, of the last epoch, into clouds.npz: an array per layer, `labels`, and the pictures;
    /// `topolens serve` shows them, and every command that takes saved activations reads them. What came in double precision is there as it
    /// is measured: less the mean of each feature, in single precision
    #[arg(long)]
    pub(crate) keep_clouds: bool,
    /// Folder for the results [default: the run folder, else topolens-profile]
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

/// What is measured, and on which images.
#[derive(Debug, Clone, Args)]
pub(crate) struct MeasuredArguments {
    /// Images: NAME[:train|:test], a folder (a folder per class, or the files of MNIST, CIFAR, SVHN), a .csv of paths and classes, or
    /// arrays in a .npz [default: the test images of the network's own data]
    #[arg(long)]
    pub(crate) data: Option<String>,
    /// Which clouds are measured: local (per class), global (all classes), both, or paper (Magai & Ayzenberg 2022)
    #[arg(long, value_enum, default_value_t = ProtocolName::Both)]
    pub(crate) protocol: ProtocolName,
    /// Layers by glob pattern, separated by commas; `!` before one leaves layers out, `\,` is a comma in a name [default: the ends of ten equal parts and the output, or all that were
    /// saved]; those of saved activations in the order of the patterns
    #[arg(long, value_name = "LAYERS", value_parser = layer_patterns)]
    pub(crate) layers: Vec<LayerPatterns>,
    /// Tensor to row: avg-pool (mean), flatten, max, cls (first token), last, or tokens:N (N tokens as points)
    #[arg(long, default_value = "avg-pool")]
    pub(crate) readout: String,
    /// Scaling of features before homology: min-max, robust or none
    #[arg(long, default_value = "min-max")]
    pub(crate) scaling: String,
    /// Images in the global cloud [default: 1000, paper: 3000]
    #[arg(long)]
    pub(crate) points: Option<usize>,
    /// Also compare E0 with that of N networks of the same kind with fresh weights [default: none]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) untrained: usize,
    /// Measure the images the run was trained on, as many as it was limited to, in place of --data
    #[arg(long, conflicts_with = "data")]
    pub(crate) training_images: bool,
    #[command(flatten)]
    pub(crate) foreign: ForeignArguments,
    #[command(flatten)]
    pub(crate) saved: SavedArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProtocolName {
    Local,
    Global,
    Both,
    Paper,
}
