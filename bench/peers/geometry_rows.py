"""What is measured: one row is one cloud with the neighbours or an estimator of dimension asked of it."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Row:
    """`task` is "neighbors", the name of an estimator, or "all"."""

    cloud: str
    n: int
    d: int
    task: str
    quick: bool = False
    slow: bool = False

    @property
    def name(self):
        return f"{self.cloud} {self.n}×{self.d} {self.task}"

    def scaled(self, factor):
        return replace(self, n=max(200, int(self.n * factor)))


# Estimators that a peer has as well, by how long peers take.
LIGHT = ["mle", "mom", "mind-ml-k", "two-nn", "gride", "corr-int", "fisher-s", "local-pca-fo"]
HEAVY = ["mada", "knn"]
HEAVIEST = ["tle", "ess"]

ROWS = [
    Row("gauss", 5000, 512, "neighbors", quick=True),
    Row("gauss", 10000, 512, "neighbors", quick=True),
    Row("relu", 10000, 512, "neighbors"),
    Row("gauss", 50000, 128, "neighbors", slow=True),
    Row("relu", 50000, 128, "neighbors", slow=True),
    *[Row("relu", 5000, 512, task, quick=True) for task in [*LIGHT, *HEAVY]],
    *[Row("relu", 10000, 512, task) for task in LIGHT],
    *[Row("relu", 10000, 512, task, slow=True) for task in HEAVY],
    *[Row("relu", 2000, 512, task, quick=True) for task in HEAVIEST],
    # Dimension 20: that of the others is beyond the 50 up to which DANCo searches.
    Row("sphere", 2000, 21, "danco", quick=True),
    Row("relu", 10000, 512, "all"),
]
