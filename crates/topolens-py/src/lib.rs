//! Python bindings of topolens: NumPy in, NumPy out; no mathematics here.

mod array;
mod attack;
mod cloud;
mod compare;
mod diagram;
mod diagram_distances;
mod diagram_functions;
mod dimension;
mod dissimilarity;
mod error;
mod geodesic;
mod grid;
mod homology;
mod landmarks;
mod loops;
mod neighbors;
mod network;
mod pickle;
mod profile;
mod separation;
mod shown;
mod spanning_tree;
mod sparse;
mod statistics;
mod work;

use pyo3::prelude::*;

#[pymodule]
mod _topolens {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::attack::{AttackCells, attack_network};
    #[pymodule_export]
    use crate::compare::{Comparison, compare, comparison_matrix, comparison_measures};
    #[pymodule_export]
    use crate::diagram::{lifespans_sum, persistent_entropy};
    #[pymodule_export]
    use crate::diagram_distances::{bottleneck_distance, wasserstein_distance};
    #[pymodule_export]
    use crate::diagram_functions::{
        betti_curve, persistence_image, persistence_landscape, persistence_silhouette,
    };
    #[pymodule_export]
    use crate::dimension::{
        Estimate, dimension_estimators, intrinsic_dimension, intrinsic_dimensions, pointwise_dimension,
    };
    #[pymodule_export]
    use crate::geodesic::geodesic_distances;
    #[pymodule_export]
    use crate::homology::persistent_homology;
    #[pymodule_export]
    use crate::landmarks::{Landmarks, furthest_point_landmarks};
    #[pymodule_export]
    use crate::loops::{LoopRepresentative, loop_representatives};
    #[pymodule_export]
    use crate::neighbors::nearest_neighbors;
    #[pymodule_export]
    use crate::profile::{LayerPart, LayerProfiles, LayerStudy, MeasuredLayer, profile_memory};
    #[pymodule_export]
    use crate::separation::{class_separation, lifespans_sum_over_null};
    #[pymodule_export]
    use crate::spanning_tree::minimum_spanning_tree;
    #[pymodule_export]
    use crate::statistics::{
        BootstrapInterval, BootstrapPlan, ConditionalInformation, Correlation, GranulatedKendall, LinearFit,
        Mean, RocArea, RocComparison, RocCurve, adjusted_p_values, compare_roc_areas,
        conditional_information, granulated_kendall, kendall, linear_regression, mean, partial_correlation,
        pearson, roc_area, roc_curve, spearman,
    };
    #[pymodule_export]
    use crate::work::set_threads;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::work::remember_process();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
