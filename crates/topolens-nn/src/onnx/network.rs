//! An ONNX file as a network.

use std::path::Path;

use crate::error::Error;
use crate::network::{Forward, Layer, Network};
use crate::tensor::Tensor;

/// A network read from an ONNX file. Every value that a node of the file puts out is a layer under its name in the file; batches are
/// given as NHWC and are turned into NCHW inside, image-like outputs back.
#[derive(Debug)]
pub struct OnnxNetwork {
    layers: Vec<Layer>,
    input_shape: [usize; 3],
}

impl OnnxNetwork {
    /// Reads a file with one input of shape N × channels × height × width.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no ONNX, uses an operator that is not supported, or has another kind of input.
    pub fn load(path: &Path) -> Result<Self, Error> {
        todo!()
    }

    /// As [`OnnxNetwork::load`], from the content of a file; `name` stands for it in messages.
    ///
    /// # Errors
    ///
    /// As [`OnnxNetwork::load`].
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, Error> {
        todo!()
    }
}

impl Network for OnnxNetwork {
    fn layers(&self) -> &[Layer] {
        &self.layers
    }

    fn input_shape(&self) -> [usize; 3] {
        self.input_shape
    }

    fn forward(&self, batch: &Tensor, taps: &[usize]) -> Result<Forward, Error> {
        todo!()
    }
}
