"""Writes testdata/diagrams/*.json: pairs of diagrams with their distances, diagrams with their functions on a grid.

Needs numpy, scipy, ripser, gudhi and scikit-learn. GUDHI multiplies landscapes and silhouettes by the square root of 2,
which is taken back here.
"""

import json
from pathlib import Path

import gudhi
import numpy as np
from gudhi.representations import BettiCurve, Landscape, PersistenceImage, Silhouette
from ripser import ripser
from scipy.optimize import linear_sum_assignment

OUT = Path(__file__).resolve().parents[1] / "diagrams"
random = np.random.default_rng(20240601)


def finite(diagram):
    return diagram[np.isfinite(diagram[:, 1])]


def scattered(n):
    births = random.uniform(0, 4, n)
    return np.column_stack([births, births + random.exponential(1.0, n) + 0.01])


def loops(n, noise):
    angle = random.uniform(0, 2 * np.pi, n)
    circle = np.column_stack([np.cos(angle), np.sin(angle)]) + random.normal(0, noise, (n, 2))
    return [diagram.astype(float) for diagram in ripser(circle, maxdim=1)["dgms"]]


def tied(n):
    births = random.integers(0, 6, n).astype(float)
    return np.column_stack([births, births + random.integers(1, 5, n)])


def wasserstein(a, b, order, norm):
    """The whole square assignment problem: intervals and projections on both sides."""
    a, b = finite(a), finite(b)
    n, m = len(a), len(b)
    to_diagonal = (lambda d: (d[:, 1] - d[:, 0]) / 2) if norm == np.inf else (lambda d: (d[:, 1] - d[:, 0]) / 2**0.5)
    cost = np.zeros((n + m, n + m))
    cost[:n, :m] = np.linalg.norm(a[:, None] - b[None, :], ord=norm, axis=2)
    cost[:n, m:] = to_diagonal(a)[:, None]
    cost[n:, :m] = to_diagonal(b)[None, :]
    cost **= order
    return float(cost[linear_sum_assignment(cost)].sum() ** (1 / order))


def rows(diagram):
    return [[birth, death if np.isfinite(death) else None] for birth, death in diagram.tolist()]


def distances(a, b):
    costs = [
        {"order": order, "is_euclidean": norm == 2, "distance": wasserstein(a, b, order, norm)}
        for order in (1, 2, 3.5)
        for norm in (np.inf, 2)
    ]
    return {
        "first": rows(a),
        "second": rows(b),
        "bottleneck": gudhi.bottleneck_distance(finite(a), finite(b), e=0),
        "wasserstein": costs,
    }


def functions(diagram):
    kept, (start, end, n) = finite(diagram), (0.0, 5.0, 41)
    on_grid = {"resolution": n, "sample_range": [start, end], "keep_endpoints": True}
    image = PersistenceImage(
        bandwidth=0.3, weight=lambda x: x[1] ** 1.5, resolution=[12, 9], im_range=[-0.5, 4.5, 0.0, 3.0]
    )
    silhouette = Silhouette(weight=lambda x: (x[1] - x[0]) ** 1.5, **on_grid)
    return {
        "intervals": rows(diagram),
        "grid": [start, end, n],
        "betti_curve": BettiCurve(predefined_grid=np.linspace(start, end, n))(diagram).tolist(),
        "landscape": (Landscape(num_landscapes=4, **on_grid)(kept) / 2**0.5).tolist(),
        "silhouette": (silhouette(kept) / 2**0.5).tolist(),
        "image": image(kept).tolist(),
    }


few, many = loops(60, 0.1), loops(80, 0.2)
pairs = {
    "scattered": (scattered(60), scattered(75)),
    "components": (few[0], many[0]),
    "loops": (few[1], many[1]),
    "tied": (tied(40), tied(40)),
    "one_side_empty": (scattered(5), np.empty((0, 2))),
}
curves = {"scattered": scattered(30), "components": few[0], "loops": few[1], "tied": tied(20)}
OUT.mkdir(exist_ok=True)
(OUT / "distances.json").write_text(json.dumps({name: distances(a, b) for name, (a, b) in pairs.items()}) + "\n")
(OUT / "functions.json").write_text(json.dumps({name: functions(diagram) for name, diagram in curves.items()}) + "\n")
