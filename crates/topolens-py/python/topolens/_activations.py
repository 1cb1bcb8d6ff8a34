"""Rows of the layers of a network, whatever framework ran it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
