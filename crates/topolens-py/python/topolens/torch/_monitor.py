"""Profiles at the ends of epochs."""

from __future__ import annotations

import importlib
import inspect
import os
from pathlib import Path
from typing import Any

import torch

from topolens._arrays import whole
from topolens._profile import Profile
from topolens._topolens import LayerProfiles
from topolens.torch._profile import profile


class Monitor:
    """Profiles a module as it is trained, and writes what it finds after every epoch measured.

    Parameters
    ----------
    loader, layers
        As for ``topolens.torch.profile``. Every epoch is measured on the same samples if the loader gives the same ones.
    every : int, default 1
        Epochs from one profile to the next.
    out : path, optional
        A folder for ``profile.csv``, ``profile.json`` and the like, which ``topolens show`` reads, and for TensorBoard's scalars if
        it is installed.
    **settings
        Others of ``topolens.torch.profile``.

    Raises
    ------
    TypeError
        If a setting is not one of ``topolens.torch.profile``.

    Attributes
    ----------
    profiles : list of Profile

    Examples
    --------
    >>> import torch, topolens.torch
    >>> _ = torch.manual_seed(0)
    >>> model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    >>> monitor = topolens.torch.Monitor(torch.randn(60, 4), every=2, n_half_samples=0)
    >>> for epoch in range(3):  # train the module, then
    ...     _ = monitor.epoch(model, epoch)
    >>> [row["epoch"] for row in monitor.profile().curve("two-nn")]
    [0, 0, 0, 2, 2, 2]
    """

    def __init__(
        self,
        loader: Any,
        every: int = 1,
        layers: Any = None,
        out: str | os.PathLike[str] | None = None,
        **settings: Any,
    ) -> None:
        if every < 1:
            raise ValueError(f"every must be 1 or more, not {every}")
        self._loader, self._every, self._settings = loader, every, {**settings, "layers": layers}
        inspect.signature(profile).bind(None, loader, epoch=0, **self._settings)
        self._out = None if out is None else Path(out)
        self._scalars = None if out is None else scalar_writer(out)
        self.profiles: list[Profile] = []

    def epoch(self, model: torch.nn.Module, epoch: int) -> Profile | None:
        """Measures the module if it is its turn; ``epoch`` counts epochs of training, 0 is before it.

        Where training begins again, at an epoch that was measured or before it, what was measured from there on is dropped.
        """
        if whole("epoch", epoch) % self._every:
            return None
        found = profile(model, self._loader, epoch=epoch, **self._settings)
        self.profiles = [*(earlier for earlier in self.profiles if earlier.rows[0]["epoch"] < epoch), found]
        if self._out is not None:
            self._joined().write_numbers(os.fspath(self._out))
        if self._scalars is not None:
            for tag, value in scalars(found):
                self._scalars.add_scalar(tag, value, epoch)
            self._scalars.flush()
        return found

    def profile(self) -> Profile:
        """All epochs as one profile, to draw, report or save."""
        if not self.profiles:
            raise ValueError("no epoch was measured; call epoch(model, epoch) first")
        return Profile(self._joined())

    def _joined(self) -> LayerProfiles:
        return LayerProfiles.joined([found._measured for found in self.profiles])

    def lightning_callback(self) -> Any:
        """A callback for ``Trainer(callbacks=[...])`` of Lightning."""
        base: Any = first_importable("lightning.pytorch", "pytorch_lightning").Callback
        monitor = self

        class TopolensCallback(base):
            def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
                if trainer.is_global_zero:
                    monitor.epoch(pl_module, trainer.current_epoch + 1)

        return TopolensCallback()

    def trainer_callback(self) -> Any:
        """A callback for ``Trainer(callbacks=[...])`` of Hugging Face transformers."""
        base: Any = first_importable("transformers").TrainerCallback
        monitor = self

        class TopolensCallback(base):
            def on_epoch_end(self, args: Any, state: Any, control: Any, model: Any = None, **others: Any) -> None:
                if state.is_world_process_zero:
                    monitor.epoch(model, round(state.epoch))

        return TopolensCallback()


def scalars(found: Profile) -> list[tuple[str, float]]:
    """Tags and values of the cloud of all classes and of the mean over classes."""
    named = []
    for row in found.rows:
        if row["value"] is not None and row["class"] in ("global", "local"):
            homology = "" if row["homology_dimension"] is None else f"-h{row['homology_dimension']}"
            named.append((f"{row['descriptor']}{homology}/{row['class']}/{row['layer']}", row["value"]))
    return named


def scalar_writer(folder: str | os.PathLike[str]) -> Any:
    """TensorBoard's writer, if it is installed."""
    try:
        return importlib.import_module("torch.utils.tensorboard").SummaryWriter(os.fspath(folder))
    except ImportError:
        return None


def first_importable(*names: str) -> Any:
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise ImportError(f"install {' or '.join(names)} for this callback")
