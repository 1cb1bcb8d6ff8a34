"""Diagrams of a collection of clouds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from topolens._threads import threads
from topolens._topolens import Landmarks, furthest_point_landmarks, persistent_homology
from topolens.sklearn._samples import read_clouds

if TYPE_CHECKING:
    from typing_extensions import Self

    from topolens._topolens import _Metric


class PersistentHomology(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Persistent homology of the Vietoris-Rips filtration of each cloud of a collection.

    A simplex enters at its diameter, ``max d(x, y)`` over its vertices; a class of homology is born when a simplex
    makes it and dies when a simplex fills it. Nothing is learnt: ``transform`` needs no ``fit``.

    Parameters
    ----------
    max_homology_dimension : int, default 1
        0 for components, 1 for loops, 2 for cavities, and above.
    metric : str, default "euclidean"
        As for ``topolens.persistent_homology``; with "precomputed" each cloud is a square matrix of dissimilarities,
        dense or sparse.
    n_neighbors : int, optional
        Neighbours of each point, for ``metric="geodesic"`` only: 15 if left out.
    threshold : float, optional
        Largest filtration value; by default the enclosing radius of each cloud, past which nothing changes.
    coeff : int, default 2
        Prime p of the field Z/p.
    n_landmarks : int, optional
        Use that many furthest-point landmarks of each cloud that has more points. Births and deaths come later by at
        most twice the covering radius.
    n_jobs : int, optional
        Threads, -1 for all processors, which is also the default; the diagrams do not depend on it.

    See Also
    --------
    topolens.persistent_homology : the same for one cloud.

    References
    ----------
    U. Bauer (2021). Ripser: efficient computation of Vietoris-Rips persistence barcodes. Journal of Applied and
    Computational Topology 5, 391-423.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.sklearn import PersistentHomology
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> line = np.array([[0.0], [1.0], [3.0]])
    >>> diagrams = PersistentHomology().fit_transform([square, line])
    >>> diagrams[0][1]
    array([[1.        , 1.41421356]])
    >>> diagrams[1][0]
    array([[ 0.,  1.],
           [ 0.,  2.],
           [ 0., inf]])
    """

    def __init__(
        self,
        max_homology_dimension: int = 1,
        *,
        metric: _Metric = "euclidean",
        n_neighbors: int | None = None,
        threshold: float | None = None,
        coeff: int = 2,
        n_landmarks: int | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.max_homology_dimension = max_homology_dimension
        self.metric: _Metric = metric
        self.n_neighbors = n_neighbors
        self.threshold = threshold
        self.coeff = coeff
        self.n_landmarks = n_landmarks
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> Self:
        """Look whether X is a collection of clouds.

        Parameters
        ----------
        X : list of array_like of shape (n_points, n_features), or ndarray of shape (n_clouds, n_points, n_features)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X is not a collection of matrices of real numbers.
        """
        read_clouds(X)
        return self

    def transform(self, X: Any) -> list[list[NDArray[np.float64]]]:
        """Compute the diagrams of each cloud.

        Parameters
        ----------
        X : list of array_like of shape (n_points, n_features), or ndarray of shape (n_clouds, n_points, n_features)

        Returns
        -------
        list of list of ndarray of shape (n_intervals, 2)
            For each cloud one diagram per homology dimension, ordered by birth, then by death; an essential class has
            death ``inf``.

        Raises
        ------
        ValueError
            As ``fit``; if a cloud or a setting is one that ``topolens.persistent_homology`` refuses.
        """
        with threads(self.n_jobs):
            return [self._diagrams(f"X[{index}]", cloud) for index, cloud in enumerate(read_clouds(X))]

    def _diagrams(self, name: str, cloud: Any) -> list[NDArray[np.float64]]:
        try:
            return persistent_homology(
                cloud,
                max_homology_dimension=self.max_homology_dimension,
                metric=self.metric,
                n_neighbors=self.n_neighbors,
                threshold=self.threshold,
                coeff=self.coeff,
                landmarks=self._landmarks(cloud),
            )
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error

    def _landmarks(self, cloud: Any) -> Landmarks | None:
        if self.n_landmarks is None or cloud.shape[0] <= self.n_landmarks:
            return None
        return furthest_point_landmarks(cloud, self.n_landmarks, metric=self.metric, n_neighbors=self.n_neighbors)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the diagrams of a sample: "h0", "h1" and so on.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        ndarray of str of shape (max_homology_dimension + 1,)
        """
        return np.array([f"h{dimension}" for dimension in range(self.max_homology_dimension + 1)], dtype=object)

    def set_output(  # pyright: ignore[reportIncompatibleVariableOverride]
        self, *, transform: str | None = None
    ) -> Self:
        """Leave the output as it is: diagrams are lists in every container. For pipelines, which ask all their steps.

        Parameters
        ----------
        transform : ignored

        Returns
        -------
        self
        """
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.requires_fit = False
        return tags
