"""Vietoris-Rips persistence by the call of ripser.py."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import combinations
from typing import Any, Literal, NamedTuple, TypeAlias, TypedDict, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from topolens._arrays import float_matrix
from topolens._topolens import furthest_point_landmarks, nearest_neighbors, persistent_homology

_Metric: TypeAlias = Literal["euclidean", "cosine", "manhattan", "chebyshev", "correlation"]
_Distance: TypeAlias = Callable[[NDArray[np.floating], NDArray[np.floating]], float]


class _Always(TypedDict):
    dgms: list[NDArray[np.float64]]
    cocycles: list[list[NDArray[np.int64]]]
    num_edges: int
    idx_perm: NDArray[np.int64]
    r_cover: float


class _Result(_Always, total=False):
    dperm2all: Any


def ripser(
    X: ArrayLike | Any,
    maxdim: int = 1,
    thresh: float = np.inf,
    coeff: int = 2,
    distance_matrix: bool = False,
    do_cocycles: bool = False,
    metric: _Metric | _Distance = "euclidean",
    n_perm: int | None = None,
) -> _Result:
    """Persistence diagrams of a Vietoris-Rips filtration, called as ``ripser.ripser`` of ripser.py and answered alike.

    A call of ``persistent_homology`` for programs written for ripser.py; new ones lose nothing by calling that.

    Parameters
    ----------
    X : array_like of shape (n_points, n_features) or (n_points, n_points)
        Points, or their dissimilarities if ``distance_matrix``: symmetric, zero on the diagonal; a sparse matrix holds
        the pairs that meet. Integers are read as float64.
    maxdim : int, default 1
        The highest homology dimension.
    thresh : float, default inf
        The largest filtration value; if infinite, the enclosing radius, past which nothing changes.
    coeff : int, default 2
        Prime p of the field Z/p. Other numbers are refused.
    distance_matrix : bool, default False
        X holds dissimilarities.
    do_cocycles : bool, default False
        Only False: ``loop_representatives`` has cycles to draw.
    metric : {"euclidean", "cosine", "manhattan", "chebyshev", "correlation"} or callable, default "euclidean"
        A callable gets two points; it is called once for each pair.
    n_perm : int, optional
        Use that many furthest-point landmarks, the first of which is point 0, in place of all points.

    Returns
    -------
    dict
        ``dgms``, list of ndarray of shape (n_intervals, 2), float64: as of ``persistent_homology``, ordered by birth,
        then by death, where ripser.py has an order of its own.
        ``cocycles``, list of empty lists, one for each diagram.
        ``num_edges``, int: pairs of the points used that are no farther apart than ``thresh``, or the enclosing radius.
        ``idx_perm``, ndarray of int64: row numbers of the points used.
        ``r_cover``, float: the largest distance of a point to the nearest of them, 0 if all are used.
        ``dperm2all``: dissimilarities of the points used to all; absent for ``n_perm`` landmarks of a named metric,
        which never needs them all.

    Raises
    ------
    TypeError, ValueError
        As ``persistent_homology``; if X with ``distance_matrix`` is not square, ``n_perm`` is not from 1 to the number
        of points or X is sparse with it, or ``do_cocycles`` is true.

    Warns
    -----
    UserWarning
        If X is square and not said to be a distance matrix, or has more columns than rows.

    Notes
    -----
    ripser.py computes in float32, so that its intervals shorter than the rounding there may differ. It reads one half
    of a matrix that is not symmetric, takes a diagonal for births, and any number for a prime; each is an error here.

    References
    ----------
    C. Tralie, N. Saul, R. Bar-On (2018). Ripser.py: A lean persistent homology library for Python. Journal of Open
    Source Software 3(29), 925.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens import ripser
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.5, -0.5]])
    >>> result = ripser(square)
    >>> result["dgms"][1]
    array([[1.        , 1.41421356]])
    >>> result["num_edges"]
    8
    >>> ripser(square, n_perm=4)["r_cover"]
    0.7071067811865476
    """
    if do_cocycles:
        raise ValueError("do_cocycles must be False: call loop_representatives for cycles")
    if hasattr(X, "tocoo") and not distance_matrix:
        raise TypeError("X is sparse; if it holds dissimilarities, say distance_matrix=True, else make it dense with X.toarray()")
    points = float_matrix("X", X)
    _warn_of_doubtful_shape(points, distance_matrix)
    if callable(metric) and not distance_matrix:
        points, distance_matrix = _between_all(points, metric), True
    by = cast(_Metric, "precomputed" if distance_matrix else metric)
    used = _all_points(points, by) if n_perm in (None, 0, points.shape[0]) else _landmarks(points, by, n_perm)
    diagrams = _diagrams(used.distances, maxdim, thresh, coeff)
    result = _Result(
        dgms=diagrams,
        cocycles=[[] for _ in diagrams],
        num_edges=_num_edges(used.distances, thresh),
        idx_perm=used.indices,
        r_cover=used.covering_radius,
    )
    if used.to_all is not None:
        result["dperm2all"] = used.to_all
    return result


class _Used(NamedTuple):
    """The points of which the homology is computed."""

    indices: NDArray[np.int64]
    covering_radius: float
    distances: Any
    to_all: Any


def _diagrams(distances: Any, maxdim: int, thresh: float, coeff: int) -> list[NDArray[np.float64]]:
    threshold = None if thresh == np.inf else thresh
    try:
        return persistent_homology(
            distances, metric="precomputed", max_homology_dimension=maxdim, threshold=threshold, coeff=coeff
        )
    except ValueError as error:
        message = str(error).replace("max_homology_dimension", "maxdim").replace("threshold", "thresh")
        raise ValueError(message) from None


def _all_points(points: Any, metric: Any) -> _Used:
    distances = points if metric == "precomputed" else _distances(points, metric)
    return _Used(np.arange(points.shape[0]), 0.0, distances, distances)


def _landmarks(points: Any, metric: Any, n_perm: Any) -> _Used:
    if hasattr(points, "tocoo"):
        raise ValueError("n_perm is for points and dense matrices; X is sparse")
    if not 0 < n_perm <= len(points):
        raise ValueError(f"n_perm must be from 1 to the {len(points)} points of X, not {n_perm}")
    landmarks = furthest_point_landmarks(points, n_perm, metric=metric)
    indices, radius = landmarks.indices, landmarks.covering_radius
    if metric != "precomputed":
        return _Used(indices, radius, _distances(points[indices], metric), None)
    to_all = points[indices]
    return _Used(indices, radius, np.ascontiguousarray(to_all[:, indices]), to_all)


def _warn_of_doubtful_shape(points: Any, distance_matrix: bool) -> None:
    n_rows, n_columns = points.shape
    if n_rows == n_columns and not distance_matrix:
        warnings.warn("X is square; if it holds dissimilarities, say distance_matrix=True", stacklevel=3)
    if n_rows < n_columns and not distance_matrix:
        warnings.warn("X has more columns than rows; a row is a point", stacklevel=3)


def _distances(points: NDArray[np.floating], metric: Any) -> NDArray[np.floating]:
    n_others = len(points) - 1
    matrix = np.zeros((len(points), len(points)), points.dtype)
    if n_others > 0:
        distances, others = nearest_neighbors(points, n_neighbors=n_others, metric=metric)
        np.put_along_axis(matrix, others, distances.astype(points.dtype), axis=1)
    return matrix


def _between_all(points: NDArray[np.floating], metric: _Distance) -> NDArray[np.float64]:
    matrix = np.zeros((len(points), len(points)))
    for i, j in combinations(range(len(points)), 2):
        matrix[i, j] = matrix[j, i] = metric(points[i], points[j])
    return matrix


def _num_edges(distances: Any, thresh: float) -> int:
    if hasattr(distances, "tocoo"):
        pairs = distances.tocoo()
        near = (pairs.data <= thresh) & (pairs.row != pairs.col)
        ends = np.sort([pairs.row[near], pairs.col[near]], axis=0)
        return int(np.unique(ends, axis=1).shape[1])
    limit = distances.max(axis=1).min() if thresh == np.inf else thresh
    return int(np.count_nonzero(distances <= limit) - len(distances)) // 2
