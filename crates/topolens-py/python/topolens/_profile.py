"""Profiles: what the layers of a network measure, with tables, curves and files."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from topolens._arrays import unmasked, whole
from topolens._executor import results
from topolens._tables import Rows, as_html, as_text, short
from topolens._threads import threads
from topolens._topolens import LayerPart, LayerProfiles, LayerStudy, MeasuredLayer, profile_memory

# Columns of the tables: title, descriptor, homology dimension, class.
_COLUMNS: list[tuple[str, str, int | None, str]] = [
    ("E0 per class", "lifespans-sum", 0, "local"),
    ("E0", "lifespans-sum", 0, "global"),
    ("E1", "lifespans-sum", 1, "global"),
    ("E0/null", "lifespans-sum-over-null", 0, "global"),
    ("PHdim", "ph-dimension", 0, "global"),
    ("MLE", "mle", None, "global"),
    ("TwoNN", "two-nn", None, "global"),
    ("NC1", "nc1", None, "global"),
]


class Profile(Rows):
    """What layers measure; made by ``topolens.profile`` and ``topolens.torch.profile``.

    Attributes
    ----------
    rows : list of dict
        One per number: layer, layer_index, depth, epoch, class ("global", "local" for the mean over classes, or the name of
        one), descriptor, homology_dimension, value, lower, upper (the 95 % interval), n_points, n_features, reason (why there
        is no value).
    warnings : list of str
        What a reader must know before trusting a curve.
    layers : list of str
    diagrams : dict of str to list of ndarray
        The diagrams of each layer's scaled cloud of all classes, H0 and H1; of the last epoch, if there are several.

    Examples
    --------
    >>> import numpy as np
    >>> import topolens
    >>> rows = np.random.default_rng(0).normal(size=(60, 4))
    >>> found = topolens.profile({"hidden": rows, "output": rows[:, :2]}, n_half_samples=0)
    >>> found.layers
    ['hidden', 'output']
    >>> [(row["layer"], row["n_features"]) for row in found.curve("two-nn")]
    [('hidden', 4), ('output', 2)]
    >>> found.value("output", "two-nn") < found.value("hidden", "two-nn")
    True
    """

    def __init__(self, measured: LayerProfiles) -> None:
        self._measured = measured
        self.rows = measured.rows
        self.warnings = measured.warnings

    @property
    def layers(self) -> list[str]:
        return list(dict.fromkeys(row["layer"] for row in self.rows))

    @property
    def diagrams(self) -> dict[str, list[np.ndarray]]:
        return {layer: diagrams for layer, _, diagrams in self._measured.diagrams}

    def curve(
        self, descriptor: str, homology_dimension: int | None = None, of: str = "global"
    ) -> list[dict[str, Any]]:
        """The rows of one descriptor from the first layer to the last; ``of`` is "global", "local" or the name of a class."""
        found = [row for row in self.rows if _is(row, descriptor, homology_dimension, of)]
        if not found:
            known = sorted({(row["descriptor"], row["homology_dimension"], row["class"]) for row in self.rows}, key=str)
            raise ValueError(f"descriptor {descriptor!r}, homology_dimension {homology_dimension}, of {of!r} was not measured; there are {known}")
        return sorted(found, key=lambda row: (-1 if row["epoch"] is None else row["epoch"], row["layer_index"]))

    def value(
        self, layer: str, descriptor: str, homology_dimension: int | None = None, of: str = "global"
    ) -> float | None:
        """One number; of the last epoch, if there are several."""
        found = [row for row in self.curve(descriptor, homology_dimension, of) if row["layer"] == layer]
        if not found:
            raise ValueError(f"layer {layer!r} was not measured; there are {self.layers}")
        value: float | None = found[-1]["value"]
        return value

    def plot(
        self, descriptor: str = "lifespans-sum-over-null", homology_dimension: int | None = 0, of: str = "global", ax: Any = None
    ) -> Any:
        """Draws a descriptor over depth with its 95 % intervals, a curve for each epoch; returns the matplotlib axes."""
        if ax is None:
            import matplotlib.pyplot

            _, ax = matplotlib.pyplot.subplots()
        found = self.curve(descriptor, homology_dimension, of)
        for epoch in dict.fromkeys(row["epoch"] for row in found):
            rows = [row for row in found if row["epoch"] == epoch and row["value"] is not None]
            depths, values = [row["depth"] for row in rows], [row["value"] for row in rows]
            below, above = (
                [abs(row["value"] - (row["value"] if row[end] is None else row[end])) for row in rows] for end in ("lower", "upper")
            )
            ax.errorbar(depths, values, yerr=[below, above], marker="o", capsize=2, label=None if epoch is None else f"epoch {epoch}")
        ax.set_xlabel("depth")
        ax.set_ylabel(descriptor if homology_dimension is None else f"{descriptor}, H{homology_dimension}")
        if len({row["epoch"] for row in found}) > 1:
            ax.legend()
        return ax

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Writes the report of ``topolens profile``: one page that needs no other file."""
        path = Path(path)
        path.write_text(self._measured.page(), encoding="utf-8")
        return path

    def save(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Writes what ``topolens profile`` writes, so that ``topolens show`` reads it; returns the files."""
        return [Path(file) for file in self._measured.write(os.fspath(folder))]

    def __repr__(self) -> str:
        return as_text(self._title(), *self._table(), [f"warning: {warning}" for warning in self.warnings])

    def _repr_html_(self) -> str:
        return as_html(self._title(), *self._table(), self.warnings)

    def _title(self) -> str:
        n_points = max(row["n_points"] for row in self.rows)
        network = self._measured.network or "layers"
        return f"{network}: {n_points} points in {len(self.layers)} layers"

    def _table(self) -> tuple[list[str], list[list[str]]]:
        """The header and the lines of the table of the last epoch; columns without a number are left out."""
        last = self.rows[-1]["epoch"]
        rows = [row for row in self.rows if row["epoch"] == last]
        places = {row["layer"]: row for row in rows}
        found = {
            title: {row["layer"]: row["value"] for row in rows if _is(row, descriptor, homology_dimension, of)}
            for title, descriptor, homology_dimension, of in _COLUMNS
        }
        shown = [title for title, values in found.items() if any(value is not None for value in values.values())]
        lines = [
            [layer, f"{row['depth']:.2f}", str(row["n_features"]), *(short(found[title].get(layer)) for title in shown)]
            for layer, row in places.items()
        ]
        return ["layer", "depth", "D", *shown], lines


def _is(row: Mapping[str, Any], descriptor: str, homology_dimension: int | None, of: str) -> bool:
    return (row["descriptor"], row["homology_dimension"], row["class"]) == (descriptor, homology_dimension, of)


def profile(
    activations: Mapping[str, Any],
    labels: Any = None,
    *,
    class_names: Sequence[str] | None = None,
    readout: str = "avg-pool",
    layout: str = "channels-first",
    points: int | None = None,
    protocol: str = "both",
    scaling: str = "min-max",
    points_per_class: int = 250,
    n_half_samples: int = 8,
    seed: int = 0,
    network: str = "activations",
    data: str = "",
    n_jobs: int | None = None,
    executor: Any = None,
    progress: bool | Callable[[int, int, str], object] = False,
) -> Profile:
    """Measures the layers of a network from activations of any framework, as ``topolens profile`` measures saved ones.

    Parameters
    ----------
    activations : mapping of str to array_like of shape (n_samples, ...)
        A layer's name and its activations, from the first layer to the last: NumPy arrays, tensors of PyTorch on any device,
        anything with ``__array__`` or DLPack. Half precision is measured as float32.
    labels : array_like of shape (n_samples,), optional
        The class of each sample: whole numbers or names. Without them one cloud of all samples is measured.
    class_names : sequence of str, optional
        The names of classes 0, 1, ...; by default the labels themselves.
    readout : {"avg-pool", "flatten", "max", "cls", "last"}
        How an activation with positions becomes a row: mean over positions, all values, largest over positions, the first or
        the last position.
    layout : {"channels-first", "channels-last"}
        Where arrays of four axes and more have their channels; those of three have them last (tokens).
    points : int, optional
        Samples to draw, as many of each class; by default 1000 (3000 for ``protocol="paper"``), or all if there are fewer.
    protocol, scaling, points_per_class, n_half_samples, seed, n_jobs, executor, progress
        As for ``profile_layers``.
    network, data : str
        What the report calls them.

    Returns
    -------
    Profile

    Raises
    ------
    TypeError
        If activations are not numbers.
    ValueError
        If they are empty or not finite, differ in their number of samples, or a setting is out of its range.
    MemoryError
        If measuring takes more memory than is left.

    Examples
    --------
    >>> import numpy as np
    >>> import topolens
    >>> images = np.random.default_rng(0).normal(size=(100, 8, 5, 5)).astype("float32")
    >>> found = topolens.profile({"conv": images, "output": images[:, :3, 0, 0]}, labels=np.arange(100) % 2, n_half_samples=0)
    >>> [row["n_features"] for row in found.curve("two-nn")]
    [8, 3]
    """
    if not isinstance(activations, Mapping):
        raise TypeError(f"activations must be a mapping of names to arrays, not {type(activations).__name__}")
    if not activations:
        raise ValueError("activations must hold one layer at least")
    rows = {str(name): read_out(str(name), to_numpy(array, str(name)), readout, layout) for name, array in activations.items()}
    layers = [(name, (at + 1) / len(rows), found) for at, (name, found) in enumerate(rows.items())]
    ensure_memory(min(len(layers[0][2]), points or 3000), [found.shape[1] for found in rows.values()])
    classes, names = (None, None) if labels is None else classes_of(labels, class_names)
    return Profile(
        profile_layers(
            layers,
            labels=classes,
            class_names=names,
            points=points,
            protocol=protocol,
            scaling=scaling,
            points_per_class=points_per_class,
            n_half_samples=n_half_samples,
            seed=seed,
            network=network,
            data=data,
            n_jobs=n_jobs,
            executor=executor,
            progress=progress,
        )
    )


def profile_layers(
    layers: Sequence[tuple[str, float, Any]],
    *,
    labels: Sequence[int] | None = None,
    class_names: Sequence[str] | None = None,
    points: int | None = None,
    protocol: str = "both",
    scaling: str = "min-max",
    points_per_class: int = 250,
    n_half_samples: int = 8,
    seed: int = 0,
    epoch: int | None = None,
    network: str = "",
    data: str = "",
    n_jobs: int | None = None,
    executor: Any = None,
    progress: bool | Callable[[int, int, str], object] = False,
) -> LayerProfiles:
    """Measures layers whose rows are known, as ``topolens profile`` measures saved activations: the same numbers to the bit.

    ``topolens.profile`` is this function for a mapping of arrays.

    Parameters
    ----------
    layers : sequence of (name, depth, rows)
        From the first layer to the last: its name, its depth in (0, 1], and an array of shape (n_samples, n_features), float32 or
        float64. Rows of float64 are centred and then measured in single precision.
    labels : sequence of int, of length n_samples, optional
        The class of each sample, from 0. Without them one cloud of all samples is measured.
    class_names : sequence of str, optional
        The name of each class; by default its number.
    points : int, optional
        Samples to draw, as many of each class; by default 1000 (3000 for "paper"), or all if there are fewer.
    protocol : {"both", "local", "global", "paper"}
        The cloud of all classes, those of single classes, both, or both as in Magai & Ayzenberg 2022.
    scaling : {"min-max", "robust", "none"}
        Of the features before homology.
    points_per_class : int, default 250
        At most, in the cloud of a class.
    n_half_samples : int, default 8
        Behind each interval that is resampled; 0 gives none, and takes a fraction of the time.
    seed : int, default 0
        Of everything random.
    epoch : int, optional
        Training epoch of the network.
    network, data : str
        What the report calls them.
    n_jobs : int, optional
        Threads of each task, -1 for all processors; by default all, or ``RAYON_NUM_THREADS``.
    executor : optional
        What measures the layers, a task each: anything with ``submit`` (a ``dask.distributed.Client``, an executor of
        ``concurrent.futures``) or with ``map``, or a ``joblib.Parallel``; by default they are measured here, one after the other.
        The numbers are the same to the bit.
    progress : bool or function of (n_done, n_layers, layer), default False
        Called after every layer; True writes a line to standard error.

    Returns
    -------
    LayerProfiles

    Raises
    ------
    TypeError
        If rows are not two-dimensional, or of another type than float32 and float64; if `executor` cannot run tasks.
    ValueError
        If rows are empty or not finite; if layers and labels differ in their number of samples; if a setting is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> import topolens
    >>> rows = np.random.default_rng(0).normal(size=(60, 4)).astype("float32")
    >>> found = topolens.profile_layers([("hidden", 0.5, rows), ("output", 1.0, rows[:, :2])], n_half_samples=0)
    >>> len({row["layer"] for row in found.rows})
    2
    """
    epoch = None if epoch is None else whole("epoch", epoch)
    study = LayerStudy(
        layers,
        labels=labels,
        class_names=class_names,
        points=points,
        protocol=protocol,
        scaling=scaling,
        points_per_class=points_per_class,
        n_half_samples=n_half_samples,
        seed=seed,
        epoch=epoch,
        network=network,
        data=data,
    )
    parts = study.parts()
    tell = teller(progress, "layer")
    measured = []
    for part, found in zip(parts, measured_parts(parts, n_jobs, executor), strict=True):
        measured.append(found)
        tell(len(measured), len(parts), part.layer)
    with threads(n_jobs):
        return study.joined(measured)


def measured_parts(parts: Sequence[LayerPart], n_jobs: int | None, executor: Any) -> Iterator[MeasuredLayer]:
    """The parts measured in their order, a task each."""
    return results(executor, _measure, ((part, n_jobs) for part in parts))


def _measure(part: LayerPart, n_jobs: int | None) -> MeasuredLayer:
    with threads(n_jobs):
        return part.measure()


def teller(progress: bool | Callable[[int, int, str], object], what: str) -> Callable[[int, int, str], object]:
    """What is called after each of several things, such as layers: a function that was given, one that writes lines, or one that is silent."""
    if callable(progress):
        return progress
    if not isinstance(progress, bool):
        raise TypeError(f"progress must be True, False or a function of (n_done, n_{what}s, {what}), not {type(progress).__name__}")

    def line(n_done: int, n_whole: int, name: str) -> None:
        print(f"topolens: {n_done} of {n_whole} {what}s measured, {name}", file=sys.stderr, flush=True)

    return line if progress else lambda n_done, n_whole, name: None


def to_numpy(array: Any, name: str = "activations") -> Any:
    """An array of float32 or float64, whatever framework and device it comes from."""
    if hasattr(array, "detach"):
        if getattr(array, "is_meta", False):
            raise ValueError(f"{name} is a tensor on the device meta, which holds no numbers")
        array = array.detach().cpu()
        array = array.float() if array.dtype.itemsize < 4 or not (array.is_floating_point() or array.is_complex()) else array
    elif not hasattr(array, "__array__") and hasattr(array, "__dlpack__"):
        array = np.from_dlpack(array)
    array = np.asarray(unmasked(name, array))
    if array.dtype in (np.float32, np.float64):
        return array
    # Types of half precision that NumPy does not know by itself have kind "V".
    if array.dtype.kind in "fV" and array.dtype.itemsize <= 2 and array.dtype.names is None:
        return array.astype(np.float32)
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    raise TypeError(f"{name} must hold real numbers, not {array.dtype}")


def read_out(name: str, array: np.ndarray, readout: str, layout: str) -> np.ndarray:
    """One row per sample; single precision stays so, sums are in double precision."""
    if readout not in READOUTS:
        raise ValueError(f"readout must be one of {', '.join(READOUTS)}, not {readout!r}")
    if layout not in LAYOUTS:
        raise ValueError(f"layout must be one of {', '.join(LAYOUTS)}, not {layout!r}")
    if array.ndim < 1:
        raise ValueError(f"{name} has no axis of samples")
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    if array.ndim > 3 and layout == "channels-first":
        array = np.moveaxis(array, 1, -1)
    if array.ndim < 3:
        return array.reshape(len(array), -1)
    positions = array.reshape(len(array), -1, array.shape[-1])
    return np.ascontiguousarray(READOUTS[readout](positions), dtype=array.dtype)


READOUTS = {
    "avg-pool": lambda positions: positions.mean(axis=1, dtype=np.float64),
    "flatten": lambda positions: positions.reshape(len(positions), -1),
    "max": lambda positions: positions.max(axis=1),
    "cls": lambda positions: positions[:, 0],
    "last": lambda positions: positions[:, -1],
}
LAYOUTS = ("channels-first", "channels-last")


def classes_of(labels: Any, class_names: Sequence[str] | None) -> tuple[list[int], list[str]]:
    """Classes from 0 and their names; numbers and names in the order in which people count."""
    labels = np.asarray(labels.detach().cpu() if hasattr(labels, "detach") else labels)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.dtype.kind not in "iubUSO":
        raise ValueError(f"labels must be whole numbers or names with one axis, not {labels.dtype} with shape {labels.shape}")
    if class_names is not None and labels.dtype.kind in "iub":
        return labels.astype(np.int64).tolist(), [str(name) for name in class_names]
    known = sorted(set(labels.tolist()), key=_natural)
    if class_names is not None:
        known = list(class_names)
        unknown = set(labels.tolist()) - set(known)
        if unknown:
            raise ValueError(f"class_names lacks {sorted(map(str, unknown))}, which labels holds")
    place = {label: at for at, label in enumerate(known)}
    return [place[label] for label in labels.tolist()], [str(label) for label in known]


def _natural(label: Any) -> Any:
    if not isinstance(label, str):
        return label
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", label) if part]


def ensure_memory(n_points: int, n_features: Sequence[int]) -> None:
    """Refuses work that needs more memory than is left, where that is known."""
    needed, left = profile_memory(n_points, list(n_features)), memory_left()
    if left is not None and needed > left:
        raise MemoryError(
            f"{n_points} points of {len(n_features)} layers with {sum(n_features)} features in all need about "
            f"{needed / 2**30:.1f} GB of memory, and {left / 2**30:.1f} GB are left; ask for fewer points, fewer layers or "
            "another readout"
        )


def memory_left() -> int | None:
    """Bytes that can be used without swapping, within the limits of a control group; known on Linux."""
    try:
        line = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None
    left = int(line.split()[1]) * 1024
    try:
        limit, used = (int(Path(f"/sys/fs/cgroup/memory.{name}").read_text()) for name in ("max", "current"))
    except (OSError, ValueError):
        return left
    return min(left, max(limit - used, 0))
