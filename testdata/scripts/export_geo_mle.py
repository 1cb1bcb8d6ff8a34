"""Writes testdata/intrinsic_dimension/geo_mle.json: GeoMLE after Gomtsyan et al. from real bootstrap samples.

Radii are in units of their mean. Needs numpy and scikit-learn. Run from the root of the repository.
"""

import json
import pathlib

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.neighbors import NearestNeighbors

FOLDER = pathlib.Path("testdata/intrinsic_dimension")
CLOUDS = ["cube5_in_20", "swiss_roll", "sphere10", "gauss20", "relu64"]
FIRST, LAST, SAMPLES, REPEATS = 10, 40, 20, 12


def courses(points, random):
    """Radius and dimension at every point for every number of neighbours, by bootstrap sample."""
    n = len(points)
    radii, dimensions = [], []
    for _ in range(SAMPLES):
        sample = points[np.unique(random.integers(0, n, n))]
        distances = NearestNeighbors(n_neighbors=LAST + 1, algorithm="ball_tree").fit(sample).kneighbors(points)[0]
        own = distances[:, 0] == 0
        distances = np.where(own[:, None], distances[:, 1:], distances[:, :-1])
        ratios = [np.log(distances[:, [k - 1]] / distances[:, : k - 1]).sum(1) for k in range(FIRST, LAST + 1)]
        dimensions.append(np.stack([(k - 2) / ratio for k, ratio in zip(range(FIRST, LAST + 1), ratios)], 1))
        radii.append(distances[:, FIRST - 1 :])
    return np.array(radii), np.array(dimensions)


def pointwise(points, random):
    radii, dimensions = courses(points, random)
    radius, unit = radii.mean(0), radii.mean()
    weights = 1 / dimensions.std(0, ddof=1)
    features = [np.stack([r / unit, (r / unit) ** 2], 1) for r in radius]
    fits = [Ridge(alpha=5e-3).fit(x, y, w) for x, y, w in zip(features, dimensions.mean(0), weights)]
    return np.array([fit.intercept_ for fit in fits])


def estimates(name):
    points = np.load(FOLDER / f"{name}.npy").astype(np.float64)
    repeats = np.array([pointwise(points, np.random.default_rng(seed)) for seed in range(REPEATS)])
    means = repeats.mean(1)
    return {
        "value": float(means.mean()),
        "deviation_over_seeds": float(means.std(ddof=1)),
        "first_points": list(map(float, repeats.mean(0)[:5])),
        "first_points_deviation": list(map(float, repeats.std(0, ddof=1)[:5])),
    }


found = {name: estimates(name) for name in CLOUDS}
(FOLDER / "geo_mle.json").write_text(json.dumps(found, indent=1) + "\n")
