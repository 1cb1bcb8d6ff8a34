//! What `topolens attack` accepts.

use std::path::PathBuf;

use clap::Args;

use super::layers::{LayerPatterns, layer_patterns};
use super::{Common, ForeignArguments};

/// How adversarial attacks move data through the layers: attacks of growing strength, the clouds of every layer under each
///
/// Images that the network gets wrong are set aside and counted, and of those of the target's class too. Sizes of perturbations are in units of the
/// pixel range 0 to 1, whatever the network's preprocessing. Random noise of the same size is always beside. Without MODEL and --data:
/// the shipped network on the embedded images. Writes attack.json, curve.csv, rows.csv, report.html and figures.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens attack
  topolens attack runs/a --method fgsm,pgd --epsilon 0.005:0.095:10 --target 8
  topolens attack model.onnx --data photos/ --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --method pgd --epsilon 0.01
  topolens attack runs/a --method deepfool,cw --norm l2 --epsilon 0.25,0.5,1 --save examples
  topolens attack runs/a --adversarial foolbox.npz
  topolens attack sweeps/e5 --method pgd --epsilon 0.01
  topolens attack --list

A file for --adversarial has an array \"images\" (N × height × width × channels or channels first, pixels from 0 to 1 or 0 to 255) and, if the images
are not the first ones of --data, \"clean\" and \"labels\".")]
pub(crate) struct AttackArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Run folder of `topolens train`, a checkpoint, an ONNX file, or a sweep, whose networks are then compared by their robust accuracy [default: the
    /// shipped network]
    pub(crate) model: Option<PathBuf>,
    /// Images: NAME[:train|:test], a folder, a .csv or arrays in a .npz [default: the test images of the network's own data]
    #[arg(long)]
    pub(crate) data: Option<String>,
    /// Attacks by name, separated by commas; noise is always there [default: fgsm]
    #[arg(long, value_delimiter = ',')]
    pub(crate) method: Vec<String>,
    /// List the attacks, each with its norms and source
    #[arg(long)]
    pub(crate) list: bool,
    /// Radii: FROM:TO:COUNT evenly spaced, or numbers or fractions such as 8/255 separated by commas
    #[arg(long, default_value = "0.005:0.095:10", allow_hyphen_values = true)]
    pub(crate) epsilon: String,
    /// How perturbations are measured: linf, l2, l1, or l0 (the share of the numbers changed)
    #[arg(long, default_value = "linf")]
    pub(crate) norm: String,
    /// The class, by number or name, that images shall be taken for [default: any wrong one]
    #[arg(long, value_name = "CLASS")]
    pub(crate) target: Option<String>,
    /// Steps of attacks that take several [default: that of each]
    #[arg(long)]
    pub(crate) steps: Option<usize>,
    /// Size of a step as a share of epsilon [default: that of each]
    #[arg(long)]
    pub(crate) step_size: Option<f64>,
    /// Further tries from other random points, of pgd and apgd
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1000))]
    pub(crate) restarts: u16,
    /// Images to draw, the same number of each class
    #[arg(long, default_value_t = 800)]
    pub(crate) points: usize,
    /// Layers by glob pattern, separated by commas; `!` before one leaves layers out, `\,` is a comma in a name [default: the ends of ten equal parts and the output]
    #[arg(long, value_name = "LAYERS", value_parser = layer_patterns)]
    pub(crate) layers: Vec<LayerPatterns>,
    /// Tensor to row: avg-pool (mean), flatten, max, cls (first token) or last
    #[arg(long, default_value = "avg-pool")]
    pub(crate) readout: String,
    /// Scaling of features before homology: min-max, robust or none
    #[arg(long, default_value = "min-max")]
    pub(crate) scaling: String,
    /// Measure these attacked images, made by any program, and run no attack unless --method is given
    #[arg(long, value_name = "FILE")]
    pub(crate) adversarial: Option<PathBuf>,
    /// Write the attacked images into this folder, a .npz per attack and strength
    #[arg(long, value_name = "FOLDER")]
    pub(crate) save: Option<PathBuf>,
    /// With --save, also a .png of each image; its pixels are rounded to 256 values
    #[arg(long, requires = "save")]
    pub(crate) png: bool,
    /// Write LID, Mahalanobis distance and displacement of every image at every layer into this .csv file
    #[arg(long, value_name = "FILE")]
    pub(crate) pointwise: Option<PathBuf>,
    /// Folder of the results
    #[arg(long, default_value = "topolens-attack")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) foreign: ForeignArguments,
}

/// A number, or two with a stroke between them: steps of the pixels of pictures are written `8/255`.
pub(crate) fn quotient(text: &str) -> Result<f64, String> {
    let number = |part: &str| part.trim().parse::<f64>().map_err(|_| format!("{text:?} is not a number"));
    match text.split_once('/') {
        Some((above, below)) => Ok(number(above)? / number(below)?),
        None => number(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strengths_may_be_fractions() {
        assert_eq!(quotient("8/255"), Ok(8.0 / 255.0));
        assert_eq!(quotient(" 0.03 "), Ok(0.03));
        for text in ["8/", "/255", "8/255/2", "eight"] {
            assert!(quotient(text).unwrap_err().contains(text), "{text}");
        }
    }
}
