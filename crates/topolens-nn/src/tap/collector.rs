//! Clouds of several layers from one pass.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Readout;
use crate::dataset::{Dataset, Normalization};
use crate::error::{Error, ErrorKind};
use crate::network::Network;
use crate::tensor::Tensor;

/// The rows of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Activations {
    /// Index in [`Network::layers`].
    pub layer: usize,
    /// Rows: images, or as many of each image as the readout takes.
    pub n_rows: usize,
    /// Values per row.
    pub n_features: usize,
    /// Row-major values.
    pub values: Vec<f32>,
}

/// Fills the clouds of several layers batch by batch: one forward pass fills all, and only the rows are kept.
///
/// # Examples
///
/// ```
/// use topolens_nn::tap::{Collector, Readout};
/// use topolens_nn::{Model, ModelSpec, Network, Tensor};
///
/// let model: Model = ModelSpec::new("small-cnn", [8, 8, 1], 3).build()?;
/// let mut collector = Collector::new(&model, &[2, model.layers().len() - 1], Readout::AvgPool)?;
/// collector.push(&Tensor::zeros(&[5, 8, 8, 1]))?;
/// collector.push(&Tensor::zeros(&[2, 8, 8, 1]))?;
/// let clouds = collector.finish();
/// assert_eq!((clouds[0].n_rows, clouds[1].n_features), (7, 3));
/// # Ok::<(), topolens_nn::Error>(())
/// ```
pub struct Collector<'a> {
    network: &'a dyn Network,
    taps: Vec<usize>,
    readout: Readout,
    clouds: Vec<Activations>,
}

impl std::fmt::Debug for Collector<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector")
            .field("taps", &self.taps)
            .field("readout", &self.readout)
            .finish_non_exhaustive()
    }
}

impl<'a> Collector<'a> {
    /// Records the layers whose indices are in `taps`.
    ///
    /// # Errors
    ///
    /// If an index is not below the number of layers, or there is none.
    pub fn new(network: &'a dyn Network, taps: &[usize], readout: Readout) -> Result<Self, Error> {
        let n_layers = network.layers().len();
        if taps.is_empty() {
            return Err(ErrorKind::Empty { argument: "taps", hint: "name at least one layer" }.into());
        }
        if let Some(index) = taps.iter().find(|index| **index >= n_layers) {
            return Err(ErrorKind::LayerOutOfRange { index: *index, n_layers }.into());
        }
        let empty =
            |layer: &usize| Activations { layer: *layer, n_rows: 0, n_features: 0, values: Vec::new() };
        Ok(Self { network, taps: taps.to_vec(), readout, clouds: taps.iter().map(empty).collect() })
    }

    /// Runs one batch, appends its rows and returns the network's output.
    ///
    /// # Errors
    ///
    /// As [`Network::forward`].
    pub fn push(&mut self, batch: &Tensor) -> Result<Tensor, Error> {
        let forward = self.network.forward(batch, &self.taps)?;
        for (cloud, output) in self.clouds.iter_mut().zip(&forward.taps) {
            self.readout.ensure_fits(&self.network.layers()[cloud.layer].name, &output.shape()[1..])?;
            cloud.n_rows += output.n_items() * self.readout.n_rows();
            cloud.n_features = self.readout.n_features(&output.shape()[1..]);
            self.readout.append_rows(output, &mut cloud.values);
        }
        Ok(forward.output)
    }

    /// The clouds, in the order of the taps.
    pub fn finish(self) -> Vec<Activations> {
        self.clouds
    }
}

/// How many images of this shape (height, width, channels) go through a network at a time: 100 up to 64 × 64 pixels, fewer of larger ones, so
/// that what the layers put out takes no more memory.
pub fn batch_size([height, width, _]: [usize; 3]) -> usize {
    const MOST: usize = 100;
    const LEAST: usize = 4;
    (MOST * 64 * 64 / (height * width).max(1)).clamp(LEAST, MOST)
}

/// The clouds of the layers `taps` over all images of a data set, [`batch_size`] of them at a time.
///
/// `progress` hears the number of images done after each batch; between batches `interrupt` is looked at.
///
/// # Errors
///
/// As [`Collector::new`] and [`Network::forward`]; interrupted; no images.
pub fn collect(
    mut collector: Collector<'_>,
    images: &Dataset,
    normalization: &Normalization,
    progress: &mut dyn FnMut(usize),
    interrupt: &AtomicBool,
) -> Result<Vec<Activations>, Error> {
    let batch_size = batch_size(images.image_shape());
    let indices: Vec<usize> = (0..images.len()).collect();
    for (done, batch) in indices.chunks(batch_size).enumerate() {
        if interrupt.load(Ordering::Relaxed) {
            return Err(ErrorKind::Interrupted.into());
        }
        collector.push(&images.batch(batch, normalization)?)?;
        progress(done * batch_size + batch.len());
    }
    Ok(collector.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_images_go_in_smaller_batches() {
        let sizes = [28, 64, 112, 224, 2000].map(|side| batch_size([side, side, 3]));
        assert_eq!(sizes, [100, 100, 32, 8, 4]);
    }
}
