"""Writes testdata/separation/measures.json: separation of classes by scikit-learn and by definition in NumPy.

Needs numpy and scikit-learn. Run from the root of the repository.
"""

import itertools
import json
import pathlib

import numpy as np
import sklearn
from sklearn.metrics import davies_bouldin_score, silhouette_samples

FOLDER = pathlib.Path("testdata/separation")


def clouds():
    """Unequal classes of unequal shape; more features than points; labels that are not 0, 1, 2, …"""
    random = np.random.default_rng(5)
    for name, sizes, width in [("tall", [30, 17, 8, 45], 6), ("wide", [5, 9, 4], 30)]:
        centres = 2 * random.standard_normal((len(sizes), width))
        shapes = [random.standard_normal((width, width)) / np.sqrt(width) for _ in sizes]
        points = [c + random.standard_normal((n, width)) @ s for n, c, s in zip(sizes, centres, shapes)]
        labels = np.repeat(3 * np.arange(len(sizes)) + 2, sizes)
        order = random.permutation(sum(sizes))
        weights = centres - centres.mean(0) + 0.5 * random.standard_normal(centres.shape)
        biases = 30 * random.standard_normal(len(sizes))
        yield name, np.concatenate(points)[order].round(4), labels[order], weights.round(4), biases.round(4)


def measures(points, labels, weights, biases):
    classes = np.unique(labels)
    means = np.array([points[labels == c].mean(0) for c in classes])
    offsets = means - means.mean(0)
    residuals = points - means[np.searchsorted(classes, labels)]
    within, between = residuals.T @ residuals / len(points), offsets.T @ offsets / len(classes)
    lengths = np.linalg.norm(offsets, axis=1)
    pairs = itertools.combinations(range(len(classes)), 2)
    cosines = np.array([offsets[a] @ offsets[b] / lengths[a] / lengths[b] for a, b in pairs])
    chosen = np.argmax(points @ weights.T + biases, axis=1)
    nearest = np.argmin(np.linalg.norm(points[:, None] - means, axis=2), axis=1)
    covariances = [np.cov(points[labels == c].T, bias=True) for c in classes]
    return {
        "nc1": np.trace(within @ np.linalg.pinv(between, rcond=1e-10)) / len(classes),
        "length_variation": lengths.std() / lengths.mean(),
        "angle_variation": cosines.std(),
        "angle_offset": np.abs(cosines + 1 / (len(classes) - 1)).mean(),
        "nc3": np.linalg.norm(weights / np.linalg.norm(weights) - offsets / np.linalg.norm(offsets)) ** 2,
        "nc4": (chosen != nearest).mean(),
        "davies_bouldin": davies_bouldin_score(points, labels),
        "silhouettes": silhouette_samples(points, labels).tolist(),
        "radii": [np.sqrt(np.trace(c)) / length for c, length in zip(covariances, lengths)],
        "dimensions": [np.trace(c) ** 2 / np.trace(c @ c) for c in covariances],
    }


found = []
for name, points, labels, weights, biases in clouds():
    inputs = {"points": points.ravel(), "labels": labels, "weights": weights.ravel(), "biases": biases}
    inputs = {key: value.tolist() for key, value in inputs.items()}
    found.append({"name": name, **inputs, **measures(points, labels, weights, biases)})
by = f"numpy {np.__version__}, scikit-learn {sklearn.__version__}"
(FOLDER / "measures.json").write_text(json.dumps({"by": by, "clouds": found}) + "\n")
