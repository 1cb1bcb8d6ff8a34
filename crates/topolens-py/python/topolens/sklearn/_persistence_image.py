"""Persistence images as vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from topolens._topolens import persistence_image
from topolens.sklearn._diagram_vectors import (
    DiagramVectors,
    Grid,
    GridSetting,
    finite_intervals,
    learnt_grid,
)
from topolens.sklearn._samples import Diagram


class PersistenceImage(DiagramVectors):
    """Persistence images on a grid that is the same for all samples.

    ``rho(x, y) = sum_i l_i**q / (2 pi s**2) exp(-((x - b_i)**2 + (y - l_i)**2) / (2 s**2))`` over the finite intervals
    of birth ``b_i`` and lifespan ``l_i``, with bandwidth s.

    Parameters
    ----------
    homology_dimensions : sequence of int, optional
        Of the diagrams used; by default all.
    bandwidth : float, optional
        s; by default a tenth of the longest finite lifespan of the training diagrams of each homology dimension, which
        is wider than a step of the default lifespans.
    weight_exponent : float, default 1.0
        q, from 0 on.
    births : int or (start, end, n), optional
        The number n of births, 20 if left out, from three bandwidths before the first to three after the last birth of
        the training diagrams of each homology dimension, or all three arguments of ``numpy.linspace``.
    lifespans : int or (start, end, n), optional
        The same for lifespans, from 0 to three bandwidths above the longest.

    Attributes
    ----------
    homology_dimensions_ : tuple of int
    bandwidths_ : dict of int to float
    births_, lifespans_ : dict of int to (start, end, n)
        By homology dimension.

    See Also
    --------
    topolens.persistence_image : the same for one diagram.

    References
    ----------
    H. Adams et al. (2017). Persistence images: a stable vector representation of persistent homology. Journal of
    Machine Learning Research 18(8), 1-35.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.sklearn import PersistenceImage
    >>> train = [[np.array([[1.0, 3.0]])], [np.array([[1.0, 2.0], [0.5, 1.0]])]]
    >>> image = PersistenceImage(births=5, lifespans=4).fit(train)
    >>> image.bandwidths_
    {0: 0.2}
    >>> pixels = image.transform(train)
    >>> pixels.shape
    (2, 20)
    >>> str(image.get_feature_names_out()[np.argmax(pixels[0])])  # the third lifespan, the fourth birth
    'h0_image_2_3'
    """

    def __init__(
        self,
        homology_dimensions: Sequence[int] | None = None,
        *,
        bandwidth: float | None = None,
        weight_exponent: float = 1.0,
        births: GridSetting = None,
        lifespans: GridSetting = None,
    ) -> None:
        self.homology_dimensions = homology_dimensions
        self.bandwidth = bandwidth
        self.weight_exponent = weight_exponent
        self.births = births
        self.lifespans = lifespans

    def _learn(self, diagrams: Mapping[int, list[Diagram]]) -> None:
        if self.bandwidth is not None and not self.bandwidth > 0:
            raise ValueError(f"bandwidth must be above 0, not {self.bandwidth}")
        self.bandwidths_: dict[int, float] = {}
        self.births_: dict[int, Grid] = {}
        self.lifespans_: dict[int, Grid] = {}
        for dimension, found in diagrams.items():
            self._learn_dimension(finite_intervals(found), dimension)

    def _learn_dimension(self, finite: Diagram, dimension: int) -> None:
        longest = float((finite[:, 1] - finite[:, 0]).max(initial=0.0))
        bandwidth = longest / 10 if self.bandwidth is None else self.bandwidth
        births = lifespans = None
        if longest > 0:
            margin = 3 * bandwidth
            births = float(finite[:, 0].min()) - margin, float(finite[:, 0].max()) + margin
            lifespans = 0.0, longest + margin
        elif self.bandwidth is None:
            raise ValueError(
                f"X has no finite interval in homology dimension {dimension} to learn bandwidth from; give bandwidth, "
                f"or homology_dimensions without {dimension}"
            )
        self.bandwidths_[dimension] = bandwidth
        self.births_[dimension] = learnt_grid("births", self.births, 20, births, dimension)
        self.lifespans_[dimension] = learnt_grid("lifespans", self.lifespans, 20, lifespans, dimension)

    def _vector(self, diagram: Diagram, dimension: int) -> NDArray[np.float64]:
        image, _, _ = persistence_image(
            diagram,
            self.bandwidths_[dimension],
            weight_exponent=self.weight_exponent,
            births=self.births_[dimension],
            lifespans=self.lifespans_[dimension],
        )
        return image.ravel()

    def _labels(self, dimension: int) -> list[str]:
        births, lifespans = range(self.births_[dimension][2]), range(self.lifespans_[dimension][2])
        return [f"image_{row}_{column}" for row in lifespans for column in births]
