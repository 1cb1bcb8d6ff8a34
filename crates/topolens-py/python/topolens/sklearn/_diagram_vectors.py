"""What the transformers from diagrams to vectors share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from topolens.sklearn._samples import Diagram, read_diagrams

if TYPE_CHECKING:
    from typing_extensions import Self

Grid: TypeAlias = tuple[float, float, int]
GridSetting: TypeAlias = int | Grid | None


class DiagramVectors(TransformerMixin, BaseEstimator):
    """A row for each sample: the vectors of its diagrams, one homology dimension after the other.

    A class that derives from it learns from the training diagrams of each homology dimension, makes a vector of one
    diagram and names the numbers in it.
    """

    homology_dimensions: Sequence[int] | None

    @abstractmethod
    def _learn(self, diagrams: Mapping[int, list[Diagram]]) -> None: ...

    @abstractmethod
    def _vector(self, diagram: Diagram, dimension: int) -> NDArray[np.float64]: ...

    @abstractmethod
    def _labels(self, dimension: int) -> list[str]: ...

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn what the settings leave open from the diagrams.

        Parameters
        ----------
        X : list of list of ndarray of shape (n_intervals, 2)
            For each sample one diagram per homology dimension, as made by ``PersistentHomology``.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If X does not hold diagrams, the samples have different numbers of them, a setting is out of its range, or
            the diagrams of a homology dimension have no finite interval to learn from.
        """
        samples = read_diagrams(X)
        self.homology_dimensions_ = self._chosen(samples)
        self._learn({dimension: [sample[dimension] for sample in samples] for dimension in self.homology_dimensions_})
        for dimension in self.homology_dimensions_:
            self._vector(np.empty((0, 2)), dimension)
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Make a row of numbers of the diagrams of each sample.

        Parameters
        ----------
        X : list of list of ndarray of shape (n_intervals, 2)
            For each sample one diagram per homology dimension.

        Returns
        -------
        ndarray of shape (n_samples, n_features_out), float64
            Or the container that ``set_output`` asks for.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        ValueError
            If X does not hold diagrams, or lacks a homology dimension.
        """
        check_is_fitted(self)
        samples = read_diagrams(X)
        for index, sample in enumerate(samples):
            _ensure_has(f"X[{index}]", sample, self.homology_dimensions_)
        return np.array([self._row(sample) for sample in samples])

    def _row(self, sample: list[Diagram]) -> NDArray[np.float64]:
        return np.concatenate([self._vector(sample[dimension], dimension) for dimension in self.homology_dimensions_])

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the columns, each with its homology dimension in front.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        ndarray of str of shape (n_features_out,)
        """
        check_is_fitted(self)
        labels = [(dimension, label) for dimension in self.homology_dimensions_ for label in self._labels(dimension)]
        return np.array([f"h{dimension}_{label}" for dimension, label in labels], dtype=object)

    def _chosen(self, samples: list[list[Diagram]]) -> tuple[int, ...]:
        n_diagrams = len(samples[0])
        for index, sample in enumerate(samples):
            if len(sample) != n_diagrams or n_diagrams == 0:
                raise ValueError(f"X[{index}] has {len(sample)} diagrams, X[0] {n_diagrams}; give each as many, not 0")
        if self.homology_dimensions is None:
            return tuple(range(n_diagrams))
        chosen = tuple(self.homology_dimensions) if isinstance(self.homology_dimensions, Iterable) else ()
        are_dimensions = all(isinstance(dimension, Integral) and dimension >= 0 for dimension in chosen)
        if not chosen or not are_dimensions or len(set(chosen)) < len(chosen):
            given = self.homology_dimensions
            raise ValueError(f"homology_dimensions must list numbers from 0 on, each once, not {given!r}")
        _ensure_has("X[0]", samples[0], chosen)
        return chosen

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


def _ensure_has(name: str, sample: list[Diagram], dimensions: tuple[int, ...]) -> None:
    if len(sample) <= max(dimensions):
        raise ValueError(f"{name} has {len(sample)} diagrams, none of homology dimension {max(dimensions)}")


def learnt_grid(
    argument: str, setting: GridSetting, default: int, bounds: tuple[float, float] | None, dimension: int
) -> Grid:
    """The grid that is given, or so many values between the bounds learnt."""
    if setting is not None and not isinstance(setting, Integral):
        return tuple(setting) if isinstance(setting, Iterable) else setting  # type: ignore[return-value]
    if bounds is None or bounds[0] >= bounds[1]:
        raise ValueError(
            f"X has no finite interval in homology dimension {dimension} to learn {argument} from; give "
            f"{argument}=(start, end, n), or homology_dimensions without {dimension}"
        )
    return (*bounds, default if setting is None else int(setting))


def finite_intervals(diagrams: list[Diagram]) -> Diagram:
    """All intervals of the diagrams that die."""
    intervals: Diagram = np.concatenate(diagrams)
    return intervals[np.isfinite(intervals[:, 1])]


def lives(diagrams: list[Diagram]) -> tuple[float, float] | None:
    """From the first birth to the last finite death."""
    finite = finite_intervals(diagrams)
    if len(finite) == 0:
        return None
    return float(np.concatenate(diagrams)[:, 0].min()), float(finite[:, 1].max())
