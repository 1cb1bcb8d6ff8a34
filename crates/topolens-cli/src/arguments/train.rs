//! What `topolens train` accepts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Common;

/// Train a network; a checkpoint of every epoch goes into the run folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens train --net resnet8 --data fashion-mnist --epochs 5 --out runs/a
  topolens train --net resnet20 --data cifar10 --nonlinearity swish --augment flip,shift --out runs/b
  topolens train --net small-cnn --data my-images/ --out runs/c
  topolens train --net preresnet20 --shortcut b --data cifar10 --out runs/d
  topolens train --net se-resnet20 --width 32 --data cifar10 --out runs/e
  topolens train --net plain20 --uniform --data cifar10 --out runs/f
  topolens train --net vgg11 --width 32 --optimizer sgd --data cifar10 --out runs/g
  topolens train --net mobilenetv2 --data cifar10 --augment flip,shift --out runs/h
  topolens train --net lenet --data mnist --out runs/i
  topolens train --net mlp3 --nonlinearity tanh --data mnist --out runs/j
  topolens train --net convmixer8 --data cifar10 --out runs/k
  topolens train --net vit6 --data cifar10 --optimizer adamw --schedule cosine --warmup 2 --out runs/l
  topolens train --net imagenet-resnet18 --data my-photographs/ --batch-size 32 --out runs/o
  topolens train --net mobilefacenet --loss arcface --cosine-scale 16 --data orl --classes s1..s30 --out runs/p
  topolens train --config run.toml --seed 3 --out runs/m
  topolens train --net resnet20 --data cifar10 --weights state.safetensors --epochs 0 --out runs/n
  topolens train --out runs/a --resume --epochs 10

A file of settings has a key for each flag: net = \"resnet20\", learning-rate = 0.1, augment = [\"flip\", \"shift\"].")]
#[expect(clippy::struct_excessive_bools, reason = "flags that have nothing to do with each other")]
pub(crate) struct TrainArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Flags from a TOML file, a key each; those on the command line win
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Architecture: small-cnn, resnet8/20/32/44/56/110, preresnet20, se-resnet20, plain20, vgg6/8/11/13/16/19,
    /// mobilenetv2, mobilefacenet, lenet, mlp3, convmixer8, vit6, imagenet-resnet18/34/50/101/152, imagenet-resnext50; any other number that the family has is taken too
    #[arg(long, default_value = "resnet8")]
    pub(crate) net: String,
    /// Data set by name (see `topolens data list`) or a folder of images, one folder per class
    #[arg(long, default_value = "fashion-mnist-6k")]
    pub(crate) data: String,
    /// Train on some classes only, by name and separated by commas: globs ('s1?') or FIRST..LAST ('s1..s30') [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) classes: Vec<String>,
    /// Start from the weights of a safetensors file, named as in PyTorch's state dicts of this network; --epochs 0 trains no further
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
    /// Epochs in all, also when a run is resumed; 0 writes the untrained network [default: 5; of a run that is resumed its own]
    #[arg(long)]
    pub(crate) epochs: Option<u32>,
    /// Run folder
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// relu, relu6, elu, swish, tanh, sigmoid, gelu or prelu [default: relu6 for mobilenetv2, prelu for mobilefacenet, gelu for convmixer and vit, else relu]
    #[arg(long)]
    pub(crate) nonlinearity: Option<String>,
    /// Channels of the first stage, or of every hidden layer [default: as published; 128 with --uniform]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) width: Option<u16>,
    /// Ten blocks of one width, so that the number of features does not tell one layer from another
    #[arg(long)]
    pub(crate) uniform: bool,
    /// Shortcut of residual blocks that change shape: a (pad) or b (1x1 convolution)
    #[arg(long, default_value = "a")]
    pub(crate) shortcut: String,
    /// adam, adamw, adamax, sgd (momentum 0.9) or nesterov
    #[arg(long, default_value = "adam")]
    pub(crate) optimizer: String,
    /// Step size [default: 0.001 for adam and adamw, 0.002 for adamax, 0.05 for sgd and nesterov]
    #[arg(long)]
    pub(crate) learning_rate: Option<f64>,
    /// Weight decay: decoupled for adamw, else added to the gradient [default: 0.01 for adamw, else 0]
    #[arg(long)]
    pub(crate) weight_decay: Option<f64>,
    /// Step size over time: constant, cosine, step:15,25 (a tenth after epochs 15 and 25) or plateau:5 (a tenth when the watched loss
    /// has not fallen for more than 5 epochs)
    #[arg(long, default_value = "constant")]
    pub(crate) schedule: String,
    /// Epochs in which the step size rises from 0, before the schedule
    #[arg(long, default_value_t = 0)]
    pub(crate) warmup: u32,
    /// cross-entropy, or for mobilefacenet arcface or arcface:MARGIN, the margin in radians and 0.5 if not given
    #[arg(long, default_value = "cross-entropy")]
    pub(crate) loss: String,
    /// Factor s of mobilefacenet's output s cos θ [default: 64]; fewer classes ask for a smaller one
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) cosine_scale: Option<u16>,
    /// Share of the target that is spread over all classes
    #[arg(long, default_value_t = 0.0)]
    pub(crate) label_smoothing: f64,
    /// Share of the training images with labels drawn at random, a control [default: 0; 1 if given without a number]
    #[arg(long, num_args = 0..=1, default_missing_value = "1")]
    pub(crate) random_labels: Option<f64>,
    /// Share of the training images of every class kept apart to watch the loss on [default: 0; 0.1 with --patience]
    #[arg(long)]
    pub(crate) validation: Option<f64>,
    /// Stop once the loss on the validation images has not fallen for this many epochs
    #[arg(long)]
    pub(crate) patience: Option<u32>,
    /// Images in a step
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batch_size: u32,
    /// Mean and deviation that pixels are scaled by: scalar (of all channels) or per-channel
    #[arg(long, value_enum, default_value_t = NormalizationName::Scalar)]
    pub(crate) normalization: NormalizationName,
    /// Random changes of training images, separated by commas: flip, shift, rotate=15, zoom=0.1, shear=0.1, cutout=8
    #[arg(long, value_delimiter = ',')]
    pub(crate) augment: Vec<String>,
    /// Checkpoints to keep, by epoch and separated by commas; the last one is always there [default: all]
    #[arg(long, value_delimiter = ',', value_name = "EPOCHS")]
    pub(crate) checkpoints: Option<Vec<usize>>,
    /// Write checkpoints after these steps too, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "STEPS")]
    pub(crate) checkpoint_steps: Vec<u64>,
    /// Record the weights after each of the last N steps in trajectory.npy, a row per step
    #[arg(long, value_name = "N")]
    pub(crate) trajectory: Option<u32>,
    /// Numbers of such a row; more weights are projected at random
    #[arg(long, default_value_t = 1000, value_name = "NUMBERS")]
    pub(crate) trajectory_dimension: u32,
    /// Also write the metrics as TensorBoard events into the run folder
    #[arg(long)]
    pub(crate) tensorboard: bool,
    /// Train on the first N images only
    #[arg(long)]
    pub(crate) limit: Option<usize>,
    /// Measure the accuracy on the first N test images only
    #[arg(long, value_name = "N")]
    pub(crate) test_limit: Option<usize>,
    /// Go on from the last checkpoint in the run folder, with the settings it was started with
    #[arg(
        long,
        conflicts_with_all = [
            "overwrite", "weights", "net", "data", "classes", "loss", "cosine_scale", "nonlinearity", "width", "uniform", "shortcut", "optimizer", "learning_rate", "weight_decay", "batch_size", "augment", "normalization",
            "limit", "test_limit", "seed", "schedule", "warmup", "label_smoothing", "random_labels", "validation", "patience", "checkpoints", "checkpoint_steps", "trajectory", "trajectory_dimension",
        ]
    )]
    pub(crate) resume: bool,
    /// Replace a run that is already in the folder
    #[arg(long)]
    pub(crate) overwrite: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NormalizationName {
    Scalar,
    PerChannel,
}

impl TrainArguments {
    /// Epochs of a run that begins.
    pub(crate) fn epochs(&self) -> usize {
        self.epochs.unwrap_or(5) as usize
    }
}
