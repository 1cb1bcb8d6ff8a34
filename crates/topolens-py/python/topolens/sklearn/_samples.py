"""Collections whose samples are clouds, or lists of diagrams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topolens._arrays import float_matrix

Diagram = NDArray[np.floating]


def read_clouds(X: Any) -> list[Any]:
    """The clouds of a list of matrices or of an array of three axes."""
    clouds = _samples(X, "clouds, a list of 2-D arrays or a 3-D array")
    return [float_matrix(f"X[{index}]", cloud) for index, cloud in enumerate(clouds)]


def read_diagrams(X: Any) -> list[list[Diagram]]:
    """For each sample its diagrams, one per homology dimension."""
    samples = _samples(X, "samples, each a list of diagrams by homology dimension")
    return [
        [_diagram(f"X[{index}][{dimension}]", diagram) for dimension, diagram in enumerate(_iterable(index, sample))]
        for index, sample in enumerate(samples)
    ]


def _samples(X: Any, kind: str) -> list[Any]:
    shape = getattr(X, "shape", None)
    if shape is not None and len(shape) == 2:
        raise ValueError(f"X must be a collection of {kind}; it is one matrix of shape {tuple(shape)}")
    if not isinstance(X, Iterable):
        raise ValueError(f"X must be a collection of {kind}; it is {X!r}")
    samples = list(X)
    if not samples:
        raise ValueError(f"X must be a collection of {kind}; it is empty")
    return samples


def _iterable(index: int, sample: Any) -> Iterable[Any]:
    if isinstance(sample, Iterable):
        return sample
    raise ValueError(f"X[{index}] must be a list of diagrams by homology dimension; it is {sample!r}")


def _diagram(name: str, diagram: Any) -> Diagram:
    array: Diagram = float_matrix(name, diagram)
    if array.shape[1] != 2:
        raise ValueError(f"{name} must be a diagram of two columns, birth and death; its shape is {array.shape}")
    births, deaths = array.T
    if not (np.isfinite(births).all() and (deaths >= births).all()):
        raise ValueError(f"{name} must have finite births, each followed by its death")
    return array
