//! Activations that another program saved.

use clap::{Args, ValueEnum};

/// How saved activations are read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Saved activations")]
pub(crate) struct SavedArguments {
    /// Class of each sample: an array of numbers or names in the file, a .npy file, or text with a class per line [default:
    /// the array labels, targets or y]
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) labels: Option<String>,
    /// Axes of arrays of images: nchw (PyTorch) or nhwc (TensorFlow)
    #[arg(long, value_enum, default_value_t = LayoutName::Nchw)]
    pub(crate) layout: LayoutName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LayoutName {
    Nchw,
    Nhwc,
}
