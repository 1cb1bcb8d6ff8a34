"""Which layers the graph of a model calls, and which of them are measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import keras

from topolens._activations import ends_of_parts, select

# The name by which what the model returns is asked for.
OUTPUT = "output"
# Layers that end a block, and how many there are when only they count.
JOINS, MANY_BLOCKS = ("Add", "Concatenate"), 6
NONLINEARITIES = ("relu", "elu", "gelu", "silu", "swish", "tanh", "sigmoid", "mish", "softplus", "activation")


class Layer(NamedTuple):
    """What a layer gives in one of its calls: a symbolic tensor, whose first axis is that of samples."""

    name: str
    depth: float
    operation: Any
    tensor: Any

    def matches(self, pattern: str) -> bool:
        return fnmatchcase(self.name, pattern) or fnmatchcase(self.operation.name, pattern)

    @property
    def is_join(self) -> bool:
        return type(self.operation).__name__ in JOINS

    @property
    def is_nonlinearity(self) -> bool:
        """By its own kind, or as the function that a layer applies to what it computed."""
        applied = getattr(getattr(self.operation, "activation", None), "__name__", "linear")
        return applied != "linear" or any(word in type(self.operation).__name__.lower() for word in NONLINEARITIES)


def ensure_graph(model: Any) -> None:
    """Refuses what has no symbolic inputs and outputs."""
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a keras.Model, not {type(model).__name__}")
    if not (getattr(model, "inputs", None) and getattr(model, "outputs", None)):
        raise TypeError(
            "model is a Sequential that does not know its inputs; put a keras.Input first, or run it once"
            if isinstance(model, keras.Sequential)
            else f"model: {type(model).__name__} is a subclassed model, which has no symbolic graph to tap; give "
            "keras.Model(x, model.call(x)) with x = keras.Input(shape), or save activations and use topolens.profile"
        )


def tapped(model: Any) -> list[Layer]:
    """The calls of layers in the graph of the model, each behind those it needs; depth is the share of them that have ended."""
    ordered: dict[int, Any] = {}
    waiting = [(tensor, False) for tensor in reversed(model.outputs)]
    ends = {id(tensor) for tensor in model.inputs}
    seen: set[int] = set()
    while waiting:
        tensor, is_behind = waiting.pop()
        operation, place, _ = tensor._keras_history
        node = operation._inbound_nodes[place]
        if is_behind:
            ordered[id(node)] = node
        elif id(tensor) not in ends and id(node) not in seen and not node.is_input:
            seen.add(id(node))
            waiting += [(tensor, True), *((needed, False) for needed in reversed(node.input_tensors))]
    counts: Counter[int] = Counter()
    found = []
    for at, node in enumerate(ordered.values(), start=1):
        counts[id(node.operation)] += 1
        k = counts[id(node.operation)]
        name = node.operation.name if k == 1 else f"{node.operation.name}#{k}"
        found.append(Layer(name, at / len(ordered), node.operation, node.outputs[0]))
    return found


def choose(model: Any, patterns: str | Sequence[str] | None) -> list[Layer]:
    """The layers to measure, in the order in which they end."""
    every = tapped(model)
    usable = [layer for layer in every if "float" in layer.tensor.dtype and len(layer.tensor.shape) and 0 not in layer.tensor.shape]
    if not usable:
        raise TypeError("model: no layer gives a tensor of floating point numbers with a row for each sample")
    if patterns is None:
        return default_layers(usable)
    if OUTPUT in ([patterns] if isinstance(patterns, str) else patterns) and not any(layer.name == OUTPUT for layer in usable):
        whole = next(layer for layer in every if any(layer.tensor is tensor for tensor in model.outputs))
        usable = [*usable, Layer(OUTPUT, 1.0, whole.operation, model.outputs[0])]
    known = ", ".join(layer.name for layer in usable)
    return select(usable, patterns, default_layers, lambda pattern: ValueError(f"layers: {pattern!r} matches no layer; there are {known}"))


def default_layers(usable: Sequence[Layer]) -> list[Layer]:
    """The ends of nine equal parts of the hidden layers, then the output."""
    *before, output = usable
    hidden = [layer for layer in before if layer.is_join or layer.is_nonlinearity]
    if sum(layer.is_join for layer in hidden) >= MANY_BLOCKS:
        hidden = [layer for layer in hidden if layer.is_join or layer in (hidden[0], hidden[-1])]
    if len(hidden) < 3:
        hidden = list(before)
    return [*(hidden[end] for end in ends_of_parts(len(hidden))), output]
