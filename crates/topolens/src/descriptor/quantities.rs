//! How each descriptor is measured.

use super::inputs::Inputs;
use super::measurement::Measurement;
use crate::error::{Error, InputKind, Undefined};
use crate::statistics::relative_spread;
use crate::{Diagram, Mle, PersistentDimension, TwoNn};

/// A number read off the diagram of one homology dimension; undefined where `read` gives nothing.
fn read_off(
    inputs: &Inputs<'_>,
    homology_dimension: usize,
    quantity: &'static str,
    read: impl Fn(&Diagram) -> Option<f64>,
) -> Result<Measurement, Error> {
    let reason = Undefined::NoFiniteInterval;
    let value = read(&inputs.diagrams()?[homology_dimension]).ok_or(Error::undefined(quantity, reason))?;
    // Too few points for halves leave the value without an interval.
    let halves = inputs.half_diagrams().unwrap_or_default().iter();
    let halves: Vec<f64> = halves.filter_map(|diagrams| read(&diagrams[homology_dimension])).collect();
    Ok(Measurement::from_half_samples(value, &halves))
}

pub(super) fn lifespans_sum<const H: usize>(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    let alpha = inputs.settings().alpha;
    read_off(inputs, H, "lifespans-sum", |diagram| Some(diagram.lifespans_sum(alpha)))
}

pub(super) fn mean_lifespan<const H: usize>(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    read_off(inputs, H, "mean-lifespan", Diagram::mean_lifespan)
}

pub(super) fn max_lifespan<const H: usize>(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    read_off(inputs, H, "max-lifespan", |diagram| Some(diagram.max_lifespan()))
}

pub(super) fn persistent_entropy<const H: usize>(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    read_off(inputs, H, "persistent-entropy", Diagram::persistent_entropy)
}

pub(super) fn interval_count<const H: usize>(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    read_off(inputs, H, "interval-count", |diagram| Some(diagram.interval_count() as f64))
}

/// The relative error of the ratio joins those of the cloud's own sum and of the nulls' mean.
pub(super) fn lifespans_sum_over_null(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    let settings = inputs.settings();
    let ratio = inputs.source().over_null(settings.alpha, settings.n_nulls, settings.seed)?;
    let halves = inputs.half_diagrams().unwrap_or_default();
    let sums: Vec<f64> = halves.iter().map(|diagrams| diagrams[0].lifespans_sum(settings.alpha)).collect();
    let relative_error =
        relative_spread(&sums).map(|error| error.hypot(ratio.null_relative_error.unwrap_or_default()));
    Ok(Measurement::with_relative_error(ratio.value, relative_error, sums.len()))
}

pub(super) fn ph_dimension(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    let settings = inputs.settings();
    let mut estimator =
        PersistentDimension::new().alpha(settings.alpha).repeats(settings.repeats).seed(settings.seed);
    if let Some(sizes) = &settings.sizes {
        estimator = estimator.sizes(sizes);
    }
    Ok(inputs.persistent_dimension(&estimator)?.estimate.into())
}

pub(super) fn mle(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    let estimator = Mle::new().n_neighbors(inputs.settings().n_neighbors);
    Ok(estimator.estimate_from_neighbors(inputs.neighbors()?)?.into())
}

pub(super) fn two_nn(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    Ok(TwoNn::new().estimate_from_neighbors(inputs.neighbors()?)?.into())
}

pub(super) fn nc1(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    let labels = inputs.labels().ok_or(InputKind::LabelsNeeded { quantity: "nc1" })?;
    let value = inputs.source().neural_collapse(labels)?;
    let half = |indices: &Vec<usize>| {
        let labels: Vec<usize> = indices.iter().map(|&index| labels[index]).collect();
        inputs.source().select(indices)?.neural_collapse(&labels)
    };
    let halves: Vec<f64> =
        inputs.half_indices().unwrap_or_default().iter().filter_map(|i| half(i).ok()).collect();
    Ok(Measurement::from_half_samples(value, &halves))
}
