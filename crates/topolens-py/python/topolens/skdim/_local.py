"""Estimators that look at the neighbourhood of each point."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from topolens._topolens import pointwise_dimension
from topolens.skdim._dimension import Cloud, Dimension, neighbors_of
from topolens.skdim._global import RandomState

if TYPE_CHECKING:
    from typing_extensions import Self


class LocalDimension(Dimension):
    """An estimator at the points, from which the dimension of the cloud is combined."""

    _ESTIMATOR: str
    _N_NEIGHBORS: int
    _COMBINED: str = "mean"

    def fit(
        self, X: Any, y: Any = None, *, smooth: bool = False, n_neighbors: int | None = None, comb: str | None = None
    ) -> Self:
        """Estimate the dimension at each point and combine them.

        Parameters
        ----------
        X : array_like of shape (n_points, n_features)
        y : ignored
        smooth : bool, default False
            Also take means over each point and its neighbours: ``dimension_pw_smooth_``.
        n_neighbors : int, optional
            By default that of the class. If there are fewer, all other points, with a warning.
        comb : {"mean", "median", "mle"}, optional
            How ``dimension_`` comes from ``dimension_pw_``; by default the way of the class. "mle" is the harmonic
            mean.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X is not a matrix of finite numbers or has too few distinct points; if a setting is out of its range.
        """
        cloud = self._read(X, n_points=2)
        self.n_neighbors_ = _at_most(self._N_NEIGHBORS if n_neighbors is None else n_neighbors, len(cloud) - 1)
        self.dimension_pw_ = self._at_points(cloud)
        self.dimension_ = _combined(self._COMBINED if comb is None else comb, self.dimension_pw_)
        self._smooth(neighbors_of(cloud, self.n_neighbors_) if smooth else None)
        return self

    def _at_points(self, cloud: Cloud) -> NDArray[np.float64]:
        return pointwise_dimension(cloud, estimator=self._ESTIMATOR, n_neighbors=self.n_neighbors_)

    def fit_transform(self, X: Any, y: Any = None, **settings: Any) -> float:
        """The ``dimension_`` after ``fit`` with the same arguments."""
        return self.fit(X, **settings).dimension_

    def fit_transform_pw(self, X: Any, **settings: Any) -> Any:
        """What ``transform_pw`` hands out after ``fit`` with the same arguments."""
        return self.fit(X, **settings).transform_pw()


class MLE(LocalDimension):
    """The most likely d of the distances ``r_j`` to k neighbours: ``(k - 1) / sum_j ln(r_k / r_j)`` at a point.

    20 neighbours and their harmonic mean by default, that is the maximum of the likelihood of all. Without noise.

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    E. Levina, P. Bickel (2004). Maximum likelihood estimation of intrinsic dimension. Advances in Neural Information
    Processing Systems 17.

    D. MacKay, Z. Ghahramani (2005). Comments on "Maximum likelihood estimation of intrinsic dimension".

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import MLE
    >>> round(MLE().fit_transform(np.random.default_rng(0).random((1000, 2)), n_neighbors=10))
    2
    """

    _ESTIMATOR, _N_NEIGHBORS, _COMBINED = "mle", 20, "mle"


class MOM(LocalDimension):
    """The first moment of the distances: ``m / (r_k - m)`` at a point, m the mean of the distances to k neighbours.

    100 neighbours by default.

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    L. Amsaleg et al. (2018). Extreme-value-theoretic estimation of local intrinsic dimensionality. Data Mining and
    Knowledge Discovery 32, 1768-1805.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import MOM
    >>> round(MOM().fit_transform(np.random.default_rng(0).random((1000, 2))))
    2
    """

    _ESTIMATOR, _N_NEIGHBORS = "mom", 100


class MADA(LocalDimension):
    """The growth from k/2 to k neighbours: ``ln 2 / ln(r_k / r_(k/2))`` at a point.

    20 neighbours by default. Half of an odd k is rounded up, as in the paper; scikit-dimension rounds it down.

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    A. Farahmand et al. (2007). Manifold-adaptive dimension estimation. International Conference on Machine Learning.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import MADA
    >>> round(MADA().fit_transform(np.random.default_rng(0).random((1000, 2))))
    2
    """

    _ESTIMATOR, _N_NEIGHBORS = "mada", 20


class TLE(LocalDimension):
    """The tight local estimate: the likelihood of the distances between all pairs of neighbours of a point.

    20 neighbours by default.

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    L. Amsaleg et al. (2019). Intrinsic dimensionality estimation within tight localities. SIAM International Conference
    on Data Mining.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import TLE
    >>> round(TLE().fit_transform(np.random.default_rng(0).random((1000, 2))))
    2
    """

    _ESTIMATOR, _N_NEIGHBORS = "tle", 20


class ESS(LocalDimension):
    """The ball with the skewness ``sum |v_i| |v_j| sin(v_i, v_j) / sum |v_i| |v_j|`` of the neighbours v of a point,
    centred.

    100 neighbours by default. scikit-dimension draws 5000 pairs of the vectors where there are more, from 101 on; here
    all count.

    Parameters
    ----------
    random_state : int, RandomState or None, default 0

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    K. Johnsson et al. (2015). Low bias local intrinsic dimension estimation from expected simplex skewness. IEEE
    Transactions on Pattern Analysis and Machine Intelligence 37(1), 196-202.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import ESS
    >>> round(ESS().fit_transform(np.random.default_rng(0).random((300, 2)), n_neighbors=30))
    2
    """

    _ESTIMATOR, _N_NEIGHBORS = "ess", 100

    def __init__(self, random_state: RandomState = 0) -> None:
        self.random_state = random_state

    def _at_points(self, cloud: Cloud) -> NDArray[np.float64]:
        neighbors = neighbors_of(cloud, self.n_neighbors_)
        return np.array([self._of_cloud(cloud[of_point], self._ESTIMATOR) for of_point in neighbors])

    def fit_once(self, X: Any, y: Any = None) -> Self:
        """Estimate the dimension of X taken for one neighbourhood.

        Parameters
        ----------
        X : array_like of shape (n_points, n_features)
        y : ignored

        Returns
        -------
        self
        """
        self.dimension_ = self._of_cloud(self._read(X, n_points=2), self._ESTIMATOR)
        return self


_WAYS: dict[str, Callable[[NDArray[np.float64]], Any]] = {
    "mean": np.mean,
    "median": np.median,
    "mle": lambda values: 1 / np.mean(1 / values),
}


def _combined(comb: str, values: NDArray[np.float64]) -> float:
    if comb not in _WAYS:
        raise ValueError(f"comb must be one of {', '.join(_WAYS)}, not {comb!r}")
    return float(_WAYS[comb](values))


def _at_most(n_neighbors: int, n_others: int) -> int:
    if n_neighbors > n_others:
        warnings.warn(f"n_neighbors is {n_neighbors}; there are {n_others} other points, all used", stacklevel=3)
    return min(n_neighbors, n_others)
