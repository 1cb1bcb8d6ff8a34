"""What is measured: one row is one input with a homology dimension or another task."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Row:
    """`task` is "homology" or "dimension" (PHdim); no features (d = 0) means a distance matrix."""

    cloud: str
    n: int
    d: int
    dimension: int = 1
    threshold: float | None = None
    quick: bool = False
    slow: bool = False
    task: str = "homology"

    @property
    def is_matrix(self):
        return self.d == 0

    @property
    def name(self):
        size = f"{self.n} matrix" if self.is_matrix else f"{self.n}×{self.d}"
        limit = "" if self.threshold is None else f" ≤{self.threshold:g}"
        return f"{self.cloud} {size}{limit} {'PHdim' if self.task == 'dimension' else f'H{self.dimension}'}"

    def scaled(self, factor):
        return replace(self, n=max(20, int(self.n * factor)))


# `quick` rows take seconds. `slow` ones are measured once, with the most threads, with twice the patience.
ROWS = [
    Row("relu", 250, 64, 1, quick=True),
    Row("relu", 1000, 512, 1, quick=True),
    Row("gauss", 1000, 512, 1, quick=True),
    Row("activations", 1000, 64, 1, quick=True),
    Row("cifar10", 1000, 3072, 1, quick=True),
    Row("dragon", 1000, 3, 1, quick=True),
    Row("relu", 2000, 256, 1),
    Row("relu", 3000, 128, 1, quick=True),
    Row("gauss", 3000, 128, 1),
    Row("relu", 10000, 128, 1, slow=True),
    Row("gauss", 10000, 128, 1, slow=True),
    Row("relu", 20000, 64, 1, slow=True),
    Row("o3", 4096, 9, 1, threshold=1.4),
    Row("torus", 50000, 4, 1, threshold=0.15, slow=True),
    Row("activations", 1000, 64, 0, quick=True),
    Row("relu", 3000, 128, 0, quick=True),
    Row("gauss", 3000, 128, 0),
    Row("relu", 10000, 128, 0, quick=True),
    Row("gauss", 10000, 128, 0),
    Row("relu", 100000, 64, 0, slow=True),
    Row("relu", 3000, 128, 0, task="dimension", quick=True),
    Row("sphere", 192, 3, 2, quick=True),
    Row("torus", 256, 4, 2, quick=True),
    Row("klein", 400, 4, 2),
    Row("relu", 250, 64, 2, quick=True),
    Row("fractal-r", 512, 0, 2),
    Row("dragon", 1000, 3, 2),
    Row("o3", 1024, 9, 2, threshold=1.8, quick=True),
    Row("o3", 4096, 9, 2, threshold=1.4, slow=True),
    Row("o3", 1024, 9, 3, threshold=1.8),
]
