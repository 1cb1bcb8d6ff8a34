//! What `topolens detect` accepts.

use std::path::PathBuf;

use clap::Args;

use super::layers::{LayerPatterns, layer_patterns};
use super::{Common, ForeignArguments, quotient};

/// Detectors of attacked inputs: fitted to one attack, judged on others and on noise; saved, and applied to new inputs
///
/// Half of the test images serves to fit, half to judge; what is sound is drawn from the training images. Only images on which an attack succeeds count as
/// attacked, and random noise counts as sound. Without MODEL and --data: the shipped network on the embedded images. Writes
/// detection.json, areas.csv, scores.csv, report.html, figures, and the detectors: detectors.json and reference.safetensors.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens detect
  topolens detect runs/a --fit fgsm --on pgd,deepfool,square --epsilon 0.03 --out runs/a/detect
  topolens detect runs/a --detector lid,mahalanobis --seeds 5 --json
  topolens detect runs/a --apply runs/a/detect --data new-photos/
  topolens detect runs/a --apply runs/a/detect --images foolbox.npz")]
pub(crate) struct DetectArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Run folder of `topolens train`, a checkpoint or an ONNX file [default: the shipped network]
    pub(crate) model: Option<PathBuf>,
    /// Images: a data set by NAME, of which :train is sound and :test is attacked, or with --apply the images to judge [default: the network's own
    /// data]
    #[arg(long)]
    pub(crate) data: Option<String>,
    /// Kinds of detector, separated by commas: lid, multi-lid, mahalanobis, knn, topology
    #[arg(long, value_delimiter = ',', default_value = "lid,multi-lid,mahalanobis,knn,topology")]
    pub(crate) detector: Vec<String>,
    /// The attack that detectors are fitted to
    #[arg(long, default_value = "fgsm")]
    pub(crate) fit: String,
    /// The attacks they are judged on, separated by commas; those without gradients for forward-only networks are square and noise
    #[arg(long, value_delimiter = ',', default_value = "pgd,square")]
    pub(crate) on: Vec<String>,
    /// Radius of the attacks, in units of the pixel range 0 to 1; deepfool, cw and jsma look for the smallest
    #[arg(long, default_value_t = 0.03, value_parser = quotient)]
    pub(crate) epsilon: f64,
    /// How perturbations are measured: linf, l2, l1
    #[arg(long, default_value = "linf")]
    pub(crate) norm: String,
    /// Repetitions with other images, references and attacks
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(crate) seeds: u16,
    /// Sound images of the reference, and images to attack
    #[arg(long, default_value_t = 1000)]
    pub(crate) points: usize,
    /// Layers by glob pattern, separated by commas; `!` before one leaves layers out, `\,` is a comma in a name [default: the ends of ten equal parts and the output]
    #[arg(long, value_name = "LAYERS", value_parser = layer_patterns)]
    pub(crate) layers: Vec<LayerPatterns>,
    /// Tensor to row: avg-pool (mean), flatten (as Ma et al.; large), max, cls (first token) or last
    #[arg(long, default_value = "avg-pool")]
    pub(crate) readout: String,
    /// Folder of detectors that an earlier call made; says of each image whether it was attacked
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["detector", "fit", "on", "epsilon", "norm", "seeds", "layers", "readout"])]
    pub(crate) apply: Option<PathBuf>,
    /// With --apply, a .npz or .npy of images (pixels from 0 to 1, or 0 to 255) in place of --data
    #[arg(long, value_name = "FILE", requires = "apply", conflicts_with = "data")]
    pub(crate) images: Option<PathBuf>,
    /// Folder of the results
    #[arg(long, default_value = "topolens-detect")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) foreign: ForeignArguments,
}
