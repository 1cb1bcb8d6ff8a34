//! What `topolens verify` accepts.

use std::path::PathBuf;

use clap::Args;

use super::{Common, ForeignArguments};

/// Face verification: whether two pictures show one person, by the cosine of their embeddings
///
/// Compares all pictures with each other. Persons who were not in training are told from those who were; the former come first. Intervals are
/// over persons. Writes verify.json, pairs.csv, report.html and figures.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens train --net mobilefacenet --loss arcface --cosine-scale 16 --data orl --classes s1..s30 --out runs/face
  topolens verify runs/face --faces orl
  topolens verify runs/face --faces my-photographs/ --out my-verification
  topolens verify face.onnx --faces aligned/ --mean 0.498 --std 0.502 --layer output
  topolens verify runs/face --faces orl --persons 's31..s40' --json | jq '.groups[0].area'")]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Run folder of `topolens train`, a checkpoint or an ONNX file
    pub(crate) model: PathBuf,
    /// Pictures of faces, one folder per person: a folder or a data set by NAME, or a part of it (NAME:train, NAME:test)
    #[arg(long, value_name = "FOLDER")]
    pub(crate) faces: String,
    /// Layer of the embeddings [default: embedding; of an ONNX file without one the output]
    #[arg(long)]
    pub(crate) layer: Option<String>,
    /// Persons who were not in training, by name and separated by commas: globs ('s3?') or FIRST..LAST ('s31..s40'); of an ONNX file all
    /// others count as in training [default: those whose names are not among the classes that the network was trained on]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) persons: Vec<String>,
    /// Folder of the results
    #[arg(long, default_value = "topolens-verify")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) foreign: ForeignArguments,
}
