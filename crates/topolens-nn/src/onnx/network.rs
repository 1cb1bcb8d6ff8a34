//! An ONNX file as a network.

use std::path::Path;

use super::layers::layers;
use super::source::Source;
use crate::error::{Error, ErrorKind};
use crate::network::{Forward, Layer, Network, check_request};
use crate::tensor::Tensor;

/// A network read from an ONNX file.
///
/// Every value that a node puts out and that holds one item per image is a layer, under its name in the file; the
/// network's output is the last. Batches are NHWC; values of rank 4 are taken as NCHW and come back as NHWC.
pub struct OnnxNetwork {
    source: Source,
    layers: Vec<Layer>,
}

impl std::fmt::Debug for OnnxNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnnxNetwork").field("layers", &self.layers).finish_non_exhaustive()
    }
}

impl OnnxNetwork {
    /// Reads a file with one input of shape N × channels × height × width.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no ONNX, uses an operator that is not supported, or has another kind of input.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
        Self::from_bytes(&path.display().to_string(), &bytes)
    }

    /// As [`OnnxNetwork::load`], from the content of a file; `name` stands for it in messages.
    ///
    /// # Errors
    ///
    /// As [`OnnxNetwork::load`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let source = Source::open(name, bytes.to_vec())?;
        let layers = layers(name, bytes, &source)?;
        Ok(Self { source, layers })
    }

    /// Runs one batch of a size that the file allows.
    fn run(&self, batch: &Tensor, layers: &[usize]) -> Result<Vec<Tensor>, Error> {
        let names: Vec<&str> = layers.iter().map(|layer| self.layers[*layer].name.as_str()).collect();
        let values = self.source.run(batch, &names)?;
        let found = values.into_iter().zip(names).map(|(value, name)| {
            let fits = value.filter(|value| value.n_items() == batch.n_items());
            fits.ok_or_else(|| {
                ErrorKind::OnnxRun { reason: format!("{name} has not one item per image") }.into()
            })
        });
        found.collect()
    }

    /// Batches of the size that the file demands, the last one filled up with black images that are dropped again.
    fn run_in_parts(&self, batch: &Tensor, layers: &[usize], size: usize) -> Result<Vec<Tensor>, Error> {
        let [height, width, channels] = self.source.input_shape;
        let mut joined: Vec<(Vec<usize>, Vec<f32>)> = vec![(Vec::new(), Vec::new()); layers.len()];
        for part in batch.values().chunks(size * batch.item_len()) {
            let n_images = part.len() / batch.item_len();
            let mut values = part.to_vec();
            values.resize(size * batch.item_len(), 0.0);
            let outputs =
                self.run(&Tensor::from_parts(vec![size, height, width, channels], values), layers)?;
            for ((shape, values), output) in joined.iter_mut().zip(outputs) {
                *shape = output.shape()[1..].to_vec();
                values.extend_from_slice(&output.values()[..n_images * output.item_len()]);
            }
        }
        let join = |(shape, values): (Vec<usize>, Vec<f32>)| {
            Tensor::from_parts([&[batch.n_items()], &shape[..]].concat(), values)
        };
        Ok(joined.into_iter().map(join).collect())
    }
}

impl Network for OnnxNetwork {
    fn layers(&self) -> &[Layer] {
        &self.layers
    }

    fn input_shape(&self) -> [usize; 3] {
        self.source.input_shape
    }

    fn forward(&self, batch: &Tensor, taps: &[usize]) -> Result<Forward, Error> {
        check_request(self, batch, taps)?;
        let output = self.layers.len() - 1;
        let mut wanted: Vec<usize> = taps.iter().copied().chain([output]).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let values = match self.source.fixed_batch {
            Some(size) => self.run_in_parts(batch, &wanted, size)?,
            None => self.run(batch, &wanted)?,
        };
        let of = |layer: &usize| values[wanted.partition_point(|other| other < layer)].clone();
        Ok(Forward { output: of(&output), taps: taps.iter().map(of).collect() })
    }
}
