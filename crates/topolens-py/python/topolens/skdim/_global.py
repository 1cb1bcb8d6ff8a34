"""Estimators that look at the whole cloud."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from topolens.skdim._dimension import Cloud, Dimension, neighbors_of

if TYPE_CHECKING:
    from typing_extensions import Self

RandomState = int | np.random.RandomState | None


class GlobalDimension(Dimension):
    """An estimator of a whole cloud, which may also be taken for the neighbourhood of a point."""

    @abstractmethod
    def _estimate(self, cloud: Cloud) -> float: ...

    def fit(self, X: Any, y: Any = None) -> Self:
        """Estimate the dimension of the cloud.

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
        self.dimension_ = self._estimate(self._read(X, n_points=2))
        return self

    def fit_transform(self, X: Any, y: Any = None) -> float:
        """The ``dimension_`` after ``fit(X)``."""
        return self.fit(X).dimension_

    def fit_pw(
        self, X: Any, precomputed_knn: ArrayLike | None = None, smooth: bool = False, n_neighbors: int = 100
    ) -> Self:
        """Estimate the dimension of the neighbourhood of each point, as if it were a cloud.

        Parameters
        ----------
        X : array_like of shape (n_points, n_features)
        precomputed_knn : array_like of int of shape (n_points, n_neighbors), optional
            Row numbers of the neighbours.
        smooth : bool, default False
            Also take means over each point and its neighbours: ``dimension_pw_smooth_``.
        n_neighbors : int, default 100
            Unless ``precomputed_knn`` is given.

        Returns
        -------
        self
            With ``dimension_pw_``; ``dimension_`` stays that of ``fit``.

        Raises
        ------
        ValueError
            As ``fit``, for the cloud or for a neighbourhood.
        """
        cloud = self._read(X, n_points=n_neighbors + 1 if precomputed_knn is None else 2)
        neighbors = neighbors_of(cloud, n_neighbors) if precomputed_knn is None else np.asarray(precomputed_knn)
        self.dimension_pw_ = np.array([self._estimate(cloud[of_point]) for of_point in neighbors])
        self._smooth(neighbors if smooth else None)
        return self

    def fit_transform_pw(
        self, X: Any, precomputed_knn: ArrayLike | None = None, smooth: bool = False, n_neighbors: int = 100
    ) -> Any:
        """What ``transform_pw`` hands out after ``fit_pw`` with the same arguments."""
        return self.fit_pw(X, precomputed_knn, smooth, n_neighbors).transform_pw()


class TwoNN(GlobalDimension):
    """The line ``-ln(1 - F(mu)) = d ln mu`` through the distribution F of the ratios mu of the first two distances.

    Parameters
    ----------
    method : {"linear", "mle"}, default "linear"
        The line through the origin without the largest tenth of the ratios, or the maximum of the likelihood of all,
        ``n / sum_i ln mu_i``. scikit-dimension has n - 1 for n there, with ``discard_fraction=0``.

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    E. Facco et al. (2017). Estimating the intrinsic dimension of datasets by a minimal neighborhood information.
    Scientific Reports 7, 12140.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import TwoNN
    >>> round(TwoNN().fit_transform(np.random.default_rng(0).random((1000, 2))))
    2
    """

    def __init__(self, method: Literal["linear", "mle"] = "linear") -> None:
        self.method = method

    def _estimate(self, cloud: Cloud) -> float:
        return self._of_cloud(cloud, named("method", self.method, {"linear": "two-nn", "mle": "two-nn-ml"}))


class lPCA(GlobalDimension):
    """Principal components that count, by their eigenvalues ``l_1 >= l_2 >= ...``

    Parameters
    ----------
    ver : str, default "FO"
        "FO", those above 5 % of the largest; "Fan", up to the first gap of a factor 10 or 80 % of the variance;
        "maxgap", up to the largest ratio of neighbours; "ratio", as many as hold 95 % of the variance;
        "participation_ratio",
        ``(sum_i l_i)**2 / sum_i l_i**2``; "Kaiser", those above the mean; "broken_stick", those above those of a broken
        stick. Of these scikit-dimension has another "ratio": ``alphaRatio=0.05`` there holds 5 % of the variance, and
        0.95 holds the 95 % of this class.

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    K. Fukunaga, D. Olsen (1971). An algorithm for finding intrinsic dimensionality of data. IEEE Transactions on
    Computers 20(2), 176-183.

    M. Fan et al. (2010). Intrinsic dimension estimation of data by principal component analysis. arXiv:1002.2050.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import lPCA
    >>> lPCA().fit_transform(np.random.default_rng(0).random((100, 2)) @ np.ones((2, 3)))
    1.0
    """

    _VERSIONS = {
        "FO": "local-pca-fo",
        "Fan": "local-pca-fan",
        "maxgap": "local-pca-max-gap",
        "ratio": "local-pca-ratio",
        "participation_ratio": "participation-ratio",
        "Kaiser": "local-pca-kaiser",
        "broken_stick": "local-pca-broken-stick",
    }

    def __init__(self, ver: str = "FO") -> None:
        self.ver = ver

    def _estimate(self, cloud: Cloud) -> float:
        return self._of_cloud(cloud, named("ver", self.ver, self._VERSIONS))


class CorrInt(GlobalDimension):
    """The correlation integral: ``ln(C(r_2) / C(r_1)) / ln(r_2 / r_1)``, C(r) the share of pairs within r.

    The radii are the medians of the distances to the 10th and the 20th neighbour. For an odd number of points each is
    the distance of a pair, which rounding may put within it in scikit-dimension; it is not within here.

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    P. Grassberger, I. Procaccia (1983). Measuring the strangeness of strange attractors. Physica D 9, 189-208.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import CorrInt
    >>> round(CorrInt().fit_transform(np.random.default_rng(0).random((1000, 2))))
    2
    """

    def _estimate(self, cloud: Cloud) -> float:
        return self._of_cloud(cloud, "corr-int")


class FisherS(GlobalDimension):
    """The sphere whose uniform points are as separable by Fisher's rule as those of the whitened cloud.

    A point x is separable if no other point y has ``<x, y> > alpha <x, x>``. Components above a tenth of the largest
    are kept, points projected on the sphere.

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    L. Albergante et al. (2019). Estimating the effective dimension of large biological datasets using Fisher
    separability analysis. International Joint Conference on Neural Networks.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import FisherS
    >>> round(FisherS().fit_transform(np.random.default_rng(0).normal(size=(1000, 4))))
    4
    """

    def _estimate(self, cloud: Cloud) -> float:
        return self._of_cloud(cloud, "fisher-s")


class MiND_ML(GlobalDimension):
    """The most likely dimension of the ratios rho of the distances to the first and to the k+1-st neighbour.

    Their density is ``k d rho**(d-1) (1 - rho**d)**(k-1)`` in dimension d. There is no upper bound on d;
    scikit-dimension stops at its setting ``D=10``.

    Parameters
    ----------
    k : int, default 20
    ver : {"MLk", "MLi"}, default "MLk"
        The best real or the best whole dimension.

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    A. Rozza et al. (2012). Novel high intrinsic dimensionality estimators. Machine Learning 89, 37-65.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import MiND_ML
    >>> MiND_ML(ver="MLi").fit_transform(np.random.default_rng(0).random((1000, 2)))
    2.0
    """

    def __init__(self, k: int = 20, ver: Literal["MLk", "MLi"] = "MLk") -> None:
        self.k = k
        self.ver = ver

    def _estimate(self, cloud: Cloud) -> float:
        if self.k < 1:
            raise ValueError(f"k must be 1 or more, not {self.k}")
        estimator = named("ver", self.ver, {"MLk": "mind-ml-k", "MLi": "mind-ml-i"})
        return self._of_cloud(cloud, estimator, n_neighbors=self.k + 1)


class KNN(GlobalDimension):
    """The growth of the graph of 4 nearest neighbours: its total length over m points goes as ``m**((d - 1) / d)``.

    The numbers are not those of scikit-dimension: it compares graphs of 3 to 6 points drawn with replacement, and its
    values are whole; here all sizes from a quarter of the points on are averaged over all subsamples.

    Parameters
    ----------
    random_state : int, RandomState or None, default 0

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    J. Costa, A. Hero (2004). Geodesic entropic graphs for dimension and entropy estimation in manifold learning. IEEE
    Transactions on Signal Processing 52(8), 2210-2221.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import KNN
    >>> round(KNN().fit_transform(np.random.default_rng(0).random((1000, 2))))
    2
    """

    def __init__(self, random_state: RandomState = 0) -> None:
        self.random_state = random_state

    def _estimate(self, cloud: Cloud) -> float:
        return self._of_cloud(cloud, "knn")


class DANCo(GlobalDimension):
    """The ball whose neighbourhoods of 10 points have the distances and the angles of those of the cloud.

    The numbers are not those of scikit-dimension, though near: it compares with splines fitted to other balls once, and
    its divergence of distances lacks a constant; here balls are drawn for each cloud. At most 2000 points are used.

    Parameters
    ----------
    random_state : int, RandomState or None, default 0

    Attributes
    ----------
    dimension_ : float
    dimension_pw_ : ndarray of shape (n_points,), float64

    References
    ----------
    C. Ceruti et al. (2014). DANCo: an intrinsic dimensionality estimator exploiting angle and norm concentration.
    Pattern Recognition 47(8), 2569-2581.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.skdim import DANCo
    >>> round(DANCo().fit_transform(np.random.default_rng(0).random((500, 3))))
    3
    """

    def __init__(self, random_state: RandomState = 0) -> None:
        self.random_state = random_state

    def _estimate(self, cloud: Cloud) -> float:
        return self._of_cloud(cloud, "danco")


def named(argument: str, value: str, names: dict[str, str]) -> str:
    """The estimator that a setting stands for."""
    if value not in names:
        raise ValueError(f"{argument} must be one of {', '.join(names)}, not {value!r}")
    return names[value]
