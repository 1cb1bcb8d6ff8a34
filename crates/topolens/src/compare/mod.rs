//! Comparison of two representations.

mod batches;
mod canonical;
mod centred;
mod cka;
mod comparison;
mod hsic;
mod information_imbalance;
mod layer;
mod mtop_div;
mod neighborhood_overlap;
mod procrustes;
mod quantile;
mod rbf_cka;
mod registry;
mod rtd;

pub use batches::Divergence;
pub use canonical::{CanonicalCorrelations, canonical_correlations, svcca};
pub use cka::{Cka, linear_cka};
pub use comparison::{Comparison, Comparisons, NamedComparison, PermutationNull};
pub use information_imbalance::{InformationImbalance, information_imbalance};
pub use mtop_div::MTopDivergence;
pub use neighborhood_overlap::{NeighborhoodOverlap, neighborhood_overlap};
pub use procrustes::procrustes_distance;
pub use rbf_cka::rbf_cka;
pub use registry::{Measure, comparison_measures};
pub use rtd::RepresentationTopologyDivergence;
