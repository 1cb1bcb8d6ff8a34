//! The clouds of images that are given as pixels.

use std::sync::atomic::{AtomicBool, Ordering};

use topolens_nn::Tensor;
use topolens_nn::attack::Victim;
use topolens_nn::tap::{Collector, Readout, batch_size};

use crate::Result;
use crate::bridge::to_clouds;
use crate::error::{Error, ErrorKind};
use crate::profile::LayerCloud;

/// One cloud per layer of `taps` for images of pixels from 0 to 1.
pub(crate) fn clouds_of(
    victim: &Victim<'_>,
    pixels: &Tensor,
    taps: &[usize],
    readout: Readout,
    interrupt: &AtomicBool,
) -> Result<Vec<LayerCloud>> {
    let mut collector = Collector::new(victim.network(), taps, readout)?;
    let [height, width, channels] = victim.network().input_shape();
    let batch_size = batch_size([height, width, channels]);
    for part in pixels.values().chunks(batch_size * height * width * channels) {
        if interrupt.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Interrupted));
        }
        let n_images = part.len() / (height * width * channels);
        let batch = Tensor::new(&[n_images, height, width, channels], part.to_vec())?;
        collector.push(&victim.normalized(&batch))?;
    }
    to_clouds(victim.network(), collector.finish())
}
