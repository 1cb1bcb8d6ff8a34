"""Estimators for scikit-learn: diagrams of clouds, vectors of diagrams, intrinsic dimension.

Needs scikit-learn: ``pip install 'topolens[sklearn]'``.

A sample of the homology is a cloud. ``PersistentHomology`` makes a list of diagrams of each, one per homology
dimension; ``BettiCurve``, ``PersistenceLandscape``, ``PersistenceImage`` and ``PersistenceEntropy`` make a row of
numbers of that, on grids that they learn in ``fit``. ``IntrinsicDimension`` is fitted to one cloud.

>>> import numpy as np
>>> from sklearn.linear_model import LogisticRegression
>>> from sklearn.pipeline import make_pipeline
>>> from topolens.sklearn import PersistenceImage, PersistentHomology
>>> random = np.random.default_rng(0)
>>> discs = random.normal(size=(40, 30, 2))
>>> rings = discs / np.linalg.norm(discs, axis=2, keepdims=True)
>>> clouds, is_ring = np.concatenate([discs, rings]), np.repeat([0, 1], 40)
>>> pipeline = make_pipeline(PersistentHomology(), PersistenceImage(), LogisticRegression())
>>> pipeline.fit(clouds[::2], is_ring[::2]).score(clouds[1::2], is_ring[1::2])
1.0
"""

try:
    import sklearn as _sklearn  # noqa: F401
except ImportError as error:
    raise ImportError("topolens.sklearn needs scikit-learn: pip install 'topolens[sklearn]'") from error

from topolens.sklearn._betti_curve import BettiCurve
from topolens.sklearn._intrinsic_dimension import IntrinsicDimension
from topolens.sklearn._persistence_entropy import PersistenceEntropy
from topolens.sklearn._persistence_image import PersistenceImage
from topolens.sklearn._persistence_landscape import PersistenceLandscape
from topolens.sklearn._persistent_homology import PersistentHomology

__all__ = [
    "BettiCurve",
    "IntrinsicDimension",
    "PersistenceEntropy",
    "PersistenceImage",
    "PersistenceLandscape",
    "PersistentHomology",
]
