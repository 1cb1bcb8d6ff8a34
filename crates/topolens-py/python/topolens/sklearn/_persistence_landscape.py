"""Persistence landscapes as vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from topolens._topolens import persistence_landscape
from topolens.sklearn._diagram_vectors import DiagramVectors, GridSetting, learnt_grid, lives
from topolens.sklearn._samples import Diagram


class PersistenceLandscape(DiagramVectors):
    """Persistence landscapes on a grid that is the same for all samples.

    ``lambda_k(t)`` is the k-th largest of ``max(0, min(t - b_i, d_i - t))``, without the factor ``sqrt(2)`` of tools
    that turn the diagonal into an axis.

    Parameters
    ----------
    homology_dimensions : sequence of int, optional
        Of the diagrams used; by default all.
    n_layers : int, default 5
        The largest k.
    grid : int or (start, end, n), optional
        The number n of values, 100 if left out, from the first birth to the last finite death of the training diagrams
        of each homology dimension, or all three arguments of ``numpy.linspace``.

    Attributes
    ----------
    homology_dimensions_ : tuple of int
    grids_ : dict of int to (start, end, n)
        By homology dimension.

    See Also
    --------
    topolens.persistence_landscape : the same for one diagram.

    References
    ----------
    P. Bubenik (2015). Statistical topological data analysis using persistence landscapes. Journal of Machine Learning
    Research 16, 77-102.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.sklearn import PersistenceLandscape
    >>> train = [[np.array([[0.0, 4.0], [1.0, 3.0]])]]
    >>> landscape = PersistenceLandscape(n_layers=2, grid=5).fit(train)
    >>> landscape.transform(train)
    array([[0., 1., 2., 1., 0., 0., 0., 1., 0., 0.]])
    >>> str(landscape.get_feature_names_out()[7])
    'h0_landscape2_2'
    """

    def __init__(
        self, homology_dimensions: Sequence[int] | None = None, *, n_layers: int = 5, grid: GridSetting = None
    ) -> None:
        self.homology_dimensions = homology_dimensions
        self.n_layers = n_layers
        self.grid = grid

    def _learn(self, diagrams: Mapping[int, list[Diagram]]) -> None:
        if self.n_layers < 1:
            raise ValueError(f"n_layers must be 1 or more, not {self.n_layers}")
        self.grids_ = {
            dimension: learnt_grid("grid", self.grid, 100, lives(found), dimension)
            for dimension, found in diagrams.items()
        }

    def _vector(self, diagram: Diagram, dimension: int) -> NDArray[np.float64]:
        landscape, _ = persistence_landscape(diagram, n_layers=self.n_layers, grid=self.grids_[dimension])
        return landscape.ravel()

    def _labels(self, dimension: int) -> list[str]:
        values = range(self.grids_[dimension][2])
        return [f"landscape{layer}_{index}" for layer in range(1, self.n_layers + 1) for index in values]
