//! What `topolens sweep` accepts.

use std::path::PathBuf;

use clap::Args;

use super::Common;

/// Train many networks, each of another configuration, and gather what comes of them in tables and a report
///
/// Shows a plan with time and disk space first. Networks are trained in processes of their own; one that fails leaves the others alone.
/// The same command goes on where it was stopped, and ends in the same tables.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens sweep paper-e5 --out runs/e5
  topolens sweep paper-e1 --size standard --out runs/e1 --dry-run
  topolens sweep sweep.toml --out runs/mine --jobs 4
  topolens sweep sweep.toml --out runs/mine --shard 2/8

A file of a sweep:
  title = \"depth and step size\"
  study = \"generalization\"        # or layers, dynamics
  [train]                         # a key for each flag of `topolens train`
  data = \"cifar10\"
  epochs = 20
  [factors]                       # every combination is trained
  net = [\"resnet8\", \"resnet20\"]
  learning-rate = [0.001, 0.01]
  augment = [[], [\"flip\", \"shift\"]]
  seed = [0, 1]
  [profile]                       # flags of `topolens profile`
  training-images = true
  points = 1000
For settings that belong together, before the tables: networks = [{ net = \"vgg8\", width = 32 }, { net = \"resnet20\" }]")]
pub(crate) struct SweepArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// TOML file of a sweep, or the name of a ready-made one: paper-e1 (data sets), paper-e2 (nonlinearities), paper-e3 (architectures
    /// and epochs), paper-e5 (generalisation)
    #[arg(value_name = "SWEEP")]
    pub(crate) sweep: String,
    /// How much of a ready-made sweep: quick (at most 15 minutes on two cores), standard (hours) or full (days) [default: quick]
    #[arg(long)]
    pub(crate) size: Option<String>,
    /// Folder of the sweep
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Networks trained at a time [default: as many as there are cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// Only every n-th network from the i-th on, i/n, for arrays of machines on one file system; run it without to gather the tables
    #[arg(long, value_name = "I/N", default_value = "1/1", hide_default_value = true)]
    pub(crate) shard: String,
    /// Show the plan, train nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
