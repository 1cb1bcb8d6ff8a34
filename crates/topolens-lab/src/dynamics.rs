//! Profiles of the same images at several epochs of training.

use std::sync::atomic::{AtomicBool, Ordering};

use topolens_nn::dataset::Dataset;
use topolens_nn::train::Checkpoint;

use crate::Result;
use crate::bridge::{Subject, choose_layers, draw_images, layer_clouds};
use crate::error::{Error, ErrorKind};
use crate::profile::{LayerProfile, Protocol, Sample, measure_layer};

/// What is profiled.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The network at one or more epochs.
    pub checkpoints: &'a [Checkpoint],
    /// Images to draw from.
    pub images: &'a Dataset,
    /// Glob patterns of layers; none means the default taps.
    pub layers: &'a [String],
    /// Which clouds, and how.
    pub protocol: &'a Protocol,
}

/// A step of the work that has been done.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The layer measured last.
    pub layer: String,
    /// Steps done so far.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
}

/// Measures the layers of every checkpoint on the same images, epoch by epoch.
///
/// # Errors
///
/// The images do not fit the network or the protocol, a pattern matches no layer, or `interrupt` became true.
pub fn profile_epochs(
    request: Request<'_>,
    progress: &mut dyn FnMut(&Step),
    interrupt: &AtomicBool,
) -> Result<Vec<LayerProfile>> {
    let images = draw_images(request.images, request.protocol)?;
    let mut profiles = Vec::new();
    for checkpoint in request.checkpoints {
        let network = &checkpoint.model;
        let taps = choose_layers(network, request.layers)?;
        let subject = Subject { network, normalization: checkpoint.card.normalization };
        let total = request.checkpoints.len() * taps.len();
        for layer in layer_clouds(subject, &images, &taps, request.protocol, interrupt)? {
            if interrupt.load(Ordering::Relaxed) {
                return Err(Error::new(ErrorKind::Interrupted));
            }
            let sample = Sample {
                labels: images.labels(),
                class_names: images.class_names(),
                epoch: Some(checkpoint.card.epoch),
            };
            profiles.push(measure_layer(&layer, sample, request.protocol)?);
            progress(&Step { layer: layer.layer, done: profiles.len(), total });
        }
    }
    Ok(profiles)
}
