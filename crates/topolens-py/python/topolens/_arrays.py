"""Matrices of floats, of whatever numbers they are made."""

from __future__ import annotations

from typing import Any

import numpy as np


def float_matrix(argument: str, X: Any) -> Any:
    """The array or sparse matrix in float32 if it is, else in float64."""
    array = X if hasattr(X, "tocoo") or isinstance(X, np.ndarray) else np.asarray(X)
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
