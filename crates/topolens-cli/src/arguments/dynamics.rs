//! What `topolens dynamics` accepts.

use std::path::PathBuf;

use clap::Args;

use super::{Common, MeasuredArguments};

/// Descriptors by layer and epoch while a network learns, coloured by accuracy; and the path of its weights
///
/// Of a run folder every checkpoint that was kept; of files (ONNX, checkpoints, saved activations) each is a step, in the order given. If the run
/// recorded its weights (`topolens train --trajectory N`), also the persistent-homology dimension, the lifespans sum and the positive magnitude of
/// their path.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens dynamics runs/a
  topolens dynamics runs/a --data cifar10:train --epochs 0,1,5,20
  topolens dynamics runs/a --training-images --points 500
  topolens dynamics epoch-*.onnx --data photos/
  topolens dynamics step-*.npz --labels labels.npy")]
pub(crate) struct DynamicsArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// A run folder, or ONNX files, checkpoints or saved activations in order
    #[arg(required = true, value_name = "RUN")]
    pub(crate) models: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) measured: MeasuredArguments,
    /// Checkpoints of the run: all, last, or numbers separated by commas
    #[arg(long, default_value = "all")]
    pub(crate) epochs: String,
    /// Folder for the results [default: dynamics in the run folder, else topolens-dynamics]
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}
