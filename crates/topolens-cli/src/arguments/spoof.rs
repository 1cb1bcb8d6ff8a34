//! What `topolens spoof` accepts.

use std::path::PathBuf;

use clap::Args;

use super::layers::{LayerPatterns, layer_patterns};
use super::{Common, ForeignArguments};

/// Presentation attacks on face recognition: live faces beside attacks in every layer, and detectors with the measures of ISO/IEC 30107-3
///
/// Every comparison has the same number of images on both sides and nobody on both; intervals are over splits of the persons, p-values by
/// permutation of persons. Persons are the sub-folders that images lie in, else the names of files up to the first _ or -; a comparison takes
/// 6 persons and 10 images of a side, detectors 10 persons. Detectors are fitted, chosen and judged on different persons. Images by `topolens simulate-attack` are marked as simulated throughout. Writes spoof.json,
/// layers.csv, scores.csv, report.html and figures.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens spoof face.onnx --live live --attack print=print --attack replay=replay --control camera --aligned
  topolens spoof face.onnx --live live --attack print --landmarks landmarks.json --mean 127 --std 128 --scale 255
  topolens spoof face.onnx --data LCC_FASD --layout lcc-fasd --detector-net detect.onnx --landmark-net points.onnx
  topolens spoof liveness.onnx --data CelebA_Spoof --layout celeba-spoof --bounds 2.7 --channel-order bgr --scale 255
  topolens spoof runs/faces --live orl --attack print=orl-print --aligned --baseline other-detector.csv")]
pub(crate) struct SpoofArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// ONNX file, run folder of `topolens train` or a checkpoint: a face-recognition or an anti-spoofing network
    pub(crate) model: PathBuf,
    /// Folder of live faces, with a sub-folder for each person or not
    #[arg(long, value_name = "FOLDER", required_unless_present = "data", conflicts_with = "data")]
    pub(crate) live: Option<PathBuf>,
    /// Folder of an attack, by its own name or as NAME=FOLDER; may be given several times
    #[arg(long, value_name = "[NAME=]FOLDER", required_unless_present = "data", conflicts_with = "data")]
    pub(crate) attack: Vec<String>,
    /// Folder of live faces through the camera of the attacks
    #[arg(long, value_name = "[NAME=]FOLDER", conflicts_with = "data")]
    pub(crate) control: Option<String>,
    /// Folder of a data set, in place of --live and --attack
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// How it lies in --data: kinds (a folder for each kind, live among them), celeba-spoof, lcc-fasd, replay-attack (frames) or nuaa
    #[arg(long, default_value = "kinds", requires = "data")]
    pub(crate) layout: String,
    /// The pictures are faces already, and are only scaled to the network's size
    #[arg(long, help_heading = "Faces", conflicts_with_all = ["landmarks", "detector_net", "landmark_net", "bounds"])]
    pub(crate) aligned: bool,
    /// JSON file with five points of each live face (eyes, nose, corners of the mouth), {"NAME": [[x, y], …]} or a list of {"file", "five_points",
    /// "id"}, by which faces are aligned to the template of ArcFace; images simulated from them take them over
    #[arg(long, value_name = "FILE", help_heading = "Faces")]
    pub(crate) landmarks: Option<PathBuf>,
    /// ONNX face detector with outputs boxes and scores, of the form of Ultra-Light-Fast-Generic-Face-Detector
    #[arg(long, value_name = "FILE", help_heading = "Faces")]
    pub(crate) detector_net: Option<PathBuf>,
    /// ONNX network that gives 5 or 68 points of a face box in grey
    #[arg(long, value_name = "FILE", help_heading = "Faces", requires = "detector_net")]
    pub(crate) landmark_net: Option<PathBuf>,
    /// Cut out the face box times this number in place of aligning, as anti-spoofing networks take it
    #[arg(long, value_name = "TIMES", help_heading = "Faces")]
    pub(crate) bounds: Option<f64>,
    /// Layers by glob pattern, separated by commas; `!` before one leaves layers out, `\,` is a comma in a name [default: the ends of ten equal parts and the output]
    #[arg(long, value_name = "LAYERS", value_parser = layer_patterns)]
    pub(crate) layers: Vec<LayerPatterns>,
    /// Tensor to row: avg-pool (mean), flatten, max, cls (first token) or last
    #[arg(long, default_value = "avg-pool")]
    pub(crate) readout: String,
    /// Scaling of features before homology, of both sides together: min-max, robust or none
    #[arg(long, default_value = "min-max")]
    pub(crate) scaling: String,
    /// Images of each kind at most, as many persons as can be
    #[arg(long, default_value_t = 1000)]
    pub(crate) points: usize,
    /// Images of each person and kind at most: with 1, nearest neighbours are always other persons [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) images_per_person: Option<u16>,
    /// Permutations of persons behind each p-value
    #[arg(long, default_value_t = 199, value_parser = clap::value_parser!(u16).range(19..=9999))]
    pub(crate) permutations: u16,
    /// Kinds of detector, separated by commas: lid, multi-lid, mahalanobis, knn, topology
    #[arg(long, value_delimiter = ',', default_value = "lid,mahalanobis,knn,topology")]
    pub(crate) detector: Vec<String>,
    /// Another detector to stand beside: a CSV file with the columns kind, name (path below the folder of the kind), score (high for attacks), or
    /// an anti-spoofing network as ONNX file, which needs face boxes (--detector-net or --landmarks); several networks count together
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub(crate) baseline: Vec<PathBuf>,
    /// What each --baseline network sees: the face box times this number, separated by commas
    #[arg(long, value_name = "TIMES", value_delimiter = ',', help_heading = "Baseline")]
    pub(crate) baseline_bounds: Vec<f64>,
    /// Which output of the --baseline networks means a live face, from 0
    #[arg(long, value_name = "OUTPUT", default_value_t = 1, help_heading = "Baseline")]
    pub(crate) baseline_live: usize,
    /// Folder of the results
    #[arg(long, default_value = "topolens-spoof")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) foreign: ForeignArguments,
}
