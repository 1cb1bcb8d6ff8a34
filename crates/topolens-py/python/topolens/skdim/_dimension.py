"""What the estimators share: reading a cloud and handing out what was fitted."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import TransformerTags
from sklearn.utils.validation import check_is_fitted, validate_data

from topolens._topolens import intrinsic_dimension, nearest_neighbors
from topolens.sklearn._intrinsic_dimension import seed_of

Cloud = NDArray[np.floating]


class Dimension(BaseEstimator):
    """An estimator that becomes a dimension once it is fitted."""

    dimension_: float
    dimension_pw_: NDArray[np.float64]
    dimension_pw_smooth_: NDArray[np.float64]

    def transform(self, X: Any = None) -> float:
        """Hand out the dimension that was fitted.

        Parameters
        ----------
        X : array_like, optional
            Looked at for its number of features, no more.

        Returns
        -------
        float
        """
        check_is_fitted(self, "dimension_")
        if X is not None:
            validate_data(self, X, reset=False)
        return self.dimension_

    def transform_pw(self, X: Any = None) -> Any:
        """Hand out the dimensions at the points.

        Parameters
        ----------
        X : ignored

        Returns
        -------
        ndarray of shape (n_points,), or with smoothing the pair of these and of the smoothed ones
        """
        check_is_fitted(self, "dimension_pw_")
        if hasattr(self, "dimension_pw_smooth_"):
            return self.dimension_pw_, self.dimension_pw_smooth_
        return self.dimension_pw_

    def _read(self, X: Any, n_points: int) -> Cloud:
        return cast(Cloud, validate_data(self, X, dtype=[np.float64, np.float32], ensure_min_samples=n_points))

    def _of_cloud(self, cloud: Cloud, estimator: str, n_neighbors: int | None = None) -> float:
        seed = seed_of(getattr(self, "random_state", 0))
        return intrinsic_dimension(cloud, estimator=estimator, n_neighbors=n_neighbors, random_state=seed).value

    def _smooth(self, neighbors: NDArray[np.int64] | None) -> None:
        """Means over each point and its neighbours; forgets those of another fit."""
        if neighbors is not None:
            around = np.column_stack([self.dimension_pw_, self.dimension_pw_[neighbors]])
            self.dimension_pw_smooth_ = around.mean(axis=1)
        elif hasattr(self, "dimension_pw_smooth_"):
            del self.dimension_pw_smooth_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags = TransformerTags()
        return tags


def neighbors_of(cloud: Cloud, n_neighbors: int) -> NDArray[np.int64]:
    """Row numbers of the nearest neighbours of each point, itself left out."""
    _, indices = nearest_neighbors(cloud, n_neighbors=n_neighbors)
    return indices
