"""A PyTorch module, attacked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from topolens._arrays import whole
from topolens._attacks import Attacks
from topolens._profile import classes_of, measured_parts, teller
from topolens._threads import threads
from topolens._topolens import attack_network
from topolens.torch import _batches
from topolens.torch._activations import Collector, Samples, as_evaluated, device_of, in_words, unwrapped
from topolens.torch._calls import Call, choose, trace
from topolens.torch._profile import data_in_words
from topolens.torch._readout import ensure_known, first_tensor


def attack(
    model: torch.nn.Module,
    loader: Any,
    method: str | Sequence[str] = "fgsm",
    epsilon: float | Sequence[float] = (2 / 255, 4 / 255, 8 / 255),
    *,
    labels: Any = None,
    class_names: Sequence[str] | None = None,
    norm: str = "linf",
    target: int | str | None = None,
    steps: int | None = None,
    step_size: float | None = None,
    restarts: int = 0,
    mean: float | Sequence[float] = 0.0,
    std: float | Sequence[float] = 1.0,
    adversarial: Mapping[str, Any] | None = None,
    layers: str | Sequence[str] | None = None,
    readout: str = "avg-pool",
    layout: str = "auto",
    points: int = 500,
    scaling: str = "min-max",
    seed: int = 0,
    device: torch.device | str | None = None,
    n_jobs: int | None = None,
    executor: Any = None,
    progress: bool | Callable[[int, int, str], object] = False,
) -> Attacks:
    """Attacks a PyTorch classifier and measures what that does to the clouds of its layers, as ``topolens attack`` does.

    The module is run as it is, in evaluation mode, with gradients in its images only; modes, hooks and requirements of gradients are
    afterwards as they were. What an attack claims is checked: examples outside of ball or pixel range count as the clean images.
    Noise of the same sizes is measured beside every attack.

    Parameters
    ----------
    model : torch.nn.Module
        Takes images of shape (n, channels, height, width), gives logits of shape (n, classes).
    loader : DataLoader, iterable of (images, labels), or Tensor with ``labels``
        Images in pixels from 0 to 1, **before** normalization: give ``mean`` and ``std`` instead, so that ``epsilon`` is in pixels.
    method : str or sequence of str, default "fgsm"
        fgsm, pgd, mi-fgsm, deepfool, cw, jsma, apgd-ce, apgd-dlr, square, ... (``topolens attack --list``); an empty one for images
        that were attacked elsewhere alone.
    epsilon : float or sequence of float
        Radii of the ball, in units of the pixel range.
    labels, class_names, layers, readout, layout, device
        As for ``topolens.torch.activations``.
    norm : {"linf", "l2", "l1", "l0"}
        How perturbations are measured.
    target : int or str, optional
        The class that images shall be taken for, by number or name; by default any wrong one will do.
    steps, step_size, restarts
        Of the attack; by default as published, such as 40 steps of epsilon / 30 for pgd (``topolens attack --list``). ``step_size`` is a
        share of epsilon: fewer steps want larger ones, or they do not reach the edge of the ball.
    mean, std : float or sequence of one per channel
        The module is given (pixels - mean) / std.
    adversarial : mapping of str to array_like of shape (n_samples, channels, height, width), optional
        Versions of the same images, in their order, that another program attacked, in pixels from 0 to 1. Give the images as a tensor
        with ``points`` of at least its length and without ``class_names``, so that all are taken. A name that an attack has gets "(given)".
    points : int, default 500
        Images to take: the first ones; as many of each class where the number of classes is known by name.
    scaling : {"min-max", "robust", "none"}
        Of the features before homology.
    seed : int, default 0
        Of everything random.
    n_jobs : int, optional
        Threads of the measurement, of each task with an ``executor``; -1 for all processors.
    executor : optional
        What measures the layers under each attack, a task each, as for ``topolens.profile_layers``: the same numbers to the bit. The module
        is run and attacked here, and what lies between attacked and clean clouds is measured here.
    progress : bool or function of (n_done, n_attacks, attack), default False
        Called after each attack at each strength, the clean images first; True writes a line to standard error.

    Returns
    -------
    Attacks

    Raises
    ------
    TypeError
        If a batch has no images and whole numbers as classes, or the module gives no logits.
    ValueError
        If pixels are not from 0 to 1, fewer than twenty images can be attacked, or a setting is out of its range.

    Examples
    --------
    >>> import torch, topolens.torch
    >>> _ = torch.manual_seed(0)
    >>> images = torch.rand(60, 1, 4, 4)
    >>> labels = (images.mean(dim=(1, 2, 3)) > 0.5).long()
    >>> model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 2))
    >>> with torch.no_grad():
    ...     _ = model[1].weight.copy_(torch.tensor([[-1.0], [1.0]]).expand(2, 16))
    ...     _ = model[1].bias.copy_(torch.tensor([8.0, -8.0]))
    >>> found = topolens.torch.attack(model, images, labels=labels, epsilon=[0.01, 0.2], points=60)
    >>> [(point["method"], point["epsilon"], round(point["accuracy"], 2)) for point in found.curve[:3]]
    [('clean', 0.0, 1.0), ('fgsm', 0.01, 0.88), ('fgsm', 0.2, 0.0)]
    >>> found.examples("fgsm").images.shape
    (60, 1, 4, 4)
    """
    ensure_known(readout, layout)
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, not {type(model).__name__}")
    tell = teller(progress, "attack")
    points, seed = whole("points", points, 1), whole("seed", seed)
    words, name = in_words(model), data_in_words(loader)
    model = unwrapped(model)
    device = device_of(model) if device is None else torch.device(device)
    images, classes, names = _images(loader, labels, class_names, points)
    if not isinstance(adversarial, (Mapping, type(None))):
        raise TypeError(f"adversarial must be a mapping of names to images, not {type(adversarial).__name__}")
    others = [(key, _pixels(f"adversarial[{key!r}]", found, images.shape)) for key, found in (adversarial or {}).items()]
    mean, std = (_per_channel(argument, given, images.shape[-1]) for argument, given in [("mean", mean), ("std", std)])
    with as_evaluated(model, seed), _no_weight_gradients(model), threads(n_jobs):
        network = _Network(model, images[:2], (mean, std), layers, readout, layout, device)
        n_classes = network.logits(images[:1])[0].shape[1]
        if class_names is not None and len(class_names) != n_classes:
            raise ValueError(f"class_names has {len(class_names)} names, but the model has {n_classes} classes")
        cells = attack_network(
            network,
            images,
            classes,
            layers=[(call.name, call.depth) for call in network.calls],
            input_shape=tuple(images.shape[1:]),
            class_names=_names(names, classes, n_classes),
            mean=mean,
            std=std,
            method=[method] if isinstance(method, str) else list(method),
            epsilon=_strengths(epsilon),
            norm=str(norm),
            target=_class(target, names, n_classes),
            steps=steps,
            step_size=step_size,
            restarts=restarts,
            given=others,
            scaling=scaling,
            seed=seed,
            name=f"{words}, readout {readout}",
            data=name,
            measure=None if executor is None else lambda parts: list(measured_parts(parts, n_jobs, executor)),
            progress=tell,
        )
    return Attacks(cells)


class _Network:
    """A module as attacks see it: arrays of N × height × width × channels in, rows and logits out."""

    def __init__(
        self,
        model: torch.nn.Module,
        images: NDArray[np.float32],
        normalization: tuple[list[float], list[float]],
        layers: str | Sequence[str] | None,
        readout: str,
        layout: str,
        device: torch.device | None,
    ) -> None:
        self.model, self.device, self.readout, self.layout = model, device, readout, layout
        mean, std = (np.asarray(part, dtype=np.float32) for part in normalization)
        given = self._to_device((images - mean) / std)
        _logits(model(given), len(images))
        calls = trace(model, lambda: model(given))
        self.calls: list[Call] = choose(model, calls, layers, len(images))

    def forward(self, images: NDArray[np.float32], taps: list[int]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """Logits, and the rows of the layers with the numbers `taps`."""
        batch = _batches.Batch((self._to_device(images),), {}, len(images), None)
        found: list[Any] = []

        def run(batch: _batches.Batch) -> Any:
            found.append(self.model(*batch.arguments))
            return found[-1]

        with torch.no_grad():
            if taps:
                calls = [self.calls[tap] for tap in taps]
                collector = Collector(self.model, calls, len(images), self.readout, self.layout)
                collector.collect(batch, list(range(len(images))), run)
                return _logits(found[-1], len(images))[1], [rows for _, _, rows in collector.layers()]
            return _logits(run(batch), len(images))[1], []

    def logits(self, images: NDArray[np.float32]) -> tuple[NDArray[np.float32], Any]:
        """Logits, and what `gradient` needs to go back."""
        with torch.enable_grad():
            given = self._to_device(images).requires_grad_()
            output, values = _logits(self.model(given), len(images))
        return values, (given, output)

    def gradient(self, token: tuple[torch.Tensor, torch.Tensor], cotangent: NDArray[np.float32]) -> NDArray[np.float32]:
        """The gradient in the images of the sum of logits times `cotangent`."""
        given, output = token
        if not output.requires_grad:
            raise TypeError("model: its output has no gradient in the images; take method square or noise")
        slope = torch.from_numpy(cotangent).to(output.device, output.dtype)
        (found,) = torch.autograd.grad(output, given, slope)
        values: NDArray[np.float32] = np.ascontiguousarray(found.movedim(1, -1).to("cpu", torch.float32).numpy())
        return values

    def _to_device(self, images: NDArray[np.float32]) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(np.moveaxis(images, -1, 1), dtype=np.float32)).to(self.device)


def _logits(output: Any, n_images: int) -> tuple[torch.Tensor, NDArray[np.float32]]:
    tensor = first_tensor(output)
    if tensor is None or tensor.ndim != 2 or len(tensor) != n_images or tensor.shape[1] < 2:
        given = "no tensor" if tensor is None else f"a tensor of shape {tuple(tensor.shape)} for {n_images} images"
        raise TypeError(f"model gives {given}; attacks need logits of shape (n, classes)")
    return tensor, np.ascontiguousarray(tensor.detach().to("cpu", torch.float32).numpy())


class _no_weight_gradients:
    """Weights need no gradients within; afterwards those do that did before."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]

    def __enter__(self) -> None:
        for weight in self.weights:
            weight.requires_grad_(False)

    def __exit__(self, *failure: object) -> None:
        for weight in self.weights:
            weight.requires_grad_(True)


def _images(
    loader: Any, labels: Any, class_names: Sequence[str] | None, points: int
) -> tuple[NDArray[np.float32], list[int], list[str] | None]:
    """Images of N × height × width × channels, their classes, and the names of classes if they are known."""
    names = getattr(getattr(loader, "dataset", None), "classes", None) if class_names is None and labels is None else class_names
    samples, parts = Samples(points, labels, None if names is None else len(names)), []
    for batch in _batches.batches(loader):
        if len(batch.arguments) != 1 or batch.keywords or not isinstance(batch.arguments[0], torch.Tensor):
            raise TypeError("loader: a batch must be images, or images and classes")
        kept = samples.keep(batch)
        parts.append(batch.arguments[0][kept].detach().cpu())
        if samples.is_full():
            break
    found = samples.classes()
    if not parts or found is None:
        raise TypeError("loader gives no classes; give labels" if parts else "loader gives no batch")
    images = _pixels("loader", torch.cat(parts), None)
    if names is None and all(isinstance(label, int) for label in found):
        return images, found, None
    classes, known = classes_of(found, names)
    return images, classes, known


def _pixels(argument: str, given: Any, like: tuple[int, ...] | None) -> NDArray[np.float32]:
    images = torch.as_tensor(given).detach().to("cpu", torch.float32)
    if images.ndim != 4:
        raise ValueError(f"{argument}: images have shape {tuple(images.shape)}; give (n, channels, height, width)")
    if not bool(((images >= 0) & (images <= 1)).all()):
        low, high = float(images.min()), float(images.max())
        raise ValueError(
            f"{argument}: pixels are from {low:.3g} to {high:.3g}; give them from 0 to 1, before normalization, and mean and std of the module"
        )
    values: NDArray[np.float32] = np.ascontiguousarray(images.movedim(1, -1).numpy())
    if like is not None and values.shape != tuple(like):
        n, height, width, channels = like
        raise ValueError(f"{argument} has shape {tuple(images.shape)}; give a version of each image taken, {(n, channels, height, width)}")
    return values


def _per_channel(argument: str, given: Any, n_channels: int) -> list[float]:
    values: list[float] = np.atleast_1d(np.asarray(given, dtype=float)).tolist()
    if argument == "std" and not all(value > 0 for value in values):
        raise ValueError(f"std is {given}; give positive numbers")
    if len(values) not in (1, n_channels):
        raise ValueError(f"{argument} has {len(values)} numbers; give one, or one for each of {n_channels} channels")
    return values * n_channels if len(values) == 1 else values


def _names(names: Sequence[str] | None, classes: Sequence[int], n_classes: int) -> list[str]:
    largest = max(classes)
    if largest >= n_classes:
        raise ValueError(f"labels holds {largest}, but the model has {n_classes} classes")
    known = [str(name) for name in names or []]
    return known + [str(label) for label in range(len(known), n_classes)]


def _strengths(epsilon: float | Sequence[float]) -> list[float]:
    try:
        sizes = sorted({float(size) for size in np.atleast_1d(np.asarray(epsilon, dtype=float))})
    except (TypeError, ValueError):
        raise TypeError(f"epsilon must be a number, or several, not {epsilon!r}") from None
    if not sizes:
        raise ValueError("epsilon names no strength; give a number, or several")
    return sizes


def _class(target: int | str | None, names: Sequence[str] | None, n_classes: int) -> int | None:
    if isinstance(target, str):
        if names is None or target not in names:
            raise ValueError(f"target: there is no class {target!r}; give its number" if names is None else f"target {target!r} is none of {list(names)}")
        return list(names).index(target)
    if target is not None and not 0 <= target < n_classes:
        raise ValueError(f"target is {target}; give 0 to {n_classes - 1}")
    return target


