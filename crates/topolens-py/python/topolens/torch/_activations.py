"""Rows of the layers of a module, read out batch by batch."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from topolens._activations import Activations
from topolens._arrays import whole
from topolens._profile import classes_of, ensure_memory
from topolens.torch import _batches
from topolens.torch._calls import Call, choose, named, run_hooked, trace
from topolens.torch._readout import ensure_known, first_tensor, is_channels_first, n_features, rows_of

PARALLEL = (torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel)


def activations(
    model: torch.nn.Module,
    loader: Any,
    layers: str | Sequence[str] | None = None,
    *,
    labels: Any = None,
    class_names: Sequence[str] | None = None,
    readout: str = "avg-pool",
    layout: str = "auto",
    points: int = 1000,
    seed: int = 0,
    device: torch.device | str | None = None,
) -> Activations:
    """One row per sample of the layers of a module.

    The module is run as it is, in evaluation mode and without gradients; modes, hooks and the random numbers of PyTorch are
    afterwards as they were, also when it raises. Only rows are kept, not activations.

    Parameters
    ----------
    model : torch.nn.Module
        ``DataParallel`` is run on one device. Scripted modules take no hooks: of a module that is scripted as a
        whole only its output can be read.
    loader : iterable of batches, or Tensor
        A ``DataLoader`` or anything that gives tensors, tuples whose last part is the target, or dictionaries of keyword arguments
        whose classes are under ``labels``, ``label``, ``targets``, ``target`` or ``y``.
    layers : str or sequence of str, optional
        Names or glob patterns of modules, such as ``"layer*.?"``; ``"output"`` is what the module returns; ``"!name"`` leaves
        layers out, of those that other patterns choose or else of the default ones. A module that is called again is a layer for each
        call: ``relu``, ``relu#2``; the name alone stands for all. By default the ends of nine equal parts of the hidden layers and the last module: blocks (modules in a sequence, or three of a kind side by side) where there are six
        or more, with the first nonlinearity before and the last behind them; else modules after a nonlinearity; all where there are fewer than three.
    labels : array_like or False, optional
        The class of each sample in the order of the loader; by default from the batches, where targets are whole numbers. False
        for none.
    class_names : sequence of str, optional
        Names of the classes 0, 1, ...; by default ``loader.dataset.classes``, or the labels themselves.
    readout : {"avg-pool", "flatten", "max", "cls", "last"}
        How an output with positions (pixels, tokens) becomes a row: mean over positions, all values, largest over positions, the
        first or the last position. Of several outputs the first tensor is read.
    layout : {"auto", "channels-first", "channels-last"}
        Where channels are: by default first in images, but last where a module without convolutions works on the last axis, as in
        Swin; last in tokens; first in sequences if the network has ``Conv1d``.
    points : int, default 1000
        Samples to keep: the first ones; as many of each class where the number of classes is known by name.
    seed : int, default 0
        Of a shuffling loader.
    device : torch.device or str, optional
        Where inputs go; by default where the parameters of the module are.

    Returns
    -------
    Activations

    Raises
    ------
    TypeError
        If a layer gives no row for each sample, or is inside a scripted module.
    ValueError
        If a pattern matches no module, a layer has no rows for some batch, or a setting is out of its range.
    MemoryError
        If measuring takes more memory than is left.

    Examples
    --------
    >>> import torch, topolens.torch
    >>> model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(16, 2))
    >>> found = topolens.torch.activations(model, torch.ones(8, 1, 4, 4), layers=["0", "3"])
    >>> [(name, rows.shape) for name, depth, rows in found.layers]
    [('0', (8, 4)), ('3', (8, 2))]
    """
    ensure_known(readout, layout)
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, not {type(model).__name__}")
    points, seed = whole("points", points, 1), whole("seed", seed)
    network = in_words(model)
    model = unwrapped(model)
    device = device_of(model) if device is None else torch.device(device)
    of_data = getattr(getattr(loader, "dataset", None), "classes", None) if labels is None else None
    names = of_data if class_names is None else class_names
    samples = Samples(points, labels, None if names is None else len(names))
    with as_evaluated(model, seed):
        given = _batches.batches(loader)
        first = next(given, None)
        if first is None:
            raise ValueError("loader gives no batch")

        def run(batch: _batches.Batch) -> Any:
            return forward(model, batch, device)

        calls = choose(model, trace(model, lambda: run(first)), layers, first.n_samples)
        collector = Collector(model, calls, samples.capacity, readout, layout)
        for batch in itertools.chain([first], given):
            kept = samples.keep(batch)
            if len(kept):
                collector.collect(batch, kept, run)
            if samples.is_full():
                break
    found = samples.classes()
    classes, class_names = (None, None) if found is None else classes_of(found, names)
    return Activations(collector.layers(), classes, class_names, network)


class Samples:
    """Which samples of each batch are kept."""

    def __init__(self, points: int, labels: Any, n_classes: int | None) -> None:
        self.labels = None if labels is None or labels is False else np.asarray(labels)
        if self.labels is not None and self.labels.ndim == 2 and self.labels.shape[1] == 1:
            self.labels = self.labels[:, 0]
        if self.labels is not None and self.labels.ndim != 1:
            raise ValueError(f"labels has shape {self.labels.shape}; give one class for each sample, not one column for each class")
        self.reads_batches = labels is None
        self.capacity = points
        self.quota: int | None = None
        if n_classes is not None and labels is not False:
            self.quota = -(-points // max(n_classes, 1))
            self.capacity = self.quota * n_classes
        self.counts: Counter[Any] = Counter()
        self.seen = self.n_kept = 0
        self.kept_classes: list[Any] = []

    def keep(self, batch: _batches.Batch) -> list[int]:
        """Places in the batch."""
        classes = self.classes_in(batch)
        self.seen += batch.n_samples
        if classes is None:
            self.quota, kept = None, list(range(min(batch.n_samples, self.capacity - self.n_kept)))
        else:
            kept = [at for at, label in enumerate(classes.tolist()) if self.is_wanted(label)]
            self.kept_classes += [classes[at].item() for at in kept]
        self.n_kept += len(kept)
        return kept

    def classes_in(self, batch: _batches.Batch) -> np.ndarray | None:
        if self.labels is None:
            return batch.classes if self.reads_batches else None
        found = self.labels[self.seen : self.seen + batch.n_samples]
        if len(found) < batch.n_samples:
            raise ValueError(f"labels has {len(self.labels)} classes, but the loader gives more samples")
        return found

    def is_wanted(self, label: Any) -> bool:
        wanted = self.counts.total() < self.capacity and (self.quota is None or self.counts[label] < self.quota)
        self.counts[label] += wanted
        return wanted

    def is_full(self) -> bool:
        return self.n_kept >= self.capacity

    def classes(self) -> list[Any] | None:
        if self.kept_classes and len(self.kept_classes) < self.n_kept:
            raise ValueError("loader: some batches have classes and some have none; give labels, or labels=False")
        if self.labels is not None and not self.is_full() and self.seen < len(self.labels):
            raise ValueError(f"labels has {len(self.labels)} classes, but the loader gives {self.seen} samples")
        return self.kept_classes or None


class Collector:
    """The rows of the chosen calls, in arrays that are as large as they can become."""

    def __init__(self, model: torch.nn.Module, calls: Sequence[Call], capacity: int, readout: str, layout: str) -> None:
        self.model, self.calls, self.readout = model, list(calls), readout
        modules = named(model)
        self.modules = {call.module: modules[call.module] for call in calls}
        self.channels_first = [is_channels_first(model, modules[call.module], call.shape or (), layout) for call in calls]
        widths = [n_features(call.shape or (), readout, first) for call, first in zip(calls, self.channels_first, strict=True)]
        ensure_memory(capacity, widths)
        self.rows = [np.empty((capacity, width), dtype=np.float32) for width in widths]
        self.n_rows = 0

    def collect(self, batch: _batches.Batch, kept: list[int], run: Callable[[_batches.Batch], Any]) -> None:
        places = {(call.module, call.k): at for at, call in enumerate(self.calls)}
        index = None if len(kept) == batch.n_samples else torch.tensor(kept)
        counts: Counter[str] = Counter()
        end = self.n_rows + len(kept)

        def hear(name: str, output: Any) -> None:
            counts[name] += 1
            at = places.pop((name, counts[name]), None)
            if at is not None:
                self.rows[at][self.n_rows : end] = self.read(at, output, index, batch.n_samples)

        run_hooked(self.model, self.modules, lambda: run(batch), hear)
        if places:
            missed = ", ".join(self.calls[at].name for at in places.values())
            raise ValueError(f"layers: {missed} was called for the first batch, but not for every batch")
        self.n_rows = end

    def read(self, at: int, output: Any, kept: torch.Tensor | None, n_samples: int) -> np.ndarray:
        tensor, name = first_tensor(output), self.calls[at].name
        if tensor is None or tensor.ndim == 0 or len(tensor) != n_samples:
            raise TypeError(f"layers: {name} gave no row for each of the {n_samples} samples of a batch")
        rows: np.ndarray = rows_of(tensor, kept, self.readout, self.channels_first[at]).numpy()
        if rows.shape[1] != self.rows[at].shape[1]:
            raise ValueError(
                f"layers: {name} gives {self.rows[at].shape[1]} features in one batch and {rows.shape[1]} in another; choose another readout"
            )
        return rows

    def layers(self) -> list[tuple[str, float, np.ndarray]]:
        return [(call.name, call.depth, rows[: self.n_rows]) for call, rows in zip(self.calls, self.rows, strict=True)]


@contextmanager
def as_evaluated(model: torch.nn.Module, seed: int) -> Iterator[None]:
    """Evaluation mode without gradients; modes and PyTorch's random numbers are afterwards as they were."""
    modes = [(module, module.training) for module in model.modules()]
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else []
    with torch.random.fork_rng(devices), torch.no_grad():
        torch.default_generator.manual_seed(seed)
        try:
            model.eval()
            yield
        finally:
            for module, mode in modes:
                module.training = mode


def forward(model: torch.nn.Module, batch: _batches.Batch, device: torch.device | None) -> Any:
    arguments, keywords = batch.arguments, batch.keywords
    if device is not None:
        arguments, keywords = _batches.to_device(arguments, device), _batches.to_device(keywords, device)
    return model(*arguments, **keywords)


def unwrapped(model: torch.nn.Module) -> torch.nn.Module:
    """The module within parallel and compiled ones, whose hooks would hear parts of batches, or nothing."""
    while isinstance(model, PARALLEL) or hasattr(model, "_orig_mod"):
        inner: Any = model.module if isinstance(model, PARALLEL) else model._orig_mod
        model = inner
    return model


def device_of(model: torch.nn.Module) -> torch.device | None:
    return next((tensor.device for tensor in itertools.chain(model.parameters(), model.buffers())), None)


def in_words(model: torch.nn.Module) -> str:
    n_parameters = sum(parameter.numel() for parameter in model.parameters())
    return f"{type(unwrapped(model)).__name__} of PyTorch, {n_parameters:,} parameters"
