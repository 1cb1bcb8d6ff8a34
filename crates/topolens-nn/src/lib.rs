//! Networks to train, load, run, tap and attack, on an engine of their own.
//!
//! [`Network`] is the waist: a list of named layers and a forward pass that records the outputs of the layers asked for.
//! [`Model`] is a network of this crate, trained by [`train::Trainer`]; [`onnx::OnnxNetwork`] runs a file of another tool.
//! [`tap`] turns layers into rows, [`attack`] perturbs images, [`dataset`] reads them. Images are NHWC inside.
//!
//! Same seed, same bits, whatever the number of threads: work is cut into chunks of fixed size, and partial results are added
//! in index order. Nothing is printed; progress goes to the caller's function.
//!
//! ```
//! use topolens_nn::{Model, ModelSpec, Network, dataset, tap};
//!
//! let images = dataset::embedded(false)?.subset(&[0, 1, 2, 3])?;
//! let model: Model = ModelSpec::new("small-cnn", images.image_shape(), images.n_classes()).build()?;
//! let normalization = images.normalization()?;
//! let batch = images.batch(&[0, 1, 2, 3], &normalization)?;
//! let taps = tap::select(model.layers(), &["block?", "output"])?;
//! let forward = model.forward(&batch, &taps)?;
//! assert_eq!(forward.taps.len(), taps.len());
//! assert_eq!(forward.output.shape(), [4, 10]);
//! # Ok::<(), topolens_nn::Error>(())
//! ```

#![cfg_attr(
    test,
    allow(
        clippy::float_cmp,
        clippy::cast_sign_loss,
        reason = "tests compare numbers that are exact by construction"
    )
)]

mod error;
#[cfg(test)]
mod fixture;
mod kernels;
mod layer;
mod network;
mod tape;
mod tensor;

pub mod attack;
pub mod dataset;
pub mod model;
pub mod onnx;
pub mod tap;
pub mod train;

pub use error::Error;
pub use model::{Model, ModelSpec, Nonlinearity, Shortcut, WeightKind, Weights};
pub use network::{
    Classifier, Cotangent, Differentiable, Forward, InputGradient, Layer, LayerKind, Network, Pullback,
};
pub use tensor::{Element, Tensor};
