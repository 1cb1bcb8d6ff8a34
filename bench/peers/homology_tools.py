"""How each tool is called: an adapter takes a job and returns what is timed.

A tool gets points if it takes points, else distances by scipy, which are then part of its time; float32 if it takes
that; the field Z/2; its threads if it has them; and edge collapse where that helps it.
"""

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist, squareform


@dataclass
class Job:
    """One input and what is asked of it: points, or distances if `is_matrix`."""

    array: np.ndarray
    is_matrix: bool
    dimension: int
    threshold: float | None
    threads: int

    def small(self):
        """A corner of it, on which a tool imports and compiles what it needs before it is timed."""
        rows = self.array[:60]
        return replace(self, array=rows[:, :60] if self.is_matrix else rows)

    @property
    def limit(self):
        return float("inf") if self.threshold is None else self.threshold

    @property
    def collapses(self):
        """Edge collapse pays above dimension 1 when a threshold leaves the graph sparse."""
        return self.dimension >= 2 and self.threshold is not None

    def condensed(self):
        return squareform(self.array, checks=False) if self.is_matrix else pdist(self.array)


# ---- homology -----------------------------------------------------------------------------------------------------


def topolens(job):
    from topolens import persistent_homology

    metric = "precomputed" if job.is_matrix else "euclidean"
    settings = {"max_homology_dimension": job.dimension, "metric": metric, "threshold": job.threshold}
    return lambda: persistent_homology(job.array, **settings)


def ripser(job):
    from ripser import ripser

    def run():
        array, distances = job.array, job.is_matrix
        if job.threshold is not None and not distances:
            array, distances = neighbours_within(array, job.threshold), True
        return ripser(array, maxdim=job.dimension, thresh=job.limit, distance_matrix=distances)["dgms"]

    return run


def neighbours_within(points, threshold):
    """The sparse matrix of distances up to the threshold."""
    tree = cKDTree(points)
    return tree.sparse_distance_matrix(tree, threshold, output_type="coo_matrix").tocsr()


def giotto_ph(job):
    from gph import ripser_parallel

    metric = "precomputed" if job.is_matrix else "euclidean"
    settings = {"maxdim": job.dimension, "thresh": job.limit, "metric": metric, "n_threads": job.threads}
    return lambda: ripser_parallel(job.array, collapse_edges=job.collapses, **settings)["dgms"]


def gudhi(job):
    from gudhi.sklearn import RipsPersistence

    kind = "full distance matrix" if job.is_matrix else "point cloud"
    dimensions = list(range(job.dimension + 1))
    settings = {"threshold": job.limit, "input_type": kind, "homology_coeff_field": 2}
    return lambda: RipsPersistence(dimensions, **settings).fit_transform([job.array])[0]


def redzed(job):
    import redzed_tda

    return lambda: redzed_tda.rips(job.condensed(), job.dimension, threshold=job.limit)


def tda(job):
    import tda

    settings = {"max_dim": job.dimension, "threshold": job.threshold, "distance_matrix": job.is_matrix}
    return lambda: tda.persistent_homology(job.array, parallel=job.threads > 1, **settings)


def holos(job):
    import holos_tda

    settings = {"threads": job.threads, "collapse_edges": job.collapses}

    def run():
        door, data = (holos_tda.rips_condensed, job.condensed()) if job.is_matrix else (holos_tda.rips_points, job.array)
        intervals = np.array(door(data, job.dimension, job.threshold, **settings))
        return [intervals[intervals[:, 0] == k, 1:] for k in range(job.dimension + 1)]

    return run


# ---- dimension 0 alone --------------------------------------------------------------------------------------------


def from_deaths(deaths):
    """The diagram of the components, the one that stays included."""
    deaths = np.append(np.sort(deaths), np.inf)
    return [np.column_stack([np.zeros_like(deaths), deaths])]


def fast_hdbscan(job):
    """The spanning tree by its KD-tree, exact."""
    import numba
    from fast_hdbscan.boruvka import parallel_boruvka
    from fast_hdbscan.numba_kdtree import build_kdtree

    unweighted, core = np.empty(1, dtype=np.float32), 1

    def run():
        tree = build_kdtree(job.array)
        return from_deaths(parallel_boruvka(tree, numba.get_num_threads(), core, unweighted, False)[0][:, 2])

    return run


def fast_hdbscan_graph(job):
    """What its public function does above 30 features: a tree of an approximate neighbour graph."""
    from fast_hdbscan.hdbscan import compute_minimum_spanning_tree

    def run():
        return from_deaths(compute_minimum_spanning_tree(job.array, min_samples=1)[0][:, 2])

    return run


def numba_prim(job):
    """Prim's algorithm with distances on the fly, compiled."""
    prim = compiled_prim()
    return lambda: from_deaths(prim(job.array))


@cache
def compiled_prim():
    import numba

    @numba.njit(fastmath=True)
    def prim(x):
        n, d = x.shape
        best = np.full(n, np.inf, dtype=np.float32)
        outside = np.ones(n, dtype=np.bool_)
        deaths = np.zeros(n - 1, dtype=np.float32)
        newest = 0
        outside[0] = False
        for step in range(n - 1):
            nearest, length = -1, np.inf
            for i in range(n):
                if outside[i]:
                    s = np.float32(0)
                    for k in range(d):
                        t = x[i, k] - x[newest, k]
                        s += t * t
                    if s < best[i]:
                        best[i] = s
                    if best[i] < length:
                        nearest, length = i, best[i]
            newest = nearest
            outside[newest] = False
            deaths[step] = np.sqrt(length)
        return deaths

    return prim


# ---- other tasks --------------------------------------------------------------------------------------------------


def products(job):
    """X Xᵀ by BLAS in float32, by blocks of rows, each pair once: what computing the distances must cost."""
    rows = 1024
    block = np.empty((rows, len(job.array)), dtype=np.float32)

    def run():
        for start in range(0, len(job.array), rows):
            some, rest = job.array[start : start + rows], job.array[start:]
            np.matmul(some, rest.T, out=block[: len(some), : len(rest)])

    return run


def topolens_dimension(job):
    from topolens import intrinsic_dimension

    return lambda: float(intrinsic_dimension(job.array, estimator="ph-dimension"))


def dimension_by_draws(adapter):
    """PHdim as done with a tool that has components only: a barcode for each of 8 sizes × 5 draws, and a line."""

    def prepare(job):
        n = len(job.array)
        sizes = [int(n * (10 + 7 * step) / 60) for step in range(8)]

        def run():
            rng = np.random.default_rng(0)
            sums = [np.mean([total(rng.choice(n, size, replace=False)) for _ in range(5)]) for size in sizes]
            return 1 / (1 - np.polyfit(np.log(sizes), np.log(sums), 1)[0])

        def total(indices):
            diagram = np.asarray(adapter(Job(job.array[indices], False, 0, None, job.threads))()[0])
            return diagram[np.isfinite(diagram[:, 1]), 1].sum()

        return run

    return prepare


@dataclass(frozen=True)
class Tool:
    """`most` points by homology dimension that end within the time and memory of a laptop; larger rows are left out."""

    name: str
    adapter: object
    most: tuple
    threaded: bool = True
    task: str = "homology"
    most_below_threshold: int = 50_000
    environment: dict = field(default_factory=dict, hash=False, compare=False)

    def runs(self, row):
        if self.task != row.task or row.dimension >= len(self.most):
            return False
        most = self.most[row.dimension]
        return row.n <= (most if row.threshold is None else max(most, self.most_below_threshold))


ANY = 10**9
TOOLS = [
    Tool("topolens", topolens, (ANY, ANY, ANY, ANY)),
    Tool("redzed-tda", redzed, (10_000, 20_000, 1000, 1000), threaded=False, most_below_threshold=20_000),
    Tool("tda", tda, (10_000, 20_000, 1000, 1000)),
    Tool("holos-tda", holos, (10_000, 10_000, 1000, 1000)),
    Tool("ripser.py", ripser, (10_000, 10_000, 400, 400), threaded=False),
    Tool("giotto-ph", giotto_ph, (10_000, 10_000, 1000, 1000)),
    Tool("gudhi", gudhi, (10_000, 10_000, 1000, 1000), threaded=False),
    Tool("fast_hdbscan", fast_hdbscan, (20_000,)),
    Tool("fast_hdbscan, approximate", fast_hdbscan_graph, (ANY,)),
    Tool("Prim, numba", numba_prim, (ANY,), threaded=False),
    Tool("topolens", topolens_dimension, (ANY,), task="dimension"),
    Tool("giotto-ph, 40 barcodes", dimension_by_draws(giotto_ph), (ANY,), task="dimension"),
    Tool("gudhi, 40 barcodes", dimension_by_draws(gudhi), (ANY,), threaded=False, task="dimension"),
    Tool("redzed-tda, 40 barcodes", dimension_by_draws(redzed), (ANY,), threaded=False, task="dimension"),
    Tool("Prim, numba, 40 trees", dimension_by_draws(numba_prim), (ANY,), threaded=False, task="dimension"),
]
PRODUCTS = Tool("products alone, BLAS", products, (ANY,))

