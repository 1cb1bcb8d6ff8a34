"""Writes testdata/novelty/novelty.json: Mahalanobis distances, neighbours in another cloud and logistic regression by scikit-learn.

Needs numpy and scikit-learn. Run from the root of the repository.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.covariance import EmpiricalCovariance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(11)
labels = np.repeat([0, 1, 2], [20, 25, 15])
centres = 3 * random.standard_normal((3, 4))
points = (centres[labels] + random.standard_normal((60, 4)) @ random.standard_normal((4, 4))).round(4)
queries = (2 * random.standard_normal((10, 4))).round(4)

means = np.array([points[labels == c].mean(0) for c in range(3)])
covariance = EmpiricalCovariance(assume_centered=True).fit(points - means[labels])
squares = np.array([covariance.mahalanobis(queries - mean) for mean in means])

distances, _ = NearestNeighbors(n_neighbors=5).fit(points).kneighbors(queries)

is_positive = random.random(60) < 1 / (1 + np.exp(-points[:, 0]))
scaled = StandardScaler().fit(points)
fits = []
for inverse_penalty in [0.1, 1.0, 100.0]:
    fit = LogisticRegression(C=inverse_penalty, tol=1e-12, max_iter=10000).fit(scaled.transform(points), is_positive)
    fits.append(
        {
            "inverse_penalty": inverse_penalty,
            "intercept": fit.intercept_[0],
            "coefficients": fit.coef_[0].tolist(),
            "probabilities": fit.predict_proba(scaled.transform(queries))[:, 1].tolist(),
        }
    )

truth, said = random.integers(0, 4, 50), random.integers(0, 4, 50)
found = {
    "sklearn": sklearn.__version__,
    "points": points.ravel().tolist(),
    "labels": labels.tolist(),
    "queries": queries.ravel().tolist(),
    "mahalanobis": np.sqrt(squares.min(0)).tolist(),
    "neighbor_distances": distances.tolist(),
    "is_positive": is_positive.tolist(),
    "logistic": fits,
    "answers": [truth.tolist(), said.tolist()],
    "macro_f1": f1_score(truth, said, average="macro"),
}
folder = pathlib.Path("testdata/novelty")
folder.mkdir(exist_ok=True)
(folder / "novelty.json").write_text(json.dumps(found, indent=1) + "\n")
