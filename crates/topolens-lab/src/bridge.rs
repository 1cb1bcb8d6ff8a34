//! From activations to point clouds: the only place where a layer becomes a cloud.

use std::sync::atomic::AtomicBool;

use topolens::{PointCloud, Scalar, stratified_subsample};
use topolens_nn::dataset::{Dataset, Normalization};
use topolens_nn::tap::{self, Activations, Collector, Readout};
use topolens_nn::train::Checkpoint;
use topolens_nn::{ModelSpec, Network};

use crate::Result;
use crate::error::{Error, ErrorKind};
use crate::input::{Labels, Layout, SavedActivations};
use crate::profile::{LayerCloud, Protocol};

/// A network with the preprocessing it was trained with.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The network.
    pub network: &'a dyn Network,
    /// From pixels to the network's input.
    pub normalization: &'a Normalization,
    /// How long it was trained, if that is known.
    pub epoch: Option<usize>,
    /// How to build one like it with fresh weights, if that is known.
    pub spec: Option<&'a ModelSpec>,
}

impl<'a> Subject<'a> {
    /// A network of which nothing else is known.
    pub fn new(network: &'a dyn Network, normalization: &'a Normalization) -> Self {
        Self { network, normalization, epoch: None, spec: None }
    }
}

impl<'a> From<&'a Checkpoint> for Subject<'a> {
    fn from(checkpoint: &'a Checkpoint) -> Self {
        let Checkpoint { model, card, .. } = checkpoint;
        let (epoch, spec) = (Some(card.epoch), Some(&card.model));
        Self { network: model, normalization: &card.normalization, epoch, spec }
    }
}

impl std::fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("normalization", &self.normalization).finish_non_exhaustive()
    }
}

/// Draws the images of a protocol: the same number of each class, `n_points` in all as far as the data allows.
///
/// # Errors
///
/// The data has fewer than `n_points` images, or fewer than three.
pub fn draw_images(images: &Dataset, protocol: &Protocol) -> Result<Dataset> {
    let drawn = draw_samples(images.labels(), images.n_classes(), protocol)?;
    Ok(images.subset(&drawn)?)
}

/// The samples of a protocol, ascending: the same number of each class, of smaller classes all, and one of each at least.
///
/// # Errors
///
/// There are fewer than `n_points` samples, or fewer than three.
pub fn draw_samples(labels: &[usize], n_classes: usize, protocol: &Protocol) -> Result<Vec<usize>> {
    let available = labels.len();
    if available < protocol.n_points || available < 3 {
        return Err(Error::new(ErrorKind::TooFewImages { wanted: protocol.n_points.max(3), available }));
    }
    let per_class = protocol.n_points.div_ceil(n_classes.max(1));
    Ok(stratified_subsample(labels, per_class, protocol.seed)?)
}

/// Samples of saved activations.
#[derive(Debug, Clone)]
pub struct SavedSample {
    /// One cloud per layer.
    pub layers: Vec<LayerCloud>,
    /// The class of each row of the clouds.
    pub labels: Vec<usize>,
    /// The name of each class; `all` if classes are not known.
    pub class_names: Vec<String>,
    /// Training epoch of the network, if it is known.
    pub epoch: Option<usize>,
}

/// One row per sample of a layer, in the precision that they came in.
#[derive(Debug, Clone)]
pub enum LayerRows {
    /// Measured as they are.
    Single(PointCloud<f32>),
    /// Centred, then measured in single precision.
    Double(PointCloud<f64>),
}

impl LayerRows {
    /// The number of samples.
    pub fn n_samples(&self) -> usize {
        match self {
            Self::Single(rows) => rows.n_points(),
            Self::Double(rows) => rows.n_points(),
        }
    }

    fn drawn(&self, samples: &[usize]) -> Result<PointCloud<f32>> {
        match self {
            Self::Single(rows) => Ok(rows.select(samples)?.without_rounding()),
            Self::Double(rows) => centred(&rows.select(samples)?.without_rounding()),
        }
    }
}

/// A layer that was read out already.
#[derive(Debug, Clone)]
pub struct NamedRows {
    /// The layer's name.
    pub layer: String,
    /// Relative depth in (0, 1].
    pub depth: f64,
    /// One row per sample.
    pub rows: LayerRows,
}

/// Draws samples of a protocol as [`saved_clouds`] does, from rows in memory.
///
/// # Errors
///
/// There are fewer than `n_points` samples, or layers and labels differ in their number of samples.
pub fn clouds_of_rows(
    layers: &[NamedRows],
    labels: Option<&Labels>,
    epoch: Option<usize>,
    protocol: &Protocol,
) -> Result<SavedSample> {
    let n_samples = layers.first().map_or(0, |layer| layer.rows.n_samples());
    let (drawn, labels) = draw_labelled(n_samples, labels, protocol)?;
    let cloud = |(layer_index, layer): (usize, &NamedRows)| {
        let NamedRows { layer, depth, rows } = layer;
        Ok(LayerCloud { layer: layer.clone(), layer_index, depth: *depth, cloud: rows.drawn(&drawn)? })
    };
    let layers = layers.iter().enumerate().map(cloud).collect::<Result<_>>()?;
    Ok(SavedSample { layers, labels: labels.classes, class_names: labels.names, epoch })
}

/// The samples drawn, ascending, and their classes; one class called `all` if there are no labels.
fn draw_labelled(
    n_samples: usize,
    labels: Option<&Labels>,
    protocol: &Protocol,
) -> Result<(Vec<usize>, Labels)> {
    let unlabelled = || Labels { classes: vec![0; n_samples], names: vec!["all".to_owned()] };
    let labels = labels.cloned().unwrap_or_else(unlabelled);
    let drawn = draw_samples(&labels.classes, labels.names.len(), protocol)?;
    let classes: Vec<usize> = drawn.iter().map(|sample| labels.classes[*sample]).collect();
    Ok((drawn, Labels { classes, names: labels.names }))
}

/// Draws samples of a protocol from saved activations, as [`draw_images`] does, and makes one cloud per layer of them.
///
/// # Errors
///
/// There are fewer than `n_points` samples, or one cannot be read or is not finite.
pub fn saved_clouds(saved: &SavedActivations, layout: Layout, protocol: &Protocol) -> Result<SavedSample> {
    let (drawn, labels) = draw_labelled(saved.n_samples(), saved.labels.as_ref(), protocol)?;
    let mut layers = Vec::new();
    for (layer_index, (array, layer)) in saved.layers.iter().zip(saved.described(layout)).enumerate() {
        let cloud = if array.is_single {
            array.cloud(&drawn, protocol.readout, layout)?.without_rounding()
        } else {
            centred(&array.cloud(&drawn, protocol.readout, layout)?.without_rounding())?
        };
        layers.push(LayerCloud { layer: layer.name, layer_index, depth: layer.relative_depth, cloud });
    }
    let labels_of_rows = labels_of_rows(&labels.classes, protocol.readout);
    Ok(SavedSample { layers, labels: labels_of_rows, class_names: labels.names, epoch: None })
}

/// The cloud less the mean of each feature, in single precision: a large mean would take the digits of what is measured.
fn centred(cloud: &PointCloud<f64>) -> Result<PointCloud<f32>> {
    let (n_points, n_features) = (cloud.n_points(), cloud.n_features());
    // From the first point on, so that the mean of a constant is that constant.
    let first = cloud.point(0);
    let mut means = first.to_vec();
    for point in cloud.points() {
        let differences = point.iter().zip(first);
        means
            .iter_mut()
            .zip(differences)
            .for_each(|(mean, (value, first))| *mean += (value - first) / n_points as f64);
    }
    let values = cloud.values().iter().zip(means.iter().cycle()).map(|(value, mean)| (value - mean) as f32);
    Ok(PointCloud::new(values.collect(), n_points, n_features)?)
}

/// The class of each row that `readout` makes of samples with these classes.
pub(crate) fn labels_of_rows(classes: &[usize], readout: Readout) -> Vec<usize> {
    classes.iter().flat_map(|class| std::iter::repeat_n(*class, readout.n_rows())).collect()
}

/// Layers by glob pattern, as [`tap::select`] chooses; without patterns the ends of about ten equal parts and the output.
///
/// # Errors
///
/// A pattern matches no layer; the message lists the layers.
pub fn choose_layers(network: &dyn Network, patterns: &[String]) -> Result<Vec<usize>> {
    if patterns.is_empty() {
        return Ok(tap::default_taps(network.layers()));
    }
    Ok(tap::select(network.layers(), patterns)?)
}

/// Runs `images` through the network once and makes one cloud per layer of `taps`.
///
/// # Errors
///
/// The images do not fit the network, an activation is not finite, or `interrupt` became true.
pub fn layer_clouds(
    subject: Subject<'_>,
    images: &Dataset,
    taps: &[usize],
    protocol: &Protocol,
    interrupt: &AtomicBool,
) -> Result<Vec<LayerCloud>> {
    let (network, data) = (subject.network.input_shape(), images.image_shape());
    if network != data {
        return Err(Error::new(ErrorKind::ShapeDiffers { network, data, name: images.name().to_owned() }));
    }
    let collector = Collector::new(subject.network, taps, protocol.readout)?;
    let activations = tap::collect(collector, images, subject.normalization, &mut |_| {}, interrupt)?;
    to_clouds(subject.network, activations)
}

/// Activations recorded by taps of `network`, as clouds.
///
/// # Errors
///
/// An activation is not finite, or too large for distances; the message names all such layers.
pub fn to_clouds(network: &dyn Network, activations: Vec<Activations>) -> Result<Vec<LayerCloud>> {
    let layers = network.layers();
    let is_other = |value: &&f32| !value.is_finite() || value.abs() > f32::LARGEST;
    let other = |activation: &Activations| activation.values.iter().find(is_other).copied();
    if let Some(value) = activations.iter().find_map(other) {
        let not_finite = activations.iter().filter(|activation| other(activation).is_some());
        let layers = not_finite.map(|activation| layers[activation.layer].name.clone()).collect();
        return Err(Error::new(ErrorKind::NotFinite { layers, value }));
    }
    let cloud = |activation: Activations| {
        let layer = &layers[activation.layer];
        let cloud = PointCloud::new(activation.values, activation.n_rows, activation.n_features)?;
        Ok(LayerCloud {
            layer: layer.name.clone(),
            layer_index: activation.layer,
            depth: layer.relative_depth,
            cloud: cloud.without_rounding(),
        })
    };
    activations.into_iter().map(cloud).collect()
}

#[cfg(test)]
mod tests {
    use topolens_nn::Model;

    use super::*;

    #[test]
    fn constants_of_double_precision_are_centred_to_zero() {
        // The sum of forty times a fortieth of 0.1 is not 0.1.
        let values = (0..40).flat_map(|i| [0.1, f64::from(i)]).collect();
        let rows = LayerRows::Double(PointCloud::new(values, 40, 2).unwrap());
        let cloud = rows.drawn(&(0..40).collect::<Vec<_>>()).unwrap();
        assert!(cloud.points().enumerate().all(|(i, point)| *point == [0.0, i as f32 - 19.5]));
    }

    #[test]
    fn every_layer_that_is_not_finite_is_named() {
        let network: Model = ModelSpec::new("small-cnn", [8, 8, 1], 3).build().unwrap();
        let activations = |values: [f32; 2]| {
            let activation =
                |(layer, value)| Activations { layer, n_rows: 2, n_features: 1, values: vec![0.0, value] };
            values.into_iter().enumerate().map(activation).collect()
        };
        let [first, second] = [0, 1].map(|layer: usize| network.layers()[layer].name.clone());
        assert_eq!(to_clouds(&network, activations([1.0, 2.0])).unwrap().len(), 2);
        let one = to_clouds(&network, activations([1.0, f32::NEG_INFINITY])).unwrap_err().to_string();
        assert!(
            one.contains(&format!("what {second} put out holds -inf"))
                && one.contains(&format!("'!{second}'")),
            "{one}"
        );
        let large = to_clouds(&network, activations([1e38, 1.0])).unwrap_err().to_string();
        assert!(large.contains(&format!("what {first} put out holds 1")), "{large}");
        let both = to_clouds(&network, activations([f32::NAN; 2])).unwrap_err().to_string();
        assert!(both.contains(&format!("what {first}, {second} put out holds NaN")), "{both}");
    }
}
