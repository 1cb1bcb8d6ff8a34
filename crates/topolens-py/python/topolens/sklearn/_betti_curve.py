"""Betti curves as vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from topolens._topolens import betti_curve
from topolens.sklearn._diagram_vectors import DiagramVectors, GridSetting, learnt_grid, lives
from topolens.sklearn._samples import Diagram


class BettiCurve(DiagramVectors):
    """Betti curves ``beta(t) = #{i : b_i <= t < d_i}`` on a grid that is the same for all samples.

    Parameters
    ----------
    homology_dimensions : sequence of int, optional
        Of the diagrams used; by default all.
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
    topolens.betti_curve : the same for one diagram.

    References
    ----------
    Y. Umeda (2017). Time series classification via topological data analysis. Transactions of the Japanese Society for
    Artificial Intelligence 32(3).

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.sklearn import BettiCurve
    >>> train = [[np.array([[0.0, 2.0], [1.0, np.inf]])], [np.array([[1.0, 3.0]])]]
    >>> curves = BettiCurve(grid=4).fit(train)
    >>> curves.transform([[np.array([[0.0, 2.0], [1.0, np.inf]])]])  # at 0, 1, 2 and 3
    array([[1., 2., 1., 1.]])
    >>> list(curves.get_feature_names_out())
    ['h0_betti_0', 'h0_betti_1', 'h0_betti_2', 'h0_betti_3']
    """

    def __init__(self, homology_dimensions: Sequence[int] | None = None, *, grid: GridSetting = None) -> None:
        self.homology_dimensions = homology_dimensions
        self.grid = grid

    def _learn(self, diagrams: Mapping[int, list[Diagram]]) -> None:
        self.grids_ = {
            dimension: learnt_grid("grid", self.grid, 100, lives(found), dimension)
            for dimension, found in diagrams.items()
        }

    def _vector(self, diagram: Diagram, dimension: int) -> NDArray[np.float64]:
        return betti_curve(diagram, grid=self.grids_[dimension])[0]

    def _labels(self, dimension: int) -> list[str]:
        return [f"betti_{index}" for index in range(self.grids_[dimension][2])]
