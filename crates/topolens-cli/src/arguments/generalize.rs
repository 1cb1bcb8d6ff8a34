//! What `topolens generalize` accepts.

use std::path::PathBuf;

use clap::Args;

use super::Common;

/// Do descriptors of training images tell how well networks generalise? Correlations, confounders, baselines, and a predictor
///
/// Of every descriptor, layer and homology dimension: its correlation with the test error and with the generalisation gap, raw and given what
/// confounds it, beside baselines that need no cloud; then a regression that foretells the test error of architectures it has not
/// seen, with a test whether it beats the best baseline. Descriptors must come from images the networks were trained on; a network that is
/// not profiled yet is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens generalize runs/e5
  topolens generalize runs/a runs/b runs/c runs/d runs/e runs/f --points 500
  topolens generalize measures.csv --json | jq '.verdict'
  topolens generalize --predict runs/new --out topolens-generalization

A table has a row per network: test_error and, if known, train_error as shares, hyper-parameters as hp_*, every other column a measure.")]
pub(crate) struct GeneralizeArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Run folders, folders of sweeps, or one table of measures (.csv, .parquet)
    #[arg(required_unless_present = "predict", value_name = "RUNS")]
    pub(crate) runs: Vec<PathBuf>,
    /// Foretell the test error of these trained runs, by the predictor in --out
    #[arg(long, value_name = "RUN", num_args = 1.., conflicts_with = "runs")]
    pub(crate) predict: Vec<PathBuf>,
    /// Images of a cloud where a network is not profiled yet; one that is profiled on another number is refused [default: 1000, for --predict
    /// as many as the predictor was fitted to]
    #[arg(long)]
    pub(crate) points: Option<usize>,
    /// Take descriptors of test images as well; they already know the answer
    #[arg(long)]
    pub(crate) allow_test_data: bool,
    /// Folder of the results
    #[arg(long, default_value = "topolens-generalization")]
    pub(crate) out: PathBuf,
}
