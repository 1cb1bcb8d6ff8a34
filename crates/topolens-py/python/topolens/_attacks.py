"""Attacks, and what they do to the clouds of a network's layers."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from topolens._tables import Rows, as_html, as_text, short

if TYPE_CHECKING:
    from topolens._topolens import AttackCells

# Columns of the table: title, key of the curve, digits.
_COLUMNS = [("epsilon", "epsilon"), ("accuracy", "accuracy"), ("F1", "f1"), ("fooled", "success"), ("size of successes", "median_distance_of_successes")]


class Examples(NamedTuple):
    """Attacked images: ``images`` of shape (n, channels, height, width), float32; what the network says of each (``predictions``); whether the
    attack met its aim (``succeeded``); the sizes of the perturbations (``distances``); their places among the images given (``places``)."""

    images: NDArray[np.float32]
    predictions: NDArray[np.int64]
    succeeded: NDArray[np.bool_]
    distances: NDArray[np.float64]
    places: NDArray[np.int64]


class Attacks(Rows):
    """What attacks do to the clouds of a network's layers; made by ``topolens.torch.attack``.

    Attributes
    ----------
    curve : list of dict
        One per attack and strength, the clean images first: method, norm, epsilon, accuracy and f1 (of all images but those of the target's
        class; those set aside as wrong count as wrong), success (the share of attacked images whose aim is met), mean_distance, median_distance_of_successes, n_taken_back (examples outside of ball or pixel range, which count as
        the clean images).
    rows : list of dict
        One per number: method, norm, epsilon, layer, depth, descriptor, homology_dimension, value, lower, upper, reason.
    correlations : list of dict
        How descriptors in the middle and at the end go with epsilon (Spearman), over three strengths or more.
    conclusions : list of str
        What may be concluded, beside noise of the same size.
    n_attacked, n_wrong, n_of_target : int
        Images attacked; set aside as the network gets them wrong, or as they are of the target's class.
    """

    def __init__(self, cells: AttackCells) -> None:
        self._cells = cells
        document = json.loads(cells.document())
        self.curve: list[dict[str, Any]] = document["curve"]
        self.rows: list[dict[str, Any]] = document["rows"]
        self.correlations: list[dict[str, Any]] = document["correlations_with_epsilon"]
        self.conclusions = cells.conclusions
        counts = document["images"]
        self.n_attacked, self.n_wrong, self.n_of_target = (counts[key] for key in ("attacked", "already_wrong", "of_target_class"))
        self._network = document["provenance"]["network"]

    def examples(self, method: str, epsilon: float | None = None) -> Examples:
        """The attacked images after an attack; of its largest strength, unless ``epsilon`` says another.

        A named tuple of ``images`` (n, channels, height, width), ``predictions``, ``succeeded``, ``distances`` (sizes of the perturbations)
        and ``places``: which of the images given these are. Images that were set aside are not among them.
        """
        found = [(size, at) for at, (name, size) in enumerate(self._cells.cells) if name == method and epsilon in (None, size)]
        if not found:
            known = ", ".join(f"{name} {size:g}" for name, size in self._cells.cells)
            raise ValueError(f"method {method!r}, epsilon {epsilon} was not run; there are {known}")
        images, predictions, succeeded, distances = self._cells.examples(max(found)[1])
        return Examples(
            np.ascontiguousarray(np.moveaxis(images, -1, 1)),
            np.asarray(predictions),
            np.asarray(succeeded),
            np.asarray(distances),
            np.asarray(self._cells.attacked),
        )

    def plot(self, descriptor: str = "lifespans-sum", homology_dimension: int | None = 0, method: str | None = None, ax: Any = None) -> Any:
        """Draws a descriptor over depth, a curve for each strength of an attack (by default the first); returns the matplotlib axes."""
        if ax is None:
            import matplotlib.pyplot

            _, ax = matplotlib.pyplot.subplots()
        attacks = [name for name, _ in self._cells.cells if name != "clean"]
        method = attacks[0] if method is None else method
        wanted = [
            row
            for row in self.rows
            if row["method"] in ("clean", method) and (row["descriptor"], row["homology_dimension"]) == (descriptor, homology_dimension)
        ]
        if not any(row["method"] == method for row in wanted):
            known = sorted({(row["descriptor"], row["homology_dimension"]) for row in self.rows}, key=str)
            raise ValueError(f"descriptor {descriptor!r}, homology_dimension {homology_dimension}, method {method!r} was not measured; there are {known}")
        for name, epsilon in dict.fromkeys((row["method"], row["epsilon"]) for row in wanted):
            rows = [row for row in wanted if (row["method"], row["epsilon"]) == (name, epsilon) and row["value"] is not None]
            told = "clean" if name == "clean" else f"{name} {epsilon:.3g}"
            ax.plot([row["depth"] for row in rows], [row["value"] for row in rows], marker="o", label=told)
        ax.set_xlabel("depth")
        ax.set_ylabel(descriptor if homology_dimension is None else f"{descriptor}, H{homology_dimension}")
        ax.legend()
        return ax

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Writes the report of ``topolens attack``: one page that needs no other file."""
        path = Path(path)
        with tempfile.TemporaryDirectory() as folder:
            self.save(folder)
            shutil.copyfile(Path(folder) / "report.html", path)
        return path

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Writes what ``topolens attack`` writes: ``attack.json``, ``curve.csv``, ``rows.csv``, ``report.html`` and ``figures/``."""
        self._cells.write(os.fspath(folder))

    def __repr__(self) -> str:
        return as_text(self._title(), *self._table(), self.conclusions)

    def _repr_html_(self) -> str:
        return as_html(self._title(), *self._table(), self.conclusions)

    def _title(self) -> str:
        return f"{self._network}: {self.n_attacked} images attacked, {self.n_wrong} already wrong, {self.n_of_target} of the target's class"

    def _table(self) -> tuple[list[str], list[list[str]]]:
        lines = [[point["method"], point["norm"], *(short(point[key]) for _, key in _COLUMNS)] for point in self.curve]
        return ["attack", "norm", *(title for title, _ in _COLUMNS)], lines
