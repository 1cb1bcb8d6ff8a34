//! The waist: what every network can do, wherever it came from.

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::tape::{cross_entropy_loss, cross_entropy_slope};
use crate::tensor::Tensor;

/// What a layer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LayerKind {
    /// Convolution.
    Convolution,
    /// Batch normalisation and kin.
    Normalization,
    /// Pointwise nonlinearity.
    Nonlinearity,
    /// Local or global pooling.
    Pooling,
    /// Shortcut of a residual block.
    Shortcut,
    /// Sum of two branches.
    Sum,
    /// End of a block of layers, after its last nonlinearity.
    Block,
    /// Fully connected.
    Linear,
    /// Attention of positions to each other.
    Attention,
    /// Anything else, as ONNX files have it.
    Other,
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Convolution => "convolution",
            Self::Normalization => "normalization",
            Self::Nonlinearity => "nonlinearity",
            Self::Pooling => "pooling",
            Self::Shortcut => "shortcut",
            Self::Sum => "sum",
            Self::Block => "block",
            Self::Linear => "linear",
            Self::Attention => "attention",
            Self::Other => "other",
        })
    }
}

/// A step of a network whose output can be tapped.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Dotted name, unique in the network: `stem.conv`, `block1.conv1`, `block1`; the last layer is `output`.
    pub name: String,
    /// What it does.
    pub kind: LayerKind,
    /// (index + 1) / number of layers, in (0, 1]; the output has 1.
    pub relative_depth: f64,
    /// Shape of the output for one image: height, width, channels, or features. Empty when known only after a pass.
    pub output_shape: Vec<usize>,
}

/// Result of a forward pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Forward {
    /// Output of the last layer, N × classes.
    pub output: Tensor,
    /// Outputs of the layers asked for, in the order asked; images are NHWC.
    pub taps: Vec<Tensor>,
}

/// The linear classifier at the end of a network: logits are $W h + b$.
#[derive(Debug, Clone, PartialEq)]
pub struct Classifier {
    /// Index of the layer whose output, averaged over its positions, is $h$.
    pub features: usize,
    /// Rows of $W$ one after the other, one per class.
    pub weights: Vec<f32>,
    /// $b$.
    pub biases: Vec<f32>,
}

/// A network in evaluation mode: batch normalisation uses its running statistics.
pub trait Network: Send + Sync {
    /// The layers in order of evaluation; the last is the output.
    fn layers(&self) -> &[Layer];

    /// Height, width and channels of the images it takes.
    fn input_shape(&self) -> [usize; 3];

    /// The linear classifier at its end, if that is known.
    fn classifier(&self) -> Option<Classifier> {
        None
    }

    /// The index of the layer that holds the logits: the last, or the one before a closing softmax.
    fn logits_layer(&self) -> usize {
        self.layers().len() - 1
    }

    /// Runs a batch and records the outputs of the layers whose indices are in `taps`.
    ///
    /// # Shape
    ///
    /// `batch` is N × height × width × channels.
    ///
    /// # Errors
    ///
    /// If `batch` has another shape, no image, or a value that is not finite, or an index in `taps` is not below the number
    /// of layers.
    fn forward(&self, batch: &Tensor, taps: &[usize]) -> Result<Forward, Error>;
}

/// Gradient of a loss in the images.
#[derive(Debug, Clone, PartialEq)]
pub struct InputGradient {
    /// Gradient of each image's own loss, in the shape of the batch.
    pub gradient: Tensor,
    /// Loss of each image.
    pub losses: Vec<f32>,
    /// Logits of each image, N × classes.
    pub logits: Tensor,
}

/// Logits, and the gradient of a function of them in the images.
#[derive(Debug, Clone, PartialEq)]
pub struct Pullback {
    /// Logits of each image, N × classes.
    pub logits: Tensor,
    /// Gradient in the pixels, in the shape of the batch.
    pub gradient: Tensor,
}

/// A network that can be differentiated in its input.
pub trait Differentiable: Network {
    /// Carries a cotangent $c$ of the logits $z$ back to the pixels: the gradient of $\sum_k c_k z_k$ of each image in its own
    /// pixels, for $c$ fixed. With $c = \partial \ell / \partial z$ it is the gradient of the loss $\ell$; weight gradients are not computed.
    ///
    /// `cotangent` is called once, with the logits, and returns as many numbers.
    ///
    /// # Errors
    ///
    /// As [`Network::forward`] and `cotangent`, and if the cotangent has another shape than the logits.
    fn pullback(&self, batch: &Tensor, cotangent: &mut Cotangent<'_>) -> Result<Pullback, Error>;

    /// Gradient of each image's cross entropy $-\log \mathrm{softmax}(z)_{label}$ in its pixels.
    ///
    /// # Errors
    ///
    /// As [`Network::forward`], and if the labels do not fit the batch or the number of classes.
    fn input_gradient(&self, batch: &Tensor, labels: &[usize]) -> Result<InputGradient, Error> {
        let mut losses = Vec::new();
        let Pullback { logits, gradient } = self.pullback(batch, &mut |logits| {
            let n_classes = logits.item_len();
            check_labels(labels, batch.n_items(), n_classes)?;
            let rows = || logits.values().chunks_exact(n_classes).zip(labels);
            losses = rows().map(|(row, label)| cross_entropy_loss(row, *label, 0.0) as f32).collect();
            let slopes = rows().flat_map(|(row, label)| cross_entropy_slope(row, *label, 0.0));
            Tensor::new(logits.shape(), slopes.map(|slope| slope as f32).collect())
        })?;
        Ok(InputGradient { gradient, losses, logits })
    }
}

/// From logits to the cotangent of them.
pub type Cotangent<'a> = dyn FnMut(&Tensor) -> Result<Tensor, Error> + 'a;

/// The cotangent, if it has the shape of the logits.
pub(crate) fn checked_cotangent(logits: &Tensor, cotangent: &mut Cotangent<'_>) -> Result<Tensor, Error> {
    let found = cotangent(logits)?;
    if found.shape() == logits.shape() {
        return Ok(found);
    }
    let [expected, got] = [logits, &found].map(|tensor| tensor.shape().to_vec());
    Err(ErrorKind::ShapeMismatch { argument: "cotangent", expected, got }.into())
}

/// Refuses a batch that `network` cannot take, and taps that it does not have.
pub(crate) fn check_request(network: &dyn Network, batch: &Tensor, taps: &[usize]) -> Result<(), Error> {
    let [height, width, channels] = network.input_shape();
    let expected = vec![batch.n_items(), height, width, channels];
    if batch.shape() != expected {
        return Err(
            ErrorKind::ShapeMismatch { argument: "batch", expected, got: batch.shape().to_vec() }.into()
        );
    }
    if batch.n_items() == 0 {
        return Err(ErrorKind::Empty { argument: "batch", hint: "give at least one image" }.into());
    }
    if let Some(value) = batch.values().iter().find(|value| !value.is_finite()) {
        return Err(ErrorKind::NotFinite { argument: "batch", value: f64::from(*value) }.into());
    }
    let n_layers = network.layers().len();
    match taps.iter().find(|index| **index >= n_layers) {
        Some(index) => Err(ErrorKind::LayerOutOfRange { index: *index, n_layers }.into()),
        None => Ok(()),
    }
}

/// Refuses labels that do not fit `n_images` and `n_classes`.
pub(crate) fn check_labels(labels: &[usize], n_images: usize, n_classes: usize) -> Result<(), Error> {
    if labels.len() != n_images {
        return Err(ErrorKind::CountMismatch { images: n_images, labels: labels.len() }.into());
    }
    match labels.iter().position(|label| *label >= n_classes) {
        Some(position) => {
            Err(ErrorKind::LabelOutOfRange { position, label: labels[position], n_classes }.into())
        }
        None => Ok(()),
    }
}
