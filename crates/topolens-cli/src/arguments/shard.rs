//! What `topolens shard` accepts.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Common;

/// Components and exact neighbours of a cloud larger than one machine, by a job array
///
/// The cloud is cut into blocks of rows; a task finds the spanning tree and the neighbours of two blocks, and the merge makes those of
/// the whole of them, to the last bit what one machine would find. Machines share a folder and nothing else. A task that was done is not
/// done again: send a job array that was killed once more. For many networks, `topolens sweep` has --shard of its own.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens shard plan huge.npy --out shards
  topolens shard run shards --shard 3/20          # in a job array: --shard $SLURM_ARRAY_TASK_ID/20
  topolens shard merge shards --deaths deaths.npy --distances d.npy --indices i.npy")]
pub(crate) struct ShardArguments {
    #[command(subcommand)]
    pub(crate) action: ShardAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ShardAction {
    Plan(ShardPlanArguments),
    Run(ShardRunArguments),
    Merge(ShardMergeArguments),
}

/// Cut a cloud into blocks and say what there is to do
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens shard plan huge.npy --out shards
  topolens shard plan huge.npy --out shards --block-size 50000 --neighbors 10 --json")]
pub(crate) struct ShardPlanArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Matrix in .npy (f32, f64), in row order: rows are points, columns features
    pub(crate) points: PathBuf,
    /// Folder of the plan and of what the tasks find
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Rows of a block; a task holds two
    #[arg(long, default_value_t = 20_000)]
    pub(crate) block_size: usize,
    /// Neighbours of each point, itself left out
    #[arg(long, default_value_t = 20)]
    pub(crate) neighbors: usize,
}

/// Do what is left of the tasks, or of one machine's share of them
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens shard run shards
  topolens shard run shards --shard 3/20")]
pub(crate) struct ShardRunArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Folder of the plan
    pub(crate) folder: PathBuf,
    /// Only every n-th task from the i-th on, i/n
    #[arg(long, value_name = "I/N", default_value = "1/1", hide_default_value = true)]
    pub(crate) shard: String,
}

/// Make the whole of what the tasks found
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens shard merge shards
  topolens shard merge shards --deaths deaths.npy --json")]
pub(crate) struct ShardMergeArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Folder of the plan
    pub(crate) folder: PathBuf,
    /// Write the deaths of components, ascending, to this .npy file
    #[arg(long, value_name = "FILE")]
    pub(crate) deaths: Option<PathBuf>,
    /// Write the distances to the neighbours to this .npy file, a row per point, nearest first
    #[arg(long, value_name = "FILE")]
    pub(crate) distances: Option<PathBuf>,
    /// Write the row numbers of the neighbours to this .npy file
    #[arg(long, value_name = "FILE")]
    pub(crate) indices: Option<PathBuf>,
    /// Also write the JSON to this file
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}
