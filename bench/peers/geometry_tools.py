"""How each tool is called: an adapter takes a job and returns what is timed.

Every tool gets the points in the precision it was given, float32, its default settings, and its threads if it has
them. Neighbours are 20 of each point, the point itself left out.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

K = 20


@dataclass
class Job:
    array: np.ndarray
    task: str
    threads: int

    def small(self):
        """A corner of it, on which a tool imports and compiles what it needs before it is timed."""
        return replace(self, array=np.ascontiguousarray(self.array[:300, :20]))


# ---- neighbours: distances, nearest first -------------------------------------------------------------------------


def topolens_neighbors(job):
    from topolens import nearest_neighbors

    return lambda: nearest_neighbors(job.array, n_neighbors=K)[0]


def faiss(job):
    import faiss

    faiss.omp_set_num_threads(job.threads)

    def run():
        index = faiss.IndexFlatL2(job.array.shape[1])
        index.add(job.array)
        squares, _ = index.search(job.array, K + 1)
        return np.sqrt(np.maximum(squares[:, 1:], 0))

    return run


def scikit_learn(job):
    from sklearn.neighbors import NearestNeighbors

    def run():
        finder = NearestNeighbors(n_neighbors=K, algorithm="brute", n_jobs=job.threads).fit(job.array)
        return finder.kneighbors()[0]

    return run


# ---- intrinsic dimension ------------------------------------------------------------------------------------------


def topolens_dimension(job):
    from topolens import intrinsic_dimension

    return lambda: float(intrinsic_dimension(job.array, estimator=job.task))


def topolens_all(job):
    from topolens import intrinsic_dimensions

    return lambda: float(intrinsic_dimensions(job.array)["mle"])


SKDIM = {
    "mle": ("MLE", {}),
    "mom": ("MOM", {}),
    "mind-ml-k": ("MiND_ML", {"ver": "MLk"}),
    "two-nn": ("TwoNN", {}),
    "gride": ("GRIDE", {}),
    "corr-int": ("CorrInt", {}),
    "fisher-s": ("FisherS", {}),
    "local-pca-fo": ("lPCA", {"ver": "FO"}),
    "mada": ("MADA", {}),
    "knn": ("KNN", {}),
    "tle": ("TLE", {}),
    "danco": ("DANCo", {"D": 50}),
    "ess": ("ESS", {}),
    # All of ours beside one of theirs.
    "all": ("MLE", {}),
}


def scikit_dimension(job):
    import skdim

    name, settings = SKDIM[job.task]
    estimator = getattr(skdim.id, name)(**settings)

    def run():
        try:
            fitted = estimator.fit(job.array, n_jobs=job.threads)
        except TypeError:
            fitted = estimator.fit(job.array)
        return float(fitted.dimension_)

    return run


def dadapy(job):
    from dadapy import Data

    def two_nn():
        data = Data(coordinates=job.array, maxk=2, n_jobs=job.threads, verbose=False)
        return float(data.compute_id_2NN()[0])

    def gride():
        data = Data(coordinates=job.array, maxk=64, n_jobs=job.threads, verbose=False)
        return float(data.return_id_scaling_gride(range_max=64)[0][0])

    return two_nn if job.task == "two-nn" else gride


# ---- the table ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tool:
    """`most` is the number of points up to which it ends within the time and memory of a laptop."""

    name: str
    adapter: object
    tasks: tuple
    most: int = 10**9
    threaded: bool = True
    environment: dict = field(default_factory=dict, hash=False, compare=False)

    def runs(self, row):
        return row.task in self.tasks and row.n <= self.most


def best_kernel():
    """OpenBLAS inside faiss chooses an old kernel on machines it does not know: this names the one they have."""
    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    return {"OPENBLAS_CORETYPE": "SkylakeX" if "avx512f" in text else "Haswell"}


ESTIMATORS = tuple(task for task in SKDIM if task != "all")
TOOLS = [
    Tool("topolens", topolens_neighbors, ("neighbors",)),
    Tool("faiss", faiss, ("neighbors",)),
    Tool("faiss, named kernel", faiss, ("neighbors",), environment=best_kernel()),
    Tool("scikit-learn", scikit_learn, ("neighbors",)),
    Tool("topolens", topolens_dimension, ESTIMATORS),
    Tool("scikit-dimension", scikit_dimension, ESTIMATORS),
    Tool("DADApy", dadapy, ("two-nn", "gride")),
    Tool("topolens", topolens_all, ("all",)),
    Tool("scikit-dimension MLE alone", scikit_dimension, ("all",)),
]
