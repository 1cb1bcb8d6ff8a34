"""Matrices of floats, of whatever numbers they are made."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np


def whole(argument: str, value: Any, least: int = 0) -> int:
    """A whole number of `least` or more, up to the largest seed."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{argument} must be a whole number, not {value!r}") from None
    if not least <= number < 2**64:
        raise ValueError(f"{argument} must be a whole number from {least} to 2**64 - 1, not {number}")
    return number


def unmasked(argument: str, array: Any) -> Any:
    """Masked numbers are there, only hidden; to compute with them would be a silent error."""
    if isinstance(array, np.ma.MaskedArray):
        raise TypeError(f"{argument} is a masked array; drop what is masked, then give numpy.asarray({argument})")
    return array


def float_matrix(argument: str, X: Any) -> Any:
    """The array or sparse matrix in float32 if it is, else in float64."""
    if hasattr(X, "detach"):
        X = X.detach().cpu()
    array = unmasked(argument, X if hasattr(X, "tocoo") or isinstance(X, np.ndarray) else np.asarray(X))
    if array.ndim != 2:
        raise ValueError(f"{argument} must have two axes, rows and columns; its shape is {array.shape}")
    if array.dtype in (np.float32, np.float64):
        return array
    if array.dtype.kind not in "biufO":
        raise ValueError(f"{argument} must hold real numbers, not {array.dtype}")
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{argument} must hold real numbers: {error}") from error
