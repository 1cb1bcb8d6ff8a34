//! Profiles of the same images at several epochs of training.

use std::sync::atomic::{AtomicBool, Ordering};

use topolens_nn::dataset::Dataset;
use topolens_nn::train::Checkpoint;

use crate::Result;
use crate::bridge::{Subject, choose_layers, draw_images, layer_clouds};
use crate::error::{Error, ErrorKind};
use crate::profile::{LayerCloud, LayerProfile, Plan, Protocol, Sample, measure_layer};
use crate::store::FinishedLayers;

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
    /// Where layers are kept as they are measured, and found again by the same request.
    pub finished: Option<&'a FinishedLayers>,
}

/// What is told of a study as it goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// Before the first layer that must be measured.
    Planned(Plan),
    /// A layer is done.
    Measured {
        /// Its name.
        layer: String,
        /// Layers at all epochs together.
        n_layers: usize,
    },
}

/// Measures the layers of every checkpoint on the same images, epoch by epoch. Layers that are finished are not
/// measured again.
///
/// # Errors
///
/// The images do not fit the network or the protocol, a pattern matches no layer, or `interrupt` became true.
pub fn profile_epochs(
    request: Request<'_>,
    progress: &mut dyn FnMut(&Progress),
    interrupt: &AtomicBool,
) -> Result<Vec<LayerProfile>> {
    let images = draw_images(request.images, request.protocol)?;
    let mut profiles = Vec::new();
    let mut is_planned = false;
    for checkpoint in request.checkpoints {
        let network = &checkpoint.model;
        let taps = choose_layers(network, request.layers)?;
        let subject = Subject { network, normalization: checkpoint.card.normalization };
        let n_layers = request.checkpoints.len() * taps.len();
        let sample = Sample {
            labels: images.labels(),
            class_names: images.class_names(),
            epoch: Some(checkpoint.card.epoch),
        };
        for layer in layer_clouds(subject, &images, &taps, request.protocol, interrupt)? {
            if interrupt.load(Ordering::Relaxed) {
                return Err(Error::new(ErrorKind::Interrupted));
            }
            let finished = request.finished.and_then(|kept| kept.find(&layer, sample, request.protocol));
            if finished.is_none() && !is_planned {
                let n_left = n_layers - profiles.len();
                progress(&Progress::Planned(Plan::new(&layer, n_left, sample, request.protocol)?));
                is_planned = true;
            }
            let profile = match finished {
                Some(profile) => profile,
                None => measure(&request, &layer, sample)?,
            };
            profiles.push(profile);
            progress(&Progress::Measured { layer: layer.layer, n_layers });
        }
    }
    Ok(profiles)
}

fn measure(request: &Request<'_>, layer: &LayerCloud, sample: Sample<'_>) -> Result<LayerProfile> {
    let profile = measure_layer(layer, sample, request.protocol)?;
    if let Some(finished) = request.finished {
        finished.keep(layer, sample, request.protocol, &profile)?;
    }
    Ok(profile)
}
