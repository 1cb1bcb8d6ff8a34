"""Rows of the layers of a network, whatever framework ran it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

# Equal parts of the hidden layers of which the ends are measured by default.
PARTS = 9


@dataclass(frozen=True)
class Activations:
    """Rows of the layers of a network; made by ``topolens.torch.activations`` and ``topolens.keras.activations``.

    Attributes
    ----------
    layers : list of (str, float, ndarray)
        Name, depth in (0, 1], and rows of shape (n_samples, n_features), float32, in the order in which the layers end.
    labels : list of int or None
        The class of each sample.
    class_names : list of str or None
    network : str
        The network in words.

    Examples
    --------
    >>> import torch, topolens.torch
    >>> found = topolens.torch.activations(torch.nn.Linear(3, 2), torch.ones(5, 3), layers="output")
    >>> [(name, rows.shape) for name, depth, rows in found.layers]
    [('output', (5, 2))]
    """

    layers: list[tuple[str, float, np.ndarray]]
    labels: list[int] | None
    class_names: list[str] | None
    network: str

    def save(self, path: Any) -> None:
        """Writes an ``.npz`` file that ``topolens profile`` reads."""
        arrays: dict[str, Any] = {name: rows for name, _, rows in self.layers}
        if self.labels is not None:
            arrays["labels"] = np.asarray(self.labels)
        np.savez(path, **arrays)


def ends_of_parts(n_hidden: int) -> list[int]:
    """Places of the ends of nine equal parts of the hidden layers; all of them where there are no more."""
    n_parts = min(n_hidden, PARTS)
    return [(2 * part * n_hidden + n_parts) // (2 * n_parts) - 1 for part in range(1, n_parts + 1)]


class Named(Protocol):
    """A layer that goes by one name or several."""

    def matches(self, pattern: str) -> bool: ...


L = TypeVar("L", bound=Named)


def select(
    layers: Sequence[L], patterns: str | Sequence[str], default: Callable[[Sequence[L]], list[L]], unmatched: Callable[[str], Exception]
) -> list[L]:
    """The layers whose names match a pattern, without those that match one behind ``!``; the default ones where no other pattern is given."""
    given = [patterns] if isinstance(patterns, str) else list(patterns)
    if not given:
        raise ValueError("layers must name one at least")
    for pattern in given:
        if not isinstance(pattern, str):
            raise TypeError(f"layers must be names or patterns, got {pattern!r}")
        if not matching(layers, [pattern.removeprefix("!")]):
            raise unmatched(pattern.removeprefix("!"))
    wanted = [pattern for pattern in given if not pattern.startswith("!")]
    left_out = matching(layers, [pattern[1:] for pattern in given if pattern.startswith("!")])
    left = [layer for layer in (matching(layers, wanted) if wanted else default(layers)) if layer not in left_out]
    if not left:
        raise ValueError("layers: the patterns behind ! leave no layer; take one of them away")
    return left


def matching(layers: Sequence[L], patterns: Sequence[str]) -> list[L]:
    return [layer for layer in layers if any(layer.matches(pattern) for pattern in patterns)]
