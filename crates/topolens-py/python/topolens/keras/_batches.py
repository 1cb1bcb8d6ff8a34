"""What a model is given at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np


def batches(model: Any, inputs: Any, labels: Any, points: int, batch_size: int) -> Iterator[tuple[Any, np.ndarray | None]]:
    """What the model is given at once, and the classes of its samples."""
    known = None if labels is None or labels is False else to_labels(labels)
    if hasattr(inputs, "shape") or isinstance(inputs, (Mapping, list, tuple)):
        arrays = [to_array(part) for part in parts_of(model, inputs)]
        sizes = {len(array) for array in arrays} | (set() if known is None else {len(known)})
        if len(sizes) != 1:
            raise ValueError(f"inputs and labels must have as many samples, not {sorted(sizes)}")
        kept = first_of_each(known, points) if known is not None else np.arange(min(points, *sizes))
        for start in range(0, len(kept), batch_size):
            at = kept[start : start + batch_size]
            yield [array[at] for array in arrays], None if known is None else known[at]
    elif isinstance(inputs, Iterable):
        start = 0
        for batch in inputs:
            images, *beside = batch if isinstance(batch, (tuple, list)) and len(batch) > 1 else [batch]
            given = [to_array(part) for part in parts_of(model, images)]
            of_batch = to_labels(beside[0]) if beside and labels is None else None
            found = of_batch if known is None else known[start : start + len(given[0])]
            start += len(given[0])
            yield given, found if found is not None and found.dtype.kind in "iubUSO" and found.ndim == 1 else None
    else:
        raise TypeError(f"inputs must be arrays or batches of them, not {type(inputs).__name__}")


def parts_of(model: Any, inputs: Any) -> list[Any]:
    """An array for each input of the model."""
    if isinstance(inputs, Mapping):
        missing = [tensor.name for tensor in model.inputs if tensor.name not in inputs]
        if missing:
            raise ValueError(f"inputs lacks {', '.join(missing)}; it holds {', '.join(map(str, inputs))}")
        return [inputs[tensor.name] for tensor in model.inputs]
    parts = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    if len(parts) != len(model.inputs):
        raise ValueError(f"inputs: the model has {len(model.inputs)} inputs, and {len(parts)} are given")
    return parts


def to_array(part: Any) -> Any:
    return part.detach().cpu().numpy() if hasattr(part, "detach") else np.asarray(part)


def to_labels(labels: Any) -> np.ndarray:
    found: np.ndarray = to_array(labels)
    return found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found


def first_of_each(labels: np.ndarray, points: int) -> np.ndarray:
    """Places of the first samples of every class, as many of each, in order."""
    _, numbers = np.unique(labels, return_inverse=True)
    quota = max(1, points // (numbers.max(initial=0) + 1))
    kept = [np.flatnonzero(numbers == number)[:quota] for number in range(numbers.max(initial=0) + 1)]
    return np.sort(np.concatenate(kept))
