"""Writes testdata/dissimilarities/*.json: what other programs find by other metrics, along neighbours, of landmarks and of pairs.

Needs numpy, scipy and gudhi.
"""

import json
from pathlib import Path

import gudhi
import numpy as np
import scipy
from gudhi.subsampling import choose_n_farthest_points
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path
from scipy.spatial.distance import pdist, squareform

OUT = Path(__file__).resolve().parents[1] / "dissimilarities"


def write(name, document):
    document = {"by": f"scipy {scipy.__version__}, gudhi {gudhi.__version__}", **document}
    (OUT / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n")


def finite(values):
    return [None if np.isinf(value) else float(value) for value in values]


def metrics():
    """Odd numbers of features, so that whole chunks and a rest are both there; a far offset for correlation."""
    random = np.random.default_rng(11)
    points = np.round(random.normal(size=(9, 37)) + 3 * random.normal(size=(9, 1)), 6)
    names = {"manhattan": "cityblock"}
    found = {
        name: pdist(points, names.get(name, name)).tolist()
        for name in ["euclidean", "cosine", "manhattan", "chebyshev", "correlation"]
    }
    write("metrics", {"points": points.tolist(), "condensed": found})


def geodesic():
    """Two arcs that the graph of three neighbours does not join."""
    random = np.random.default_rng(5)
    angle = random.uniform(0, 3, size=40)
    points = np.column_stack([np.cos(angle), np.sin(angle)]) + 0.03 * random.normal(size=(40, 2))
    points[25:] += 10
    points = np.round(points, 6)
    straight = squareform(pdist(points))
    graph = np.zeros_like(straight)
    for i, nearest in enumerate(np.argsort(straight + np.diag([np.inf] * 40), axis=1)[:, :3]):
        graph[i, nearest] = graph[nearest, i] = straight[i, nearest]
    along = shortest_path(csr_matrix(graph), method="D", directed=False)
    write("geodesic", {"n_neighbors": 3, "points": points.tolist(), "condensed": finite(squareform(along, checks=False))})


def landmarks():
    points = np.round(np.random.default_rng(2).normal(size=(60, 3)), 6)
    chosen = np.array(choose_n_farthest_points(points, nb_points=12, starting_point=0))
    indices = [int(np.flatnonzero((points == row).all(axis=1))[0]) for row in chosen]
    radius = squareform(pdist(points))[:, indices].min(axis=1).max()
    write("landmarks", {"points": points.tolist(), "indices": indices, "covering_radius": float(radius)})


def pairs():
    """A quarter of all pairs; many loops are never filled."""
    random = np.random.default_rng(8)
    triples = [
        (i, j, round(float(random.uniform(0.1, 1)), 6)) for i in range(24) for j in range(i) if random.uniform() < 0.25
    ]
    tree = gudhi.SimplexTree()
    for i in range(24):
        tree.insert([i], 0.0)
    for i, j, value in triples:
        tree.insert([i, j], value)
    tree.expansion(2)
    tree.compute_persistence(homology_coeff_field=2, min_persistence=0)
    diagrams = [
        [[float(birth), None if np.isinf(death) else float(death)] for birth, death in tree.persistence_intervals_in_dimension(d)]
        for d in range(2)
    ]
    write("pairs", {"n_points": 24, "pairs": triples, "diagrams": diagrams})


metrics()
geodesic()
landmarks()
pairs()
