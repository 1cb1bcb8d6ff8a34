//! The measures by name: one line each.

use super::canonical::canonical_correlations_of;
use super::cka::linear_cka_of;
use super::comparison::Settings;
use super::information_imbalance::information_imbalance;
use super::layer::Layer;
use super::mtop_div::MTopDivergence;
use super::neighborhood_overlap::neighborhood_overlap_of;
use super::procrustes::procrustes_distance_of;
use super::rbf_cka::rbf_cka_of;
use super::rtd::RepresentationTopologyDivergence;
use crate::diagram::{Bottleneck, Wasserstein};
use crate::error::{Error, InputKind};
use crate::{Diagram, Scalar};

/// A measure of likeness or difference of two clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Measure {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// One line: the idea and its source.
    pub description: &'static str,
    /// Whether large values mean alike; else they mean different.
    pub is_similarity: bool,
    /// Whether row $i$ of both clouds must be the same input.
    pub needs_same_rows: bool,
}

/// A value, and the ends of its interval where the measure brings one.
pub(super) struct Found {
    pub(super) value: f64,
    pub(super) ends: Option<(f64, f64)>,
}

type Compute<S> = fn(&Layer<S>, &Layer<S>, &Settings) -> Result<Found, Error>;

/// How a measure is computed.
pub(super) struct Entry<S: Scalar> {
    pub(super) about: Measure,
    pub(super) compute: Compute<S>,
}

/// All measures by name, in the order in which they are printed.
///
/// # Examples
///
/// ```
/// use topolens::comparison_measures;
///
/// assert!(comparison_measures().iter().any(|measure| measure.name == "rtd"));
/// ```
pub fn comparison_measures() -> Vec<Measure> {
    entries::<f64>().into_iter().map(|entry| entry.about).collect()
}

/// The registry.
pub(super) fn entries<S: Scalar>() -> Vec<Entry<S>> {
    let mut entries = similarities();
    entries.extend(distances());
    entries
}

/// Between clouds of the same inputs, large when alike.
fn similarities<S: Scalar>() -> Vec<Entry<S>> {
    vec![
        similarity("cka-debiased", "linear CKA, unbiased HSIC (Kornblith 2019; Song 2012)", |x, y, _| {
            debiased(linear_cka_of(x.centred()?, y.centred()?).debiased)
        }),
        similarity(
            "cka",
            "linear CKA; near 1 for any two clouds wider than their number of points",
            |x, y, _| alone(linear_cka_of(x.centred()?, y.centred()?).biased),
        ),
        similarity("cka-rbf-debiased", "CKA of Gaussian kernels, unbiased (Kornblith 2019)", |x, y, s| {
            debiased(rbf_cka_of(x.kernel(s.bandwidth)?, y.kernel(s.bandwidth)?).debiased)
        }),
        similarity("cka-rbf", "CKA of Gaussian kernels (Kornblith 2019)", |x, y, s| {
            alone(rbf_cka_of(x.kernel(s.bandwidth)?, y.kernel(s.bandwidth)?).biased)
        }),
        similarity("cca", "mean squared canonical correlation", |x, y, _| {
            alone(canonical_correlations_of(x.centred()?, y.centred()?, 1.0)?.mean_squared)
        }),
        similarity("svcca", "mean canonical correlation of 99 % of the variance (Raghu 2017)", |x, y, _| {
            alone(canonical_correlations_of(x.centred()?, y.centred()?, 0.99)?.mean)
        }),
        similarity("pwcca", "canonical correlations weighted by projection (Morcos 2018)", |x, y, _| {
            alone(canonical_correlations_of(x.centred()?, y.centred()?, 1.0)?.projection_weighted)
        }),
        similarity("neighborhood-overlap", "share of common nearest neighbours (Doimo 2020)", |x, y, s| {
            let found = neighborhood_overlap_of(x.neighbors(s.n_neighbors)?, y.neighbors(s.n_neighbors)?)?;
            alone(found.value)
        }),
    ]
}

/// Large when different.
fn distances<S: Scalar>() -> Vec<Entry<S>> {
    vec![
        distance(
            "procrustes",
            "what no rotation and scale remove, squared, 0 to 2 (Ding 2021)",
            true,
            |x, y, _| alone(procrustes_distance_of(x.centred()?, y.centred()?)?),
        ),
        distance(
            "information-imbalance",
            "what A does not tell of neighbours in B (Glielmo 2022)",
            true,
            |x, y, _| alone(information_imbalance(&x.cloud, &y.cloud)?.forward.value),
        ),
        distance("information-imbalance-back", "what B does not tell of neighbours in A", true, |x, y, _| {
            alone(information_imbalance(&x.cloud, &y.cloud)?.backward.value)
        }),
        distance("rtd", "loops of one that the other lacks (Barannikov 2022)", true, |x, y, s| {
            let batches = RepresentationTopologyDivergence::new().n_batches(s.n_batches);
            let found = batches.batch_size(s.batch_size).seed(s.seed).estimate(&x.cloud, &y.cloud)?;
            Ok(Found { value: found.value, ends: found.lower.zip(found.upper) })
        }),
        distance(
            "mtop-div",
            "loops of one that the other's points do not fill (Barannikov 2021)",
            false,
            |x, y, s| {
                let batches = MTopDivergence::new().n_batches(s.n_batches);
                let found = batches.batch_size(s.batch_size).seed(s.seed).estimate(&x.cloud, &y.cloud)?;
                Ok(Found { value: found.value, ends: found.lower.zip(found.upper) })
            },
        ),
        distance("bottleneck-0", "bottleneck distance of the diagrams of components", false, |x, y, s| {
            alone(Bottleneck::new().distance(diagram(x, 0, s)?, diagram(y, 0, s)?)?)
        }),
        distance("bottleneck-1", "bottleneck distance of the diagrams of loops", false, |x, y, s| {
            alone(Bottleneck::new().distance(diagram(x, 1, s)?, diagram(y, 1, s)?)?)
        }),
        distance("wasserstein-0", "Wasserstein distance of the diagrams of components", false, |x, y, s| {
            alone(Wasserstein::new().relative_error(0.01).distance(diagram(x, 0, s)?, diagram(y, 0, s)?)?)
        }),
        distance("wasserstein-1", "Wasserstein distance of the diagrams of loops", false, |x, y, s| {
            alone(Wasserstein::new().relative_error(0.01).distance(diagram(x, 1, s)?, diagram(y, 1, s)?)?)
        }),
    ]
}

fn similarity<S: Scalar>(name: &'static str, description: &'static str, compute: Compute<S>) -> Entry<S> {
    Entry { about: Measure { name, description, is_similarity: true, needs_same_rows: true }, compute }
}

fn distance<S: Scalar>(
    name: &'static str,
    description: &'static str,
    needs_same_rows: bool,
    compute: Compute<S>,
) -> Entry<S> {
    Entry { about: Measure { name, description, is_similarity: false, needs_same_rows }, compute }
}

#[expect(clippy::unnecessary_wraps, reason = "the last expression of every line of the registry")]
fn alone(value: f64) -> Result<Found, Error> {
    Ok(Found { value, ends: None })
}

fn debiased(value: Option<f64>) -> Result<Found, Error> {
    alone(value.ok_or(InputKind::TooFewPoints { quantity: "debiased CKA", needed: 4, got: 3 })?)
}

fn diagram<'l, S: Scalar>(
    layer: &'l Layer<S>,
    homology_dimension: usize,
    settings: &Settings,
) -> Result<&'l Diagram, Error> {
    Ok(&layer.diagrams(settings.batch_size, settings.seed)?[homology_dimension])
}
