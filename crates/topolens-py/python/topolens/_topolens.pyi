from typing import Literal

import numpy as np
from numpy.typing import NDArray

__version__: str

class Estimate:
    @property
    def value(self) -> float: ...
    @property
    def standard_error(self) -> float: ...
    @property
    def lower(self) -> float: ...
    @property
    def upper(self) -> float: ...

def persistent_homology(
    X: NDArray[np.float32] | NDArray[np.float64],
    *,
    max_homology_dimension: int = 1,
    metric: Literal["euclidean", "precomputed"] = "euclidean",
    threshold: float | None = None,
    coeff: int = 2,
) -> list[NDArray[np.float64]]: ...
def intrinsic_dimension(
    X: NDArray[np.float32] | NDArray[np.float64],
    *,
    estimator: Literal["two-nn", "mle", "ph-dimension"] = "two-nn",
    n_neighbors: int = 20,
    random_state: int = 0,
) -> Estimate: ...
def lifespans_sum(diagram: NDArray[np.float64], *, alpha: float = 1.0) -> float: ...
