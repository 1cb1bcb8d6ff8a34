r"""Clouds that outgrow one machine's memory: pairs of row blocks as tasks, on any executor.

A cloud of :math:`n` points is cut into blocks of rows. A task takes two blocks and gives their common spanning tree and each point's nearest
neighbours among both. The tree of the whole is the spanning tree of all those edges, because an edge that is not in the spanning tree of a part
is not in that of the whole; the nearest neighbours of the whole are among those of the pairs. Both are exact, and edges of equal length are
taken in the order of their ends, so that the numbers do not depend on the executor, the order of the tasks, or what was done twice.

A `.npy` file is passed by its path: every worker maps it and reads its own rows, so that no process holds more than two blocks.

:func:`sweep` trains and profiles many networks, a shard of them as a task, and :func:`generalize` goes on to what their descriptors
tell of generalisation.

>>> import numpy as np, topolens
>>> from topolens import distributed
>>> X = np.random.default_rng(0).normal(size=(300, 5))
>>> edges, lengths = distributed.spanning_tree(X, block_size=100)
>>> bool(np.allclose(np.sort(lengths), np.sort(topolens.minimum_spanning_tree(X)[1])))
True
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import topolens
from topolens._arrays import unmasked, whole
from topolens._executor import results
from topolens._sweep import generalize, sweep

__all__ = ["components_diagram", "generalize", "nearest_neighbors", "spanning_tree", "sweep"]

Edges = tuple[NDArray[np.int64], NDArray[np.float64]]
Neighbors = tuple[NDArray[np.float64], NDArray[np.int64]]

#: Trees that are merged at once.
_MERGED = 32


def spanning_tree(X: ArrayLike | str | os.PathLike[str], *, executor: Any = None, block_size: int = 10_000) -> Edges:
    r"""The minimum spanning tree of a cloud by Euclidean distance, block by block.

    Parameters
    ----------
    X : array of shape (n_points, n_features), or path
        The points; a path is that of a ``.npy`` file, which is mapped and not read as a whole.
    executor : optional
        What runs the tasks: anything with ``submit`` (a ``dask.distributed.Client``, an executor of ``concurrent.futures``) or with ``map``,
        or a ``joblib.Parallel``; by default they run here, one after the other.
    block_size : int
        Rows of a block; a task holds two blocks and works on the distances of twice as many points.

    Returns
    -------
    edges : array of shape (n_points - 1, 2)
        Ends of the edges, the smaller index first, shortest edge first.
    lengths : array of shape (n_points - 1,)
        Their lengths, ascending: the deaths of the components, see :func:`components_diagram`.

    Raises
    ------
    TypeError
        If `executor` cannot run tasks.
    ValueError
        If `X` is not a cloud of finite numbers, or `block_size` is less than 2.

    Notes
    -----
    :math:`O(n^2 D)` time in :math:`m (m + 1) / 2` tasks for :math:`m` blocks, twice the distances of one pass; :math:`O(n)` memory here. In
    processes, guard the script's entry by ``if __name__ == "__main__"``.

    References
    ----------
    Dhulipala, Lattanzi, Łącki, Mirrokni 2024 (arXiv:2309.15147) merge trees of parts in the same way.

    Examples
    --------
    >>> import numpy as np
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from topolens import distributed
    >>> line = np.array([[0.0], [1.0], [3.0], [7.0]])
    >>> with ThreadPoolExecutor() as executor:
    ...     edges, lengths = distributed.spanning_tree(line, executor=executor, block_size=2)
    >>> edges.tolist(), lengths.tolist()
    ([[0, 1], [1, 2], [2, 3]], [1.0, 2.0, 4.0])
    """
    source = _Source(X, block_size)
    if source.n_points == 1:
        return np.empty((0, 2), dtype=np.int64), np.empty(0)
    found: Edges = (np.empty((0, 2), dtype=np.int64), np.empty(0))
    for done in _in_batches(results(executor, _tree_of_pair, source.pairs())):
        edges = np.concatenate([found[0], *(edges for edges, _ in done)])
        lengths = np.concatenate([found[1], *(lengths for _, lengths in done)])
        found = _merged(edges, lengths, source.n_points)
    return found


def components_diagram(
    X: ArrayLike | str | os.PathLike[str], *, executor: Any = None, block_size: int = 10_000
) -> NDArray[np.float64]:
    r"""The persistence diagram of degree 0 of a cloud, block by block.

    Parameters
    ----------
    X : array of shape (n_points, n_features), or path
        As for :func:`spanning_tree`.
    executor : optional
        As for :func:`spanning_tree`.
    block_size : int
        As for :func:`spanning_tree`.

    Returns
    -------
    diagram : array of shape (n_points, 2)
        Births, all 0, and deaths: the lengths of the spanning tree's edges, ascending; the last component does not die.

    Raises
    ------
    TypeError, ValueError
        As :func:`spanning_tree`.

    Examples
    --------
    >>> from topolens import distributed
    >>> distributed.components_diagram([[0.0], [1.0], [3.0]], block_size=2).tolist()
    [[0.0, 1.0], [0.0, 2.0], [0.0, inf]]
    """
    _, lengths = spanning_tree(X, executor=executor, block_size=block_size)
    deaths = np.append(lengths, np.inf)
    return np.column_stack([np.zeros_like(deaths), deaths])


def nearest_neighbors(
    X: ArrayLike | str | os.PathLike[str],
    *,
    n_neighbors: int,
    executor: Any = None,
    block_size: int = 10_000,
) -> Neighbors:
    r"""The nearest neighbours of every point by Euclidean distance, block by block.

    Parameters
    ----------
    X : array of shape (n_points, n_features), or path
        As for :func:`spanning_tree`.
    n_neighbors : int
        Neighbours of each point.
    executor : optional
        As for :func:`spanning_tree`.
    block_size : int
        As for :func:`spanning_tree`; more than `n_neighbors`.

    Returns
    -------
    distances : array of shape (n_points, n_neighbors)
        Distances to the nearest others of each point, ascending.
    indices : array of shape (n_points, n_neighbors)
        Who they are; of equally near ones the smaller index first.

    Raises
    ------
    TypeError, ValueError
        As :func:`spanning_tree`, and if there are not more than `n_neighbors` points.

    Examples
    --------
    >>> from topolens import distributed
    >>> distances, indices = distributed.nearest_neighbors([[0.0], [1.0], [3.0], [3.5]], n_neighbors=1, block_size=2)
    >>> indices.ravel().tolist(), distances.ravel().tolist()
    ([1, 0, 3, 2], [1.0, 1.0, 0.5, 0.5])
    """
    source, n_neighbors = _Source(X, block_size), whole("n_neighbors", n_neighbors, 1)
    if not 1 <= n_neighbors < source.n_points:
        raise ValueError(f"`n_neighbors` is {n_neighbors}; give 1 to {source.n_points - 1} for {source.n_points} points")
    if n_neighbors >= source.block_size and source.n_points > source.block_size:
        raise ValueError(f"`block_size` is {block_size}; give more than the {n_neighbors} neighbours")
    indices = np.full((source.n_points, n_neighbors), source.n_points, dtype=np.int64)
    distances = np.full((source.n_points, n_neighbors), np.inf)
    for rows, near, far in results(executor, _neighbors_of_pair, source.pairs(n_neighbors)):
        _keep_nearest(indices, distances, rows, near, far)
    return distances, indices


class _Source:
    """Where the rows of a cloud come from: an array, or a file that is mapped where it is read."""

    def __init__(self, X: ArrayLike | str | os.PathLike[str], block_size: int) -> None:
        block_size = whole("block_size", block_size, 2)
        self.path = str(Path(X).resolve()) if isinstance(X, (str, os.PathLike)) else None
        self.points = None if self.path else np.ascontiguousarray(unmasked("X", X.detach().cpu() if hasattr(X, "detach") else X))
        rows = _mapped(self.path) if self.path else self.points
        if rows is None or rows.ndim != 2 or 0 in rows.shape or rows.dtype.kind not in "fiu":
            raise ValueError("`X` must be a cloud of numbers, shape (n_points, n_features), of one point at least")
        self.n_points, self.block_size = rows.shape[0], block_size

    def pairs(self, *settings: Any) -> Iterator[tuple[Any, ...]]:
        """Every pair of blocks: the ranges of their rows with the path, or the rows themselves. A lone block is a pair with itself."""
        starts = range(0, self.n_points, self.block_size)
        blocks = [(start, min(start + self.block_size, self.n_points)) for start in starts]
        for first, second in itertools.combinations(blocks, 2) if len(blocks) > 1 else [(blocks[0], blocks[0])]:
            rows = self.path if self.points is None else _joined(self.points, first, second)
            yield (rows, first, second, *settings)


def _mapped(path: str) -> NDArray[Any]:
    try:
        rows: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"`X`: {path} is no .npy file that can be mapped ({error})") from error
    return rows


def _joined(rows: NDArray[Any], first: tuple[int, int], second: tuple[int, int]) -> NDArray[Any]:
    parts = [first] if first == second else [first, second]
    return np.concatenate([rows[start:end] for start, end in parts])


def _numbers(first: tuple[int, int], second: tuple[int, int]) -> NDArray[np.int64]:
    """The numbers in the whole of the rows of a pair."""
    parts = [first] if first == second else [first, second]
    return np.concatenate([np.arange(start, end) for start, end in parts])


def _points(rows: str | NDArray[Any], first: tuple[int, int], second: tuple[int, int]) -> NDArray[Any]:
    return _joined(_mapped(rows), first, second) if isinstance(rows, str) else rows


def _tree_of_pair(rows: str | NDArray[Any], first: tuple[int, int], second: tuple[int, int]) -> Edges:
    points, numbers = _points(rows, first, second), _numbers(first, second)
    edges, lengths = topolens.minimum_spanning_tree(points)
    return np.sort(numbers[edges], axis=1), lengths


def _neighbors_of_pair(
    rows: str | NDArray[Any], first: tuple[int, int], second: tuple[int, int], n_neighbors: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    points, numbers = _points(rows, first, second), _numbers(first, second)
    distances, indices = topolens.nearest_neighbors(points, n_neighbors=min(n_neighbors, len(points) - 1))
    return numbers, numbers[indices], distances


def _merged(edges: NDArray[np.int64], lengths: NDArray[np.float64], n_points: int) -> Edges:
    """The shortest edges that join components, by Kruskal; of equal length in the order of their ends."""
    order = np.lexsort((edges[:, 1], edges[:, 0], lengths))
    root, kept = list(range(n_points)), []

    def find(point: int) -> int:
        while root[point] != point:
            root[point] = root[root[point]]
            point = root[point]
        return point

    for at in order.tolist():
        a, b = find(int(edges[at, 0])), find(int(edges[at, 1]))
        if a != b:
            root[a] = b
            kept.append(at)
    return edges[kept], lengths[kept]


def _keep_nearest(
    indices: NDArray[np.int64],
    distances: NDArray[np.float64],
    rows: NDArray[np.int64],
    near: NDArray[np.int64],
    far: NDArray[np.float64],
) -> None:
    """Joins neighbours of a pair to those known of its rows. Points of one block meet in several pairs and count once."""
    n_neighbors = indices.shape[1]
    numbers, lengths = np.hstack([indices[rows], near]), np.hstack([distances[rows], far])
    by_number = np.argsort(numbers, axis=1, kind="stable")
    numbers, lengths = (np.take_along_axis(part, by_number, axis=1) for part in (numbers, lengths))
    repeated = np.zeros_like(numbers, dtype=bool)
    repeated[:, 1:] = numbers[:, 1:] == numbers[:, :-1]
    lengths = np.where(repeated, np.inf, lengths)
    nearest = np.argsort(lengths, axis=1, kind="stable")[:, :n_neighbors]
    indices[rows] = np.take_along_axis(numbers, nearest, axis=1)
    distances[rows] = np.take_along_axis(lengths, nearest, axis=1)


def _in_batches(found: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(itertools.islice(found, _MERGED)):
        yield batch
