"""A PyTorch module, measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from topolens._profile import Profile, profile_layers
from topolens.torch._activations import activations


def profile(
    model: torch.nn.Module,
    loader: Any,
    layers: str | Sequence[str] | None = None,
    *,
    labels: Any = None,
    class_names: Sequence[str] | None = None,
    readout: str = "avg-pool",
    layout: str = "auto",
    points: int = 1000,
    protocol: str = "both",
    scaling: str = "min-max",
    points_per_class: int = 250,
    n_half_samples: int = 8,
    seed: int = 0,
    epoch: int | None = None,
    device: torch.device | str | None = None,
    n_jobs: int | None = None,
    executor: Any = None,
    progress: bool | Callable[[int, int, str], object] = False,
) -> Profile:
    """Measures the layers of a PyTorch module, as ``topolens profile`` measures networks.

    Parameters
    ----------
    model, loader, layers, labels, class_names, readout, layout, device
        As for ``topolens.torch.activations``.
    points : int, default 1000
        Samples to measure; of these as many of each class.
    protocol, scaling, points_per_class, n_half_samples, n_jobs, executor, progress
        As for ``topolens.profile_layers``.
    seed : int, default 0
        Of everything random, also of a shuffling loader.
    epoch : int, optional
        Training epoch of the module, 0 if untrained.

    Returns
    -------
    Profile

    Raises
    ------
    TypeError, ValueError, MemoryError
        As ``topolens.torch.activations`` and ``topolens.profile_layers``.

    Examples
    --------
    >>> import torch, topolens.torch
    >>> _ = torch.manual_seed(0)
    >>> model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    >>> data = torch.utils.data.TensorDataset(torch.randn(60, 4), torch.arange(60) % 2)
    >>> found = topolens.torch.profile(model, torch.utils.data.DataLoader(data, batch_size=20), n_half_samples=0)
    >>> [row["n_features"] for row in found.curve("two-nn")]
    [8, 8, 2]
    """
    found = activations(
        model,
        loader,
        layers,
        labels=labels,
        class_names=class_names,
        readout=readout,
        layout=layout,
        points=points,
        seed=seed,
        device=device,
    )
    n_samples = len(found.layers[0][2])
    return Profile(
        profile_layers(
            found.layers,
            labels=found.labels,
            class_names=found.class_names,
            points=min(points, n_samples),
            protocol=protocol,
            scaling=scaling,
            points_per_class=points_per_class,
            n_half_samples=n_half_samples,
            seed=seed,
            epoch=epoch,
            network=f"{found.network}, readout {readout}",
            data=data_in_words(loader),
            n_jobs=n_jobs,
            executor=executor,
            progress=progress,
        )
    )


def data_in_words(loader: Any) -> str:
    return type(getattr(loader, "dataset", loader)).__name__
