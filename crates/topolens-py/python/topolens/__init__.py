"""Topology and geometry of point clouds, computed in Rust.

>>> import numpy as np, topolens
>>> angle = 2 * np.pi * np.arange(300) / 300
>>> circle = np.column_stack([np.cos(angle), np.sin(angle)])
>>> diagrams = topolens.persistent_homology(circle)
>>> round(float(diagrams[1][0, 1]), 3)
1.732

Other threads run while a call works, and Ctrl-C is heard; the work that was begun then ends by itself, unseen, and later calls do not
wait for it. A call takes a thread for each processor; ``with topolens.threads(n):`` and the environment variable ``RAYON_NUM_THREADS``
say otherwise.
"""

from topolens import statistics as statistics
from topolens._profile import Profile, profile, profile_layers
from topolens._threads import threads
from topolens._topolens import (
    Comparison,
    Estimate,
    Landmarks,
    LayerProfiles,
    LoopRepresentative,
    __version__,
    betti_curve,
    bottleneck_distance,
    class_separation,
    compare,
    comparison_matrix,
    comparison_measures,
    dimension_estimators,
    furthest_point_landmarks,
    geodesic_distances,
    intrinsic_dimension,
    intrinsic_dimensions,
    lifespans_sum,
    lifespans_sum_over_null,
    loop_representatives,
    minimum_spanning_tree,
    nearest_neighbors,
    persistence_image,
    persistence_landscape,
    persistence_silhouette,
    persistent_entropy,
    persistent_homology,
    pointwise_dimension,
    profile_memory,
    wasserstein_distance,
)
from topolens._ripser import ripser

__all__ = [
    "Comparison",
    "Estimate",
    "Landmarks",
    "LayerProfiles",
    "LoopRepresentative",
    "Profile",
    "__version__",
    "betti_curve",
    "bottleneck_distance",
    "class_separation",
    "compare",
    "comparison_matrix",
    "comparison_measures",
    "dimension_estimators",
    "furthest_point_landmarks",
    "geodesic_distances",
    "intrinsic_dimension",
    "intrinsic_dimensions",
    "lifespans_sum",
    "lifespans_sum_over_null",
    "loop_representatives",
    "minimum_spanning_tree",
    "nearest_neighbors",
    "persistence_image",
    "persistence_landscape",
    "persistence_silhouette",
    "persistent_entropy",
    "persistent_homology",
    "pointwise_dimension",
    "profile",
    "profile_layers",
    "profile_memory",
    "ripser",
    "threads",
    "wasserstein_distance",
]
