//! How each descriptor is measured.

use super::inputs::Inputs;
use super::measurement::Measurement;
use super::source::Separation;
use crate::error::{Error, InputKind, Undefined};
use crate::{Diagram, Mle, Null, NullRatio, OverNull, PersistentDimension, TwoNn};

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

pub(super) fn over_permuted_columns(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    over_null(inputs, Null::PermutedColumns)
}

pub(super) fn over_gaussian(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    over_null(inputs, Null::Gaussian)
}

fn over_null(inputs: &Inputs<'_>, null: Null) -> Result<Measurement, Error> {
    let settings = inputs.settings();
    let over_null = OverNull::new().null(null).n_nulls(settings.n_nulls).alpha(settings.alpha);
    let over_null = over_null.half_samples(settings.n_half_samples).seed(settings.seed);
    let NullRatio { value, lower, upper, .. } = inputs.source().over_null(&over_null)?;
    Ok(Measurement { value, lower, upper })
}

pub(super) fn ph_dimension(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    let settings = inputs.settings();
    let (needed, got) = (PersistentDimension::FEWEST_POINTS, inputs.source().n_distinct());
    if got < needed {
        return Err(
            InputKind::TooFewPoints { quantity: "ph-dimension of distinct points", needed, got }.into()
        );
    }
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
    separation(inputs, "nc1", Separation::NeuralCollapse)
}

pub(super) fn nc2(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    separation(inputs, "nc2", Separation::AngleOffset)
}

pub(super) fn davies_bouldin(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    separation(inputs, "davies-bouldin", Separation::DaviesBouldin)
}

pub(super) fn silhouette(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    separation(inputs, "silhouette", Separation::Silhouette)
}

pub(super) fn class_radius(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    separation(inputs, "class-radius", Separation::ClassRadius)
}

pub(super) fn class_dimension(inputs: &Inputs<'_>) -> Result<Measurement, Error> {
    separation(inputs, "class-dimension", Separation::ClassDimension)
}

fn separation(
    inputs: &Inputs<'_>,
    quantity: &'static str,
    measure: Separation,
) -> Result<Measurement, Error> {
    let labels = inputs.labels().ok_or(InputKind::LabelsNeeded { quantity })?;
    let value = inputs.source().separation(measure, labels)?;
    let half = |indices: &Vec<usize>| {
        let labels: Vec<usize> = indices.iter().map(|&index| labels[index]).collect();
        inputs.source().select(indices)?.separation(measure, &labels)
    };
    let halves: Vec<f64> =
        inputs.half_indices().unwrap_or_default().iter().filter_map(|i| half(i).ok()).collect();
    Ok(Measurement::from_half_samples(value, &halves))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PointCloud;
    use crate::descriptor::Settings;

    #[test]
    fn a_handful_of_distinct_points_has_no_dimension() {
        let of_distinct = |n_distinct: u32| {
            let values = (0..200).map(|i| f64::from((i * 7 % n_distinct).pow(2))).collect();
            let cloud = PointCloud::new(values, 200, 1).unwrap();
            ph_dimension(&Inputs::new(&cloud, Settings::new()))
        };
        let told = of_distinct(5).unwrap_err().to_string();
        assert!(told.contains("distinct points") && told.contains("got 5"), "{told}");
        assert!(of_distinct(100).is_ok());
    }
}
