//! The estimators by name: one line each.

use super::{
    CorrInt, Danco, Dimensions, Ess, Estimate, FisherS, GeoMle, Gride, Knn, Lid, LocalPca, Mada,
    MagnitudeDimension, MindMl, MindMlDimensions, Mle, MlePooling, Mom, PcaRule, PersistentDimension,
    ScaleEstimate, Tle, TreeSum, TwoNn, TwoNnFit,
};
use crate::Scalar;
use crate::error::Error;

/// A computation on a cloud whose neighbours are found once for all.
type Work<S, T> = fn(&Dimensions<'_, S>) -> Result<T, Error>;

/// How an estimator is run on a cloud whose neighbours are found once for all.
pub(super) struct Entry<S: Scalar> {
    pub(super) about: DimensionEstimator,
    /// The neighbours of each point that it wants; 0 for those that look at none.
    pub(super) n_neighbors: usize,
    pub(super) estimate: Work<S, Estimate>,
    /// At the single points, where that is defined.
    pub(super) pointwise: Option<Work<S, Vec<f64>>>,
    /// At several scales, where it has them.
    pub(super) scales: Option<Work<S, Vec<ScaleEstimate>>>,
}

/// An estimator's name and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DimensionEstimator {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// One line: the idea and its source.
    pub description: &'static str,
    /// Whether it has estimates at the single points.
    pub is_pointwise: bool,
    /// Whether it has estimates at several scales.
    pub has_scales: bool,
}

/// All estimators by name, in the order in which they are printed.
///
/// # Examples
///
/// ```
/// use topolens::dimension_estimators;
///
/// assert!(dimension_estimators().iter().any(|estimator| estimator.name == "two-nn"));
/// ```
pub fn dimension_estimators() -> Vec<DimensionEstimator> {
    entries::<f64>().into_iter().map(|entry| entry.about).collect()
}

/// The registry.
pub(super) fn entries<S: Scalar>() -> Vec<Entry<S>> {
    let mut entries = from_ratios();
    entries.extend(from_growth());
    entries.extend(from_components());
    entries.push(Entry::new("ess", "expected simplex skewness (Johnsson 2015)", 0, |cloud| {
        Ess::new().seed(cloud.random_seed()).estimate(cloud.points())
    }));
    entries.push(Entry::new("danco", "concentration of angles and norms (Ceruti 2014)", 0, |cloud| {
        Danco::new().seed(cloud.random_seed()).estimate(cloud.points())
    }));
    entries.push(Entry::new("fisher-s", "Fisher separability on a sphere (Albergante 2019)", 0, |cloud| {
        FisherS::new().seed(cloud.random_seed()).estimate(cloud.points())
    }));
    entries
}

/// Estimators that read the table of neighbours alone.
fn from_ratios<S: Scalar>() -> Vec<Entry<S>> {
    vec![
        Entry::new(
            "two-nn",
            "ratio of the first two neighbour distances, line fit (Facco 2017)",
            2,
            |cloud| TwoNn::new().estimate_from_neighbors(cloud.neighbors()?),
        ),
        Entry::new("two-nn-ml", "the same by maximum likelihood (Denti 2022)", 2, |cloud| {
            TwoNn::new().fit(TwoNnFit::MaximumLikelihood).estimate_from_neighbors(cloud.neighbors()?)
        }),
        Entry::new("gride", "ratio of neighbour distances n and 2n, over scales (Denti 2022)", 2, |cloud| {
            Gride::new().estimate_from_neighbors(cloud.neighbors()?)
        })
        .over_scales(|cloud| Gride::new().scales_from_neighbors(cloud.neighbors_for_scales(64)?)),
        Entry::new(
            "mle",
            "likelihood of neighbour distances, pooled (MacKay & Ghahramani 2005)",
            20,
            |cloud| mle(cloud)?.estimate_from_neighbors(cloud.neighbors()?),
        )
        .at_points(|cloud| mle(cloud)?.pointwise(cloud.neighbors()?)),
        Entry::new("mle-mean", "the same, mean over points (Levina & Bickel 2004)", 20, |cloud| {
            mle(cloud)?.pooling(MlePooling::Mean).estimate_from_neighbors(cloud.neighbors()?)
        }),
        Entry::new("geo-mle", "the same, extrapolated to no radius (Gomtsyan 2019)", 112, |cloud| {
            geo_mle(cloud).estimate_from_neighbors(cloud.neighbors()?, cloud.points().n_features())
        })
        .at_points(|cloud| geo_mle(cloud).pointwise(cloud.neighbors()?)),
        Entry::new("lid", "local intrinsic dimensionality (Amsaleg 2015)", 20, |cloud| {
            lid(cloud)?.estimate_from_neighbors(cloud.neighbors()?)
        })
        .at_points(|cloud| lid(cloud)?.pointwise(cloud.neighbors()?)),
        Entry::new("mom", "first moment of neighbour distances (Amsaleg 2018)", 100, |cloud| {
            mom(cloud)?.estimate_from_neighbors(cloud.neighbors()?)
        })
        .at_points(|cloud| mom(cloud)?.pointwise(cloud.neighbors()?)),
        Entry::new("mada", "growth from k/2 to k neighbours (Farahmand 2007)", 20, |cloud| {
            mada(cloud)?.estimate_from_neighbors(cloud.neighbors()?)
        })
        .at_points(|cloud| mada(cloud)?.pointwise(cloud.neighbors()?)),
        Entry::new("mind-ml-k", "nearest of k + 1 neighbours, real-valued (Rozza 2012)", 21, |cloud| {
            mind_ml(cloud)?.estimate_from_neighbors(cloud.neighbors()?)
        }),
        Entry::new("mind-ml-i", "the same, the best integer (Rozza 2012)", 21, |cloud| {
            let settings = mind_ml(cloud)?.dimensions(MindMlDimensions::Integer);
            settings.estimate_from_neighbors(cloud.neighbors()?)
        }),
        Entry::new("tle", "tight local estimate among pairs of neighbours (Amsaleg 2019)", 20, |cloud| {
            tle(cloud)?.estimate_from(cloud.points(), cloud.neighbors()?)
        })
        .at_points(|cloud| tle(cloud)?.pointwise(cloud.points(), cloud.neighbors()?)),
    ]
}

/// Estimators of how a quantity grows with scale or number of points.
fn from_growth<S: Scalar>() -> Vec<Entry<S>> {
    vec![
        Entry::new("corr-int", "correlation integral (Grassberger & Procaccia 1983)", 20, |cloud| {
            CorrInt::new().estimate_from(cloud.points(), cloud.neighbors()?)
        }),
        Entry::new("knn", "growth of the graph of nearest neighbours (Costa & Hero 2004)", 64, |cloud| {
            Knn::new().seed(cloud.random_seed()).estimate_from_neighbors(cloud.neighbors()?)
        }),
        Entry::new("ph-dimension", "growth of the spanning tree (Schweinhart 2020)", 0, |cloud| {
            persistent(cloud, 0, TreeSum::All)
        }),
        Entry::new(
            "ph-dimension-median",
            "the same of its median edge, blind to gaps between clusters",
            0,
            |cloud| persistent(cloud, 0, TreeSum::Median),
        ),
        Entry::new("ph-dimension-1", "growth of the lifespans of loops (Schweinhart 2020)", 0, |cloud| {
            persistent(cloud, 1, TreeSum::All)
        }),
        Entry::new("magnitude-dimension", "growth of the magnitude (Andreeva 2024)", 0, |cloud| {
            MagnitudeDimension::new().seed(cloud.random_seed()).estimate(cloud.points())
        }),
    ]
}

/// Estimators from the principal components of the whole cloud.
fn from_components<S: Scalar>() -> Vec<Entry<S>> {
    vec![
        Entry::new(
            "local-pca-fo",
            "eigenvalues above 5 % of the largest (Fukunaga & Olsen 1971)",
            20,
            |cloud| pca(cloud, PcaRule::FukunagaOlsen(0.05)),
        )
        .at_points(|cloud| pca_at_points(cloud, PcaRule::FukunagaOlsen(0.05))),
        Entry::new("local-pca-fan", "first large gap or share of variance (Fan 2010)", 0, |cloud| {
            pca(cloud, PcaRule::Fan { gap: 10.0, share: 0.8 })
        }),
        Entry::new("local-pca-max-gap", "largest ratio of eigenvalues", 20, |cloud| {
            pca(cloud, PcaRule::MaxGap)
        })
        .at_points(|cloud| pca_at_points(cloud, PcaRule::MaxGap)),
        Entry::new("local-pca-ratio", "components that hold 95 % of the variance", 0, |cloud| {
            pca(cloud, PcaRule::Ratio(0.95))
        }),
        Entry::new("participation-ratio", "squared sum of eigenvalues over sum of squares", 20, |cloud| {
            pca(cloud, PcaRule::ParticipationRatio)
        })
        .at_points(|cloud| pca_at_points(cloud, PcaRule::ParticipationRatio)),
        Entry::new("local-pca-kaiser", "eigenvalues above their mean (Kaiser 1960)", 0, |cloud| {
            pca(cloud, PcaRule::Kaiser)
        }),
        Entry::new("local-pca-broken-stick", "eigenvalues above those of a broken stick", 0, |cloud| {
            pca(cloud, PcaRule::BrokenStick)
        }),
    ]
}

fn persistent<S: Scalar>(
    cloud: &Dimensions<'_, S>,
    homology_dimension: usize,
    tree_sum: TreeSum,
) -> Result<Estimate, Error> {
    let settings = PersistentDimension::new().homology_dimension(homology_dimension).tree_sum(tree_sum);
    let settings = settings.alpha(cloud.exponent()).seed(cloud.random_seed());
    Ok(settings.estimate(cloud.points())?.estimate)
}

fn pca<S: Scalar>(cloud: &Dimensions<'_, S>, rule: PcaRule) -> Result<Estimate, Error> {
    LocalPca::new().rule(rule).estimate_from_spectra(cloud.spectra()?, cloud.points())
}

/// In the neighbourhood of each point.
fn pca_at_points<S: Scalar>(cloud: &Dimensions<'_, S>, rule: PcaRule) -> Result<Vec<f64>, Error> {
    let settings = LocalPca::new().rule(rule).n_neighbors(cloud.n_neighbors_or(20)?);
    settings.pointwise(cloud.points(), cloud.neighbors()?)
}

fn mle<S: Scalar>(cloud: &Dimensions<'_, S>) -> Result<Mle, Error> {
    Ok(Mle::new().n_neighbors(cloud.n_neighbors_or(20)?))
}

/// The number of neighbours asked for does not reach it: it wants a range of them.
fn geo_mle<S: Scalar>(cloud: &Dimensions<'_, S>) -> GeoMle {
    GeoMle::new().seed(cloud.random_seed())
}

fn lid<S: Scalar>(cloud: &Dimensions<'_, S>) -> Result<Lid, Error> {
    Ok(Lid::new().n_neighbors(cloud.n_neighbors_or(20)?))
}

fn mom<S: Scalar>(cloud: &Dimensions<'_, S>) -> Result<Mom, Error> {
    Ok(Mom::new().n_neighbors(cloud.n_neighbors_or(100)?))
}

fn mada<S: Scalar>(cloud: &Dimensions<'_, S>) -> Result<Mada, Error> {
    Ok(Mada::new().n_neighbors(cloud.n_neighbors_or(20)?))
}

fn tle<S: Scalar>(cloud: &Dimensions<'_, S>) -> Result<Tle, Error> {
    Ok(Tle::new().n_neighbors(cloud.n_neighbors_or(20)?))
}

/// It looks at one neighbour more than it counts.
fn mind_ml<S: Scalar>(cloud: &Dimensions<'_, S>) -> Result<MindMl, Error> {
    Ok(MindMl::new().n_neighbors(cloud.n_neighbors_or(21)?.saturating_sub(1)))
}

impl<S: Scalar> Entry<S> {
    fn new(
        name: &'static str,
        description: &'static str,
        n_neighbors: usize,
        estimate: Work<S, Estimate>,
    ) -> Self {
        let about = DimensionEstimator { name, description, is_pointwise: false, has_scales: false };
        Self { about, n_neighbors, estimate, pointwise: None, scales: None }
    }

    fn at_points(mut self, pointwise: Work<S, Vec<f64>>) -> Self {
        self.about.is_pointwise = true;
        self.pointwise = Some(pointwise);
        self
    }

    fn over_scales(mut self, scales: Work<S, Vec<ScaleEstimate>>) -> Self {
        self.about.has_scales = true;
        self.scales = Some(scales);
        self
    }
}
