//! The descriptors of one layer, on all of its clouds.

use rayon::prelude::*;
use topolens::descriptor::{self, Descriptor, Inputs, Settings};
use topolens::statistics::{mean, students_t_quantile};
use topolens::{Diagram, OverNull, PointCloud};

use super::protocol::Protocol;
use super::row::{Row, Scope};
use super::sketch::LoopSketch;
use crate::Result;

/// The activations of one layer as a point cloud.
#[derive(Debug, Clone)]
pub struct LayerCloud {
    /// The layer's name.
    pub layer: String,
    /// The layer's place in the network's order.
    pub layer_index: usize,
    /// Relative depth in (0, 1].
    pub depth: f64,
    /// One row per image.
    pub cloud: PointCloud<f32>,
}

/// The images behind the rows of every cloud.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Class of each image.
    pub labels: &'a [usize],
    /// Name of each class.
    pub class_names: &'a [String],
    /// Training epoch of the network.
    pub epoch: Option<usize>,
}

/// What was measured of one layer.
#[derive(Debug, Clone)]
pub struct LayerProfile {
    /// The layer's name.
    pub layer: String,
    /// Relative depth in (0, 1].
    pub depth: f64,
    /// Training epoch of the network.
    pub epoch: Option<usize>,
    /// One row per number.
    pub rows: Vec<Row>,
    /// Diagrams of the scaled global cloud, H0 and H1; none if only local clouds were asked for.
    pub diagrams: Vec<Diagram>,
    /// Its longest loops, to be drawn; made once all layers are measured, and only for pages.
    pub loops: Option<LoopSketch>,
}

/// Measures every descriptor of the registry on the clouds that `protocol` asks for.
///
/// # Errors
///
/// The labels do not fit the cloud. A descriptor that is undefined on a cloud is a row with its reason, not an error.
pub fn measure_layer(layer: &LayerCloud, sample: Sample<'_>, protocol: &Protocol) -> Result<LayerProfile> {
    let scaled = protocol.scaling.apply(&layer.cloud);
    let work = LayerWork { layer, scaled, sample, protocol };
    let measured = work.scopes().into_par_iter().map(|(scope, indices)| work.measure(scope, &indices));
    let (global, classes): (Vec<Measured>, Vec<Measured>) = measured
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .partition(|measured| measured.scope == Scope::Global);
    let mut rows: Vec<Row> = global.iter().flat_map(|measured| work.rows(measured)).collect();
    rows.extend(work.local_rows(&classes));
    rows.extend(classes.iter().flat_map(|measured| work.rows(measured)));
    let diagrams = global.into_iter().flat_map(|measured| measured.diagrams).collect();
    let LayerCloud { layer, depth, .. } = layer;
    Ok(LayerProfile { layer: layer.clone(), depth: *depth, epoch: sample.epoch, rows, diagrams, loops: None })
}

/// $E_0$ of the clouds of a layer over its mean in untrained networks, whose clouds of the same images at the same layer are `untrained`.
///
/// # Errors
///
/// The clouds differ in their number of points.
pub(crate) fn measure_over_untrained(
    layer: &LayerCloud,
    untrained: &[PointCloud<f32>],
    sample: Sample<'_>,
    protocol: &Protocol,
) -> Result<Vec<Row>> {
    let scaled = protocol.scaling.apply(&layer.cloud);
    let nulls: Vec<PointCloud<f32>> = untrained.iter().map(|cloud| protocol.scaling.apply(cloud)).collect();
    let work = LayerWork { layer, scaled, sample, protocol };
    let over_null = OverNull::new().half_samples(protocol.n_half_samples).seed(protocol.seed);
    let (mut rows, mut classes) = (Vec::new(), Vec::new());
    for (scope, indices) in work.scopes() {
        let nulls =
            nulls.iter().map(|null| null.select(&indices)).collect::<std::result::Result<Vec<_>, _>>()?;
        let number = match over_null.ratio_to(&work.scaled.select(&indices)?, &nulls) {
            Ok(ratio) => {
                Number { value: Some(ratio.value), lower: ratio.lower, upper: ratio.upper, reason: None }
            }
            Err(error) => Number { reason: Some(error.to_string()), ..Number::default() },
        };
        if scope != Scope::Global {
            classes.push((indices.len(), number.clone()));
        }
        rows.push(work.row(scope, indices.len(), OVER_UNTRAINED, number));
    }
    if !classes.is_empty() {
        let n_points = classes.iter().map(|(n_points, _)| n_points).sum();
        let numbers: Vec<&Number> = classes.iter().map(|(_, number)| number).collect();
        rows.push(work.row(Scope::Local, n_points, OVER_UNTRAINED, Number::mean(&numbers)));
    }
    Ok(rows)
}

const OVER_UNTRAINED: (&str, Option<usize>) = ("lifespans-sum-over-untrained", Some(0));

/// The numbers of one cloud, in the registry's order.
struct Measured {
    scope: Scope,
    n_points: usize,
    numbers: Vec<(&'static Descriptor, Number)>,
    diagrams: Vec<Diagram>,
}

#[derive(Debug, Clone, Default)]
struct Number {
    value: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
    reason: Option<String>,
}

/// One layer with all that its clouds are made from.
struct LayerWork<'a> {
    layer: &'a LayerCloud,
    scaled: PointCloud<f32>,
    sample: Sample<'a>,
    protocol: &'a Protocol,
}

impl LayerWork<'_> {
    /// The clouds to measure, each with the rows it takes.
    fn scopes(&self) -> Vec<(Scope, Vec<usize>)> {
        let Sample { labels, class_names, .. } = self.sample;
        let mut scopes = Vec::new();
        if self.protocol.global {
            scopes.push((Scope::Global, (0..labels.len()).collect()));
        }
        if self.protocol.local {
            for (class, name) in class_names.iter().enumerate() {
                let members = (0..labels.len()).filter(|&image| labels[image] == class);
                let indices: Vec<usize> = members.take(self.protocol.points_per_class).collect();
                if !indices.is_empty() {
                    scopes.push((Scope::Class(name.clone()), indices));
                }
            }
        }
        scopes
    }

    fn measure(&self, scope: Scope, indices: &[usize]) -> Result<Measured> {
        let global = scope == Scope::Global;
        let (raw, scaled) = (self.layer.cloud.select(indices)?, self.scaled.select(indices)?);
        let labels: Vec<usize> = indices.iter().map(|&image| self.sample.labels[image]).collect();
        let settings = self.settings(global);
        let raw = Inputs::new(&raw, settings.clone()).with_labels(&labels)?;
        let scaled = Inputs::new(&scaled, settings);
        let mut numbers = Vec::new();
        for descriptor in descriptor::all().iter().filter(|descriptor| global || !descriptor.needs_labels()) {
            let inputs = if depends_on_scale(descriptor) { &scaled } else { &raw };
            numbers.push((descriptor, Number::measure(descriptor, inputs)));
        }
        let diagrams = if global { scaled.diagrams()?.clone() } else { Vec::new() };
        Ok(Measured { scope, n_points: indices.len(), numbers, diagrams })
    }

    fn settings(&self, global: bool) -> Settings {
        let Protocol { seed, n_half_samples, ph_sizes, .. } = self.protocol;
        let settings = Settings::new().seed(*seed).half_samples(*n_half_samples);
        match ph_sizes {
            Some(sizes) if global => settings.sizes(sizes),
            _ => settings,
        }
    }

    fn rows(&self, measured: &Measured) -> Vec<Row> {
        let row = |(descriptor, number): &(&Descriptor, Number)| {
            self.row(measured.scope.clone(), measured.n_points, named(descriptor), number.clone())
        };
        measured.numbers.iter().map(row).collect()
    }

    /// The means over classes.
    fn local_rows(&self, classes: &[Measured]) -> Vec<Row> {
        let Some(first) = classes.first() else { return Vec::new() };
        let n_points = classes.iter().map(|class| class.n_points).sum();
        let rows = first.numbers.iter().enumerate().map(|(at, (descriptor, _))| {
            let numbers: Vec<&Number> = classes.iter().map(|class| &class.numbers[at].1).collect();
            self.row(Scope::Local, n_points, named(descriptor), Number::mean(&numbers))
        });
        rows.collect()
    }

    fn row(
        &self,
        class: Scope,
        n_points: usize,
        (descriptor, homology_dimension): (&str, Option<usize>),
        number: Number,
    ) -> Row {
        Row {
            layer: self.layer.layer.clone(),
            layer_index: self.layer.layer_index,
            depth: self.layer.depth,
            epoch: self.sample.epoch,
            class,
            descriptor: descriptor.to_owned(),
            homology_dimension,
            value: number.value,
            lower: number.lower,
            upper: number.upper,
            n_points,
            n_features: self.layer.cloud.n_features(),
            reason: number.reason,
        }
    }
}

/// A descriptor's name and homology dimension.
fn named(descriptor: &Descriptor) -> (&'static str, Option<usize>) {
    (descriptor.name(), descriptor.homology_dimension())
}

impl Number {
    fn measure(descriptor: &Descriptor, inputs: &Inputs<'_>) -> Self {
        match descriptor.measure(inputs) {
            Ok(measured) => Self {
                value: Some(measured.value),
                lower: measured.lower,
                upper: measured.upper,
                reason: None,
            },
            Err(error) => Self { reason: Some(error.to_string()), ..Self::default() },
        }
    }

    /// The mean over classes with its t interval.
    fn mean(numbers: &[&Self]) -> Self {
        let values: Vec<f64> = numbers.iter().filter_map(|number| number.value).collect();
        if values.len() < numbers.len() {
            let first = numbers.iter().find_map(|number| number.reason.clone()).unwrap_or_default();
            let reason = format!("defined for {} of {} classes: {first}", values.len(), numbers.len());
            return Self { reason: Some(reason), ..Self::default() };
        }
        match mean(&values) {
            Ok(mean) => {
                let t = students_t_quantile(0.975, values.len().saturating_sub(1));
                let half = mean.standard_error.map(|error| t * error);
                let (lower, upper) = (half.map(|half| mean.value - half), half.map(|half| mean.value + half));
                Self { value: Some(mean.value), lower, upper, reason: None }
            }
            Err(error) => Self { reason: Some(error.to_string()), ..Self::default() },
        }
    }
}

/// Sums and lengths of lifespans are measured on scaled features; dimension and separation as the network gives them.
fn depends_on_scale(descriptor: &Descriptor) -> bool {
    descriptor.homology_dimension().is_some() && descriptor.name() != "ph-dimension"
}
