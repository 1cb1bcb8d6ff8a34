"""Persistent entropy as a feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from topolens._topolens import persistent_entropy
from topolens.sklearn._diagram_vectors import DiagramVectors
from topolens.sklearn._samples import Diagram


class PersistenceEntropy(DiagramVectors):
    """Persistent entropy of each diagram: one number per homology dimension.

    ``-sum_i p_i ln p_i`` with ``p_i = l_i / sum_j l_j`` over the finite lifespans ``l_i``: from 0 for one interval to
    ``ln m`` for m intervals of equal length.

    Parameters
    ----------
    homology_dimensions : sequence of int, optional
        Of the diagrams used; by default all.
    fill_value : float, default 0.0
        For diagrams without a finite interval, whose entropy is not defined.

    Attributes
    ----------
    homology_dimensions_ : tuple of int

    See Also
    --------
    topolens.persistent_entropy : the same for one diagram.

    References
    ----------
    H. Chintakunta et al. (2015). An entropy-based persistence barcode. Pattern Recognition 48(2), 391-401.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.sklearn import PersistenceEntropy
    >>> two_alike, none = np.array([[0.0, 2.0], [1.0, 3.0]]), np.empty((0, 2))
    >>> PersistenceEntropy().fit_transform([[two_alike, none], [two_alike[:1], two_alike]]) / np.log(2)
    array([[1., 0.],
           [0., 1.]])
    """

    def __init__(self, homology_dimensions: Sequence[int] | None = None, *, fill_value: float = 0.0) -> None:
        self.homology_dimensions = homology_dimensions
        self.fill_value = fill_value

    def _learn(self, diagrams: Mapping[int, list[Diagram]]) -> None:
        """The entropy leaves nothing open."""

    def _vector(self, diagram: Diagram, dimension: int) -> NDArray[np.float64]:
        entropy = persistent_entropy(diagram)
        return np.array([self.fill_value if entropy is None else entropy], dtype=np.float64)

    def _labels(self, dimension: int) -> list[str]:
        return ["entropy"]
