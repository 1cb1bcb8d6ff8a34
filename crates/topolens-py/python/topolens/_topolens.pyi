import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__version__: str

_Metric: TypeAlias = Literal[
    "euclidean", "cosine", "manhattan", "chebyshev", "correlation", "geodesic", "precomputed"
]
_EdgeMetric: TypeAlias = Literal[
    "euclidean", "cosine", "manhattan", "chebyshev", "correlation", "precomputed"
]
_Grid: TypeAlias = int | tuple[float, float, int]

class _SparseMatrix(Protocol):
    def tocoo(self) -> Any: ...

@final
class Estimate:
    @property
    def value(self) -> float: ...
    @property
    def standard_error(self) -> float: ...
    @property
    def lower(self) -> float: ...
    @property
    def upper(self) -> float: ...
    def __float__(self) -> float: ...

@final
class Landmarks:
    @property
    def indices(self) -> NDArray[np.int64]: ...
    @property
    def insertion_radii(self) -> NDArray[np.float64]: ...
    @property
    def covering_radius(self) -> float: ...
    @property
    def error_bound(self) -> float | None: ...
    def __len__(self) -> int: ...

@final
class LoopRepresentative:
    @property
    def birth(self) -> float: ...
    @property
    def death(self) -> float: ...
    @property
    def birth_edge(self) -> NDArray[np.int64]: ...
    @property
    def death_triangle(self) -> NDArray[np.int64] | None: ...
    @property
    def cycle(self) -> NDArray[np.int64]: ...

@final
class LayerProfiles:
    @property
    def rows(self) -> list[dict[str, Any]]: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def diagrams(self) -> list[tuple[str, int | None, list[NDArray[np.float64]]]]: ...
    @property
    def seed(self) -> int: ...
    @property
    def network(self) -> str: ...
    @property
    def data(self) -> str: ...
    @property
    def n_samples(self) -> int: ...
    @staticmethod
    def joined(parts: Sequence[LayerProfiles]) -> LayerProfiles: ...
    def write(self, folder: str | os.PathLike[str]) -> list[Path]: ...
    def write_numbers(self, folder: str | os.PathLike[str]) -> list[Path]: ...
    def page(self) -> str: ...

class AttackCells:
    def document(self) -> str: ...
    @property
    def conclusions(self) -> list[str]: ...
    @property
    def attacked(self) -> list[int]: ...
    @property
    def cells(self) -> list[tuple[str, float]]: ...
    def examples(self, cell: int) -> tuple[NDArray[np.float32], list[int], list[bool], list[float]]: ...
    def write(self, folder: str | os.PathLike[str]) -> None: ...

def attack_network(
    network: Any,
    images: NDArray[np.float32],
    labels: Sequence[int],
    *,
    layers: Sequence[tuple[str, float]],
    input_shape: Sequence[int],
    class_names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
    method: Sequence[str],
    epsilon: Sequence[float],
    norm: str,
    target: int | None,
    steps: int | None,
    step_size: float | None,
    restarts: int,
    given: Sequence[tuple[str, NDArray[np.float32]]],
    scaling: str,
    seed: int,
    name: str,
    data: str,
) -> AttackCells: ...

class LayerStudy:
    def __init__(
        self,
        layers: Sequence[tuple[str, float, ArrayLike]],
        *,
        labels: Sequence[int] | None = None,
        class_names: Sequence[str] | None = None,
        points: int | None = None,
        protocol: str = "both",
        scaling: str = "min-max",
        points_per_class: int = 250,
        n_half_samples: int = 8,
        seed: int = 0,
        epoch: int | None = None,
        network: str = "",
        data: str = "",
    ) -> None: ...
    def parts(self) -> list[LayerPart]: ...
    def joined(self, parts: Sequence[MeasuredLayer]) -> LayerProfiles: ...

class LayerPart:
    @property
    def layer(self) -> str: ...
    def measure(self) -> MeasuredLayer: ...

class MeasuredLayer: ...

def set_threads(n_threads: int) -> int: ...
def profile_memory(n_points: int, n_features: Sequence[int]) -> int: ...
def persistent_homology(
    X: ArrayLike | _SparseMatrix,
    *,
    max_homology_dimension: int = 1,
    metric: _Metric = "euclidean",
    n_neighbors: int | None = None,
    threshold: float | None = None,
    coeff: int = 2,
    landmarks: Landmarks | None = None,
) -> list[NDArray[np.float64]]: ...
def loop_representatives(
    X: ArrayLike | _SparseMatrix,
    *,
    metric: _Metric = "euclidean",
    n_neighbors: int | None = None,
    threshold: float | None = None,
    coeff: int = 2,
    landmarks: Landmarks | None = None,
) -> list[LoopRepresentative]: ...
def furthest_point_landmarks(
    X: ArrayLike | _SparseMatrix,
    n_landmarks: int,
    *,
    metric: _Metric = "euclidean",
    n_neighbors: int | None = None,
    start: int = 0,
) -> Landmarks: ...
def minimum_spanning_tree(
    X: ArrayLike | _SparseMatrix,
    *,
    metric: _Metric = "euclidean",
    n_neighbors: int | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]: ...
def geodesic_distances(
    X: ArrayLike | _SparseMatrix,
    *,
    n_neighbors: int = 15,
    metric: _EdgeMetric = "euclidean",
) -> NDArray[np.float64]: ...
def intrinsic_dimension(
    X: ArrayLike,
    *,
    estimator: str = "two-nn",
    n_neighbors: int | None = None,
    alpha: float = 1.0,
    random_state: int = 0,
) -> Estimate: ...
def intrinsic_dimensions(
    X: ArrayLike,
    *,
    estimators: Sequence[str] | None = None,
    n_neighbors: int | None = None,
    alpha: float = 1.0,
    random_state: int = 0,
) -> dict[str, Estimate | None]: ...
def pointwise_dimension(
    X: ArrayLike, *, estimator: str = "mle", n_neighbors: int | None = None, random_state: int = 0
) -> NDArray[np.float64]: ...
def dimension_estimators() -> dict[str, str]: ...
class Comparison:
    @property
    def value(self) -> float: ...
    @property
    def lower(self) -> float | None: ...
    @property
    def upper(self) -> float | None: ...
    @property
    def null_mean(self) -> float | None: ...
    @property
    def p_value(self) -> float | None: ...
    def __float__(self) -> float: ...

def compare(
    X: ArrayLike,
    Y: ArrayLike,
    *,
    measures: Sequence[str] | None = None,
    n_permutations: int = 19,
    random_state: int = 0,
) -> dict[str, Comparison | None]: ...
def comparison_matrix(
    layers: Sequence[ArrayLike],
    others: Sequence[ArrayLike],
    *,
    measure: str = "cka-debiased",
    random_state: int = 0,
) -> NDArray[np.float64]: ...
def comparison_measures() -> dict[str, str]: ...
def class_separation(
    X: ArrayLike,
    labels: Sequence[int] | NDArray[np.integer],
    *,
    weights: ArrayLike | None = None,
    biases: Sequence[float] | None = None,
) -> dict[str, float | None]: ...
def lifespans_sum_over_null(
    X: ArrayLike,
    *,
    null: str = "permuted-columns",
    n_nulls: int = 8,
    alpha: float = 1.0,
    random_state: int = 0,
) -> Comparison: ...
def nearest_neighbors(
    X: ArrayLike,
    *,
    n_neighbors: int = 20,
    metric: _EdgeMetric = "euclidean",
) -> tuple[NDArray[np.float64], NDArray[np.int64]]: ...
def lifespans_sum(diagram: ArrayLike, *, alpha: float = 1.0) -> float: ...
def persistent_entropy(diagram: ArrayLike) -> float | None: ...
def bottleneck_distance(
    first: ArrayLike, second: ArrayLike, *, relative_error: float = 0.0
) -> float: ...
def wasserstein_distance(
    first: ArrayLike,
    second: ArrayLike,
    *,
    order: float = 1.0,
    ground_norm: Literal["maximum", "euclidean"] = "maximum",
    relative_error: float = 0.0,
) -> float: ...
def betti_curve(
    diagram: ArrayLike, *, grid: _Grid | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def persistence_landscape(
    diagram: ArrayLike, *, n_layers: int = 5, grid: _Grid | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def persistence_silhouette(
    diagram: ArrayLike, *, weight_exponent: float = 1.0, grid: _Grid | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def persistence_image(
    diagram: ArrayLike,
    bandwidth: float,
    *,
    weight_exponent: float = 1.0,
    births: _Grid | None = None,
    lifespans: _Grid | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...
