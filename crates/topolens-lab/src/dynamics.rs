//! Profiles of the same images at several epochs of training.

use std::sync::atomic::{AtomicBool, Ordering};

use topolens::PointCloud;
use topolens_nn::dataset::Dataset;
use topolens_nn::model::Model;

use crate::Result;
use crate::bridge::{Subject, choose_layers, draw_images, layer_clouds};
use crate::error::{Error, ErrorKind};
use crate::profile::{
    LayerCloud, LayerProfile, Plan, Protocol, Row, Sample, measure_layer, measure_over_untrained,
    separation_share,
};
use crate::store::FinishedLayers;

/// What is profiled.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The network at one or more epochs.
    pub subjects: &'a [Subject<'a>],
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
    let mut untrained = Vec::new();
    let mut is_planned = false;
    for subject in request.subjects {
        let taps = choose_layers(subject.network, request.layers)?;
        let n_layers = request.subjects.len() * taps.len();
        let sample =
            Sample { labels: images.labels(), class_names: images.class_names(), epoch: subject.epoch };
        let layers = layer_clouds(*subject, &images, &taps, request.protocol, interrupt)?;
        let first = profiles.len();
        for layer in &layers {
            if interrupt.load(Ordering::Relaxed) {
                return Err(Error::new(ErrorKind::Interrupted));
            }
            let finished = request.finished.and_then(|kept| kept.find(layer, sample, request.protocol));
            if finished.is_none() && !is_planned {
                let n_left = n_layers - profiles.len();
                progress(&Progress::Planned(Plan::new(layer, n_left, sample, request.protocol)?));
                is_planned = true;
            }
            let profile = match finished {
                Some(profile) => profile,
                None => measure(&request, layer, sample)?,
            };
            profiles.push(profile);
            progress(&Progress::Measured { layer: layer.layer.clone(), n_layers });
        }
        let own = &mut profiles[first..];
        if untrained.is_empty() {
            // Fresh weights depend on no epoch.
            untrained = untrained_clouds(request, *subject, &images, &taps, interrupt)?;
        }
        for ((layer, nulls), profile) in layers.iter().zip(&untrained).zip(own.iter_mut()) {
            if !nulls.is_empty() {
                profile.rows.extend(measure_over_untrained(layer, nulls, sample, request.protocol)?);
            }
        }
        let rows: Vec<Row> = own.iter().flat_map(|profile| profile.rows.clone()).collect();
        if let Some(last) = own.last_mut() {
            last.rows.extend(separation_share(&layers, &rows, sample, request.protocol));
        }
    }
    Ok(profiles)
}

/// For each layer its clouds of the same images in untrained networks of the same kind.
fn untrained_clouds(
    request: Request<'_>,
    subject: Subject<'_>,
    images: &Dataset,
    taps: &[usize],
    interrupt: &AtomicBool,
) -> Result<Vec<Vec<PointCloud<f32>>>> {
    let mut nulls = vec![Vec::new(); taps.len()];
    let n_untrained = request.protocol.n_untrained as u64;
    let Some(spec) = subject.spec.filter(|_| n_untrained > 0) else { return Ok(nulls) };
    for null in 0..n_untrained {
        let mut spec = spec.clone();
        // Another seed than that of the network itself.
        spec.seed = spec.seed.wrapping_add(1 + null);
        let network: Model = spec.build()?;
        let subject = Subject { network: &network, ..subject };
        let layers = layer_clouds(subject, images, taps, request.protocol, interrupt)?;
        nulls.iter_mut().zip(layers).for_each(|(nulls, layer): (&mut Vec<_>, _)| nulls.push(layer.cloud));
    }
    Ok(nulls)
}

fn measure(request: &Request<'_>, layer: &LayerCloud, sample: Sample<'_>) -> Result<LayerProfile> {
    let profile = measure_layer(layer, sample, request.protocol)?;
    if let Some(finished) = request.finished {
        finished.keep(layer, sample, request.protocol, &profile)?;
    }
    Ok(profile)
}
