"""Batches of a loader: what the network is given, and the classes of the samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from topolens.torch._readout import first_tensor

# Keys under which a batch holds its classes.
TARGETS = ("labels", "label", "targets", "target", "y")
# Samples of a tensor that are given to the network at once.
AT_ONCE = 256


@dataclass(frozen=True)
class Batch:
    """The arguments of the network, the number of samples, and their classes if the batch has them."""

    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    n_samples: int
    classes: np.ndarray | None


def batches(loader: Any) -> Iterator[Batch]:
    """A tensor or an array is cut into batches."""
    if isinstance(loader, np.ndarray):
        loader = torch.from_numpy(loader)
    if isinstance(loader, torch.Tensor):
        loader = loader.split(AT_ONCE)
    if isinstance(loader, Mapping) or not isinstance(loader, Iterable):
        raise TypeError(f"loader must give batches, as a DataLoader does, not be a {type(loader).__name__}")
    return map(read, loader)


def read(batch: Any) -> Batch:
    """A dictionary holds keyword arguments; of several things the last is the target; classes are whole numbers with one axis."""
    arguments: tuple[Any, ...]
    keywords: dict[str, Any] = {}
    if isinstance(batch, Mapping):
        target = next((batch[key] for key in TARGETS if key in batch), None)
        arguments, keywords = (), {key: part for key, part in batch.items() if key not in TARGETS}
    elif isinstance(batch, (tuple, list)) and len(batch) > 1:
        arguments, target = tuple(batch[:-1]), batch[-1]
    else:
        target = None
        arguments = tuple(batch) if isinstance(batch, (tuple, list)) else (batch,)
    arguments, keywords = to_tensors(arguments), to_tensors(keywords)
    given = first_tensor((arguments, keywords))
    if given is None or given.ndim == 0:
        raise TypeError(f"loader: a batch of type {type(batch).__name__} holds no tensor of samples")
    return Batch(arguments, keywords, len(given), classes_of(target, len(given)))


def to_tensors(part: Any) -> Any:
    """Arrays become tensors, wherever they are."""
    if isinstance(part, np.ndarray) and part.dtype.kind in "fiub":
        return torch.from_numpy(part)
    return mapped(part, to_tensors)


def to_device(part: Any, device: torch.device) -> Any:
    return part.to(device) if isinstance(part, torch.Tensor) else mapped(part, lambda inner: to_device(inner, device))


def mapped(part: Any, change: Any) -> Any:
    """The same dictionary, list or tuple with its parts changed; anything else as it is."""
    if isinstance(part, Mapping):
        return {key: change(inner) for key, inner in part.items()}
    if isinstance(part, tuple) and hasattr(part, "_fields"):
        return type(part)(*map(change, part))
    return type(part)(map(change, part)) if type(part) in (list, tuple) else part


def classes_of(target: Any, n_samples: int) -> np.ndarray | None:
    if isinstance(target, torch.Tensor):
        target = target.detach().cpu().numpy() if not target.dtype.is_floating_point else None
    elif isinstance(target, (list, tuple)):
        target = np.asarray(target) if all(isinstance(label, (int, str)) for label in target) else None
    is_classes = isinstance(target, np.ndarray) and target.dtype.kind in "iubU"
    if is_classes and target.ndim == 2 and target.shape[1] == 1:
        target = target[:, 0]
    return target if is_classes and target.shape == (n_samples,) else None
