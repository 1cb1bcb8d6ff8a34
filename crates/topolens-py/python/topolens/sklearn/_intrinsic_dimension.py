"""Intrinsic dimension as a fitted attribute."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from topolens._threads import threads
from topolens._topolens import intrinsic_dimension, pointwise_dimension

if TYPE_CHECKING:
    from typing_extensions import Self

POINTWISE = (
    "mle",
    "geo-mle",
    "lid",
    "mom",
    "mada",
    "tle",
    "local-pca-fo",
    "local-pca-max-gap",
    "participation-ratio",
)


class IntrinsicDimension(BaseEstimator):
    """Intrinsic dimension of a point cloud: how many coordinates describe it near each point.

    Parameters
    ----------
    estimator : str, default "two-nn"
        A name from ``topolens.dimension_estimators()``. TwoNN fits the line ``-ln(1 - F(mu)) = d ln mu`` through the
        distribution F of the ratios mu of each point's second neighbour distance to its first.
    n_neighbors : int, optional
        Neighbours of the estimators that take a single number of them; by default that of each, 20 for "mle".
    alpha : float, default 1.0
        Power of the lifespans in the persistent-homology dimensions.
    random_state : int, RandomState or None, default 0
        Seed of everything random.
    n_jobs : int, optional
        Threads, -1 for all processors, which is also the default; the numbers do not depend on it.

    Attributes
    ----------
    dimension_ : float
    standard_error_ : float
    interval_ : tuple of float
        The ends of the 95 % interval.
    dimension_pw_ : ndarray of shape (n_points,), float64, or None
        The dimension at every point; None for an estimator that has no values at points.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        If X has names of columns.

    See Also
    --------
    topolens.intrinsic_dimension, topolens.pointwise_dimension : the functions that it calls.

    References
    ----------
    E. Facco et al. (2017). Estimating the intrinsic dimension of datasets by a minimal neighborhood information.
    Scientific Reports 7, 12140.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.sklearn import IntrinsicDimension
    >>> plane = np.random.default_rng(0).random((1000, 2)) @ np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]])
    >>> round(IntrinsicDimension().fit(plane).dimension_)
    2
    >>> IntrinsicDimension("mle", n_neighbors=10).fit(plane).dimension_pw_.shape
    (1000,)
    """

    def __init__(
        self,
        estimator: str = "two-nn",
        *,
        n_neighbors: int | None = None,
        alpha: float = 1.0,
        random_state: int | np.random.RandomState | None = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.n_neighbors = n_neighbors
        self.alpha = alpha
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> Self:
        """Estimate the dimension of X.

        Parameters
        ----------
        X : array_like of shape (n_points, n_features)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If X is not a matrix of finite numbers or has too few distinct points; if a setting is out of its range.
        """
        X = validate_data(self, X, dtype=[np.float64, np.float32], ensure_min_samples=3)
        with threads(self.n_jobs):
            self._estimate(X, seed_of(self.random_state))
        return self

    def _estimate(self, X: NDArray[np.floating], seed: int) -> None:
        estimate = intrinsic_dimension(
            X, estimator=self.estimator, n_neighbors=self.n_neighbors, alpha=self.alpha, random_state=seed
        )
        self.dimension_ = estimate.value
        self.standard_error_ = estimate.standard_error
        self.interval_ = estimate.lower, estimate.upper
        self.dimension_pw_ = self._at_points(X, seed)

    def _at_points(self, X: NDArray[np.floating], seed: int) -> NDArray[np.float64] | None:
        if self.estimator not in POINTWISE:
            return None
        return pointwise_dimension(X, estimator=self.estimator, n_neighbors=self.n_neighbors, random_state=seed)


def seed_of(random_state: Any) -> int:
    """The seed that an argument in the manner of scikit-learn stands for."""
    if isinstance(random_state, Integral):
        if random_state < 0:
            raise ValueError(f"random_state must be 0 or more, not {random_state}")
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
