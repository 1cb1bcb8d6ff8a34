//! Profiles of the same images at several epochs of training.

use std::sync::atomic::{AtomicBool, Ordering};

use topolens::PointCloud;
use topolens_nn::dataset::Dataset;
use topolens_nn::model::Model;
use topolens_nn::tap::Readout;

use crate::Result;
use crate::bridge::{SavedSample, Subject, choose_layers, draw_images, labels_of_rows, layer_clouds};
use crate::clouds::CloudArchive;
use crate::error::{Error, ErrorKind};
use crate::profile::{
    LayerCloud, LayerProfile, Plan, Protocol, Row, Sample, add_loop_sketches, classifier_rows, measure_layer,
    measure_over_untrained, separation_share,
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
    /// Whether the longest loops of the last epoch are sketched, for a report.
    pub draws_loops: bool,
    /// Where the clouds of the last epoch are written.
    pub clouds: Option<&'a CloudArchive>,
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
    let labels = labels_of_rows(images.labels(), request.protocol.readout);
    let mut profiles = Vec::new();
    let mut untrained = Vec::new();
    let Request { protocol, finished, .. } = request;
    let mut measuring = Measuring { protocol, finished, n_done: 0, is_planned: false, progress, interrupt };
    for (at, subject) in request.subjects.iter().enumerate() {
        let taps = choose_layers(subject.network, request.layers)?;
        let n_layers = request.subjects.len() * taps.len();
        let sample = Sample { labels: &labels, class_names: images.class_names(), epoch: subject.epoch };
        let layers = layer_clouds(*subject, &images, &taps, protocol, interrupt)?;
        let mut own = measuring.measure_all(&layers, n_layers, sample)?;
        if untrained.is_empty() {
            // Fresh weights depend on no epoch.
            untrained = untrained_clouds(request, *subject, &images, &taps, interrupt)?;
        }
        for ((layer, nulls), profile) in layers.iter().zip(&untrained).zip(&mut own) {
            if !nulls.is_empty() {
                profile.rows.extend(measure_over_untrained(layer, nulls, sample, protocol)?);
            }
        }
        add_separation_share(&mut own, &layers, sample, protocol);
        let is_read = protocol.global && protocol.readout == Readout::AvgPool;
        if let Some(classifier) = subject.network.classifier().filter(|_| is_read) {
            for row in classifier_rows(&classifier, &layers, sample) {
                if let Some(profile) = own.iter_mut().find(|profile| profile.layer == row.layer) {
                    profile.rows.push(row);
                }
            }
        }
        let is_last = at + 1 == request.subjects.len();
        if request.draws_loops && is_last {
            add_loop_sketches(&mut own, &layers, sample, Some(&images), protocol)?;
        }
        if let Some(archive) = request.clouds.filter(|_| is_last) {
            archive.write(&layers, sample, Some(&images))?;
        }
        profiles.extend(own);
    }
    Ok(profiles)
}

/// Measures every layer of saved activations on the same samples.
///
/// # Errors
///
/// The samples do not fit the protocol or cannot be read, or `interrupt` became true.
pub fn profile_saved(
    saved: &SavedSample,
    protocol: &Protocol,
    finished: Option<&FinishedLayers>,
    progress: &mut dyn FnMut(&Progress),
    interrupt: &AtomicBool,
) -> Result<Vec<LayerProfile>> {
    let SavedSample { layers, labels, class_names, epoch } = saved;
    let sample = Sample { labels, class_names, epoch: *epoch };
    let mut measuring = Measuring { protocol, finished, n_done: 0, is_planned: false, progress, interrupt };
    Ok(between_layers(measuring.measure_all(layers, layers.len(), sample)?, saved, protocol))
}

/// Sketches the longest loops of saved activations, for a report.
///
/// # Errors
///
/// The labels do not fit the clouds.
pub fn sketch_saved(profiles: &mut [LayerProfile], saved: &SavedSample, protocol: &Protocol) -> Result<()> {
    let SavedSample { layers, labels, class_names, epoch } = saved;
    add_loop_sketches(profiles, layers, Sample { labels, class_names, epoch: *epoch }, None, protocol)
}

/// Writes the clouds of saved activations.
///
/// # Errors
///
/// The file cannot be written, or two layers have the same name.
pub fn keep_saved(saved: &SavedSample, archive: &CloudArchive) -> Result<()> {
    let SavedSample { layers, labels, class_names, epoch } = saved;
    archive.write(layers, Sample { labels, class_names, epoch: *epoch }, None)
}

/// The profiles of all layers of saved activations, each measured by itself ([`measure_layer`]), with what is measured between layers.
pub fn between_layers(
    mut profiles: Vec<LayerProfile>,
    saved: &SavedSample,
    protocol: &Protocol,
) -> Vec<LayerProfile> {
    let SavedSample { layers, labels, class_names, epoch } = saved;
    let sample = Sample { labels, class_names, epoch: *epoch };
    add_separation_share(&mut profiles, layers, sample, protocol);
    profiles
}

/// The layers of a study, one after the other.
struct Measuring<'a> {
    protocol: &'a Protocol,
    finished: Option<&'a FinishedLayers>,
    n_done: usize,
    is_planned: bool,
    progress: &'a mut dyn FnMut(&Progress),
    interrupt: &'a AtomicBool,
}

impl Measuring<'_> {
    /// Measures the layers that are not finished; `n_layers` is how many there are at all epochs.
    fn measure_all(
        &mut self,
        layers: &[LayerCloud],
        n_layers: usize,
        sample: Sample<'_>,
    ) -> Result<Vec<LayerProfile>> {
        let mut profiles = Vec::with_capacity(layers.len());
        for layer in layers {
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(Error::new(ErrorKind::Interrupted));
            }
            let finished = self.finished.and_then(|kept| kept.find(layer, sample, self.protocol));
            if finished.is_none() && !self.is_planned {
                let n_left = n_layers - self.n_done;
                (self.progress)(&Progress::Planned(Plan::new(layer, n_left, sample, self.protocol)?));
                self.is_planned = true;
            }
            profiles.push(match finished {
                Some(profile) => profile,
                None => self.measure(layer, sample)?,
            });
            self.n_done += 1;
            (self.progress)(&Progress::Measured { layer: layer.layer.clone(), n_layers });
        }
        Ok(profiles)
    }

    fn measure(&self, layer: &LayerCloud, sample: Sample<'_>) -> Result<LayerProfile> {
        let profile = measure_layer(layer, sample, self.protocol)?;
        if let Some(finished) = self.finished {
            finished.keep(layer, sample, self.protocol, &profile)?;
        }
        Ok(profile)
    }
}

/// Adds to the last layer what separation makes of the fall of E0.
fn add_separation_share(
    profiles: &mut [LayerProfile],
    layers: &[LayerCloud],
    sample: Sample<'_>,
    protocol: &Protocol,
) {
    let rows: Vec<Row> = profiles.iter().flat_map(|profile| profile.rows.clone()).collect();
    if let Some(last) = profiles.last_mut() {
        last.rows.extend(separation_share(layers, &rows, sample, protocol));
    }
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
