"""From what a module returns to one row per sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

READOUTS = ("avg-pool", "flatten", "max", "cls", "last")
CONVOLUTIONS = (torch.nn.Conv2d, torch.nn.ConvTranspose2d, torch.nn.Conv3d, torch.nn.ConvTranspose3d)
LAYOUTS = ("auto", "channels-first", "channels-last")


def first_tensor(output: Any) -> torch.Tensor | None:
    """The tensor itself, or the first one in a tuple, list, dict or output of Hugging Face."""
    if isinstance(output, torch.Tensor):
        return output
    parts = output.values() if isinstance(output, Mapping) else output if isinstance(output, (tuple, list)) else ()
    return next((found for found in map(first_tensor, parts) if found is not None), None)


def ensure_known(readout: str, layout: str) -> None:
    for argument, value, known in [("readout", readout, READOUTS), ("layout", layout, LAYOUTS)]:
        if value not in known:
            raise ValueError(f"{argument} must be one of {', '.join(known)}, not {value!r}")


def is_channels_first(model: torch.nn.Module, module: torch.nn.Module, shape: tuple[int, ...], layout: str) -> bool:
    """By itself: first in images, unless their module says otherwise; last in tokens; first in sequences of one-dimensional convolutions."""
    if layout != "auto" or len(shape) < 3:
        return layout == "channels-first" and len(shape) > 2
    if len(shape) == 3:
        return any(isinstance(part, (torch.nn.Conv1d, torch.nn.ConvTranspose1d)) for part in model.modules())
    return not works_on_last_axis(module, shape[-1])


def works_on_last_axis(module: torch.nn.Module, width: int) -> bool:
    """Whether a module without convolutions has a linear layer or layer norm as wide as the last axis, as a block of Swin has."""
    parts = list(module.modules())
    if any(isinstance(part, (*CONVOLUTIONS, torch.nn.modules.batchnorm._BatchNorm, torch.nn.GroupNorm)) for part in parts):
        return False
    widths = [part.out_features for part in parts if isinstance(part, torch.nn.Linear)]
    widths += [part.normalized_shape[-1] for part in parts if isinstance(part, torch.nn.LayerNorm)]
    return width in widths


def n_features(shape: tuple[int, ...], readout: str, channels_first: bool) -> int:
    if len(shape) < 3:
        return shape[1] if len(shape) == 2 else 1
    if readout == "flatten":
        return int(torch.Size(shape[1:]).numel())
    return shape[1] if channels_first else shape[-1]


def rows_of(output: torch.Tensor, kept: torch.Tensor | None, readout: str, channels_first: bool) -> torch.Tensor:
    """A row of float32 on the CPU for each sample kept; means are taken in double precision where the device has it."""
    output = output.detach()
    if output.is_quantized:
        output = output.dequantize()
    if output.layout != torch.strided:
        output = output.to_dense()
    if output.is_complex():
        raise TypeError("layers: complex activations are not measured")
    if kept is not None:
        output = output[kept.to(output.device)]
    if output.ndim > 2:
        axis = 2 if channels_first else 1
        positions = output.flatten(2) if channels_first else output.reshape(len(output), -1, output.shape[-1])
        output = read_positions(positions, axis, readout)
    return output.reshape(len(output), -1).to("cpu", torch.float32)


def read_positions(positions: torch.Tensor, axis: int, readout: str) -> torch.Tensor:
    """One row per sample of samples, positions along `axis`, and channels along the other one."""
    if readout == "avg-pool":
        return positions.mean(dim=axis, dtype=torch.float32 if positions.device.type == "mps" else torch.float64)
    if readout == "max":
        return positions.amax(dim=axis)
    if readout == "flatten":
        return positions.movedim(axis, 1).flatten(1)
    return positions.select(axis, 0 if readout == "cls" else -1)
