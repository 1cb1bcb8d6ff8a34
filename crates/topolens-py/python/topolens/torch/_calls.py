"""Which modules of a network are called, in which order, and which of them are measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import torch

from topolens._activations import ends_of_parts, select
from topolens.torch._readout import first_tensor

# The name by which the whole network is asked for.
OUTPUT = "output"
CONTAINERS = (torch.nn.Sequential, torch.nn.ModuleList, torch.nn.ModuleDict)
NONLINEARITIES = ("relu", "elu", "silu", "swish", "tanh", "sigmoid", "mish", "softplus", "activation")
# Blocks from which on only their ends count.
MANY_BLOCKS = 6
# Modules of a kind side by side from which on they are blocks.
ALIKE = 3


@dataclass(frozen=True)
class Call:
    """The k-th call of a module in a forward pass, counted from 1; `depth` is the share of leaf modules that have ended."""

    module: str
    k: int
    depth: float
    shape: tuple[int, ...] | None
    is_leaf: bool
    is_block: bool
    is_nonlinearity: bool

    @property
    def name(self) -> str:
        return self.module if self.k == 1 else f"{self.module}#{self.k}"

    def matches(self, pattern: str) -> bool:
        return any(fnmatchcase(name, pattern) for name in (self.name, self.module, f"{self.module}#{self.k}"))

    def is_usable(self, n_samples: int) -> bool:
        return self.shape is not None and self.shape[:1] == (n_samples,) and 0 not in self.shape


def named(model: torch.nn.Module) -> dict[str, torch.nn.Module]:
    """Every module by name; the whole network is `output`, unless one of its modules is called so."""
    modules = dict(model.named_modules())
    whole = modules.pop("")
    modules.setdefault(OUTPUT, whole)
    return modules


def scripted(model: torch.nn.Module) -> set[str]:
    """Scripted modules, which take no hooks, and those within them; the whole network is none of them."""
    names = {name for name, module in model.named_modules() if isinstance(module, torch.jit.ScriptModule)}
    return names - {""}


def run_hooked(
    model: torch.nn.Module, modules: dict[str, torch.nn.Module], run: Callable[[], Any], hear: Callable[[str, Any], None]
) -> None:
    """Tells `hear` the name and the output of every module as its call ends; no hook stays behind.

    Of the whole network it tells what `run` returns, so that it may be scripted.
    """
    handles = []
    try:
        for name, module in modules.items():
            if module is not model:
                handles.append(module.register_forward_hook(lambda _module, _given, output, name=name: hear(name, output)))
        output = run()
    finally:
        for handle in handles:
            handle.remove()
    if modules.get(OUTPUT) is model:
        hear(OUTPUT, output)


def trace(model: torch.nn.Module, run: Callable[[], Any]) -> list[Call]:
    """The calls of one forward pass in the order in which they end."""
    silent = scripted(model)
    modules = {name: module for name, module in named(model).items() if name not in silent}
    is_leaf = {name: not any(module.children()) for name, module in modules.items()}
    blocks = block_names(model)
    heard: list[tuple[str, tuple[int, ...] | None]] = []

    def hear(name: str, output: Any) -> None:
        tensor = first_tensor(output)
        heard.append((name, None if tensor is None else tuple(tensor.shape)))

    run_hooked(model, modules, run, hear)
    counts: Counter[str] = Counter()
    n_leaves, n_ended, calls = max(1, sum(is_leaf[name] for name, _ in heard)), 0, []
    for name, shape in heard:
        counts[name] += 1
        n_ended += is_leaf[name]
        depth = max(1, n_ended) / n_leaves
        kinds = (is_leaf[name], name in blocks, is_leaf[name] and is_nonlinearity(modules[name]))
        calls.append(Call(name, counts[name], depth, shape, *kinds))
    return calls


def block_names(model: torch.nn.Module) -> set[str]:
    """Modules with modules of their own, in a sequence or list of modules or three or more of a kind side by side; the outermost ones."""
    modules = dict(model.named_modules())
    blocks: set[str] = set()
    for name, module in modules.items():
        if name and any(module.children()) and not isinstance(module, CONTAINERS):
            parent = modules[name.rpartition(".")[0]]
            n_alike = sum(type(other) is type(module) for other in parent.children())
            if (isinstance(parent, CONTAINERS) or n_alike >= ALIKE) and not is_inside(name, blocks):
                blocks.add(name)
    return blocks


def is_inside(name: str, blocks: set[str]) -> bool:
    return any(name[:at] in blocks for at, letter in enumerate(name) if letter == ".")


def is_nonlinearity(module: torch.nn.Module) -> bool:
    kind = type(module).__name__.lower()
    return any(word in kind for word in NONLINEARITIES)


def choose(model: torch.nn.Module, calls: Sequence[Call], patterns: str | Sequence[str] | None, n_samples: int) -> list[Call]:
    """The calls to measure, in the order in which they end."""
    usable = [call for call in calls if call.is_usable(n_samples)]
    if patterns is None:
        return default_calls(model, usable)
    return select(
        usable, patterns, lambda usable: default_calls(model, usable), lambda pattern: unmatched(model, calls, pattern, n_samples)
    )


def default_calls(model: torch.nn.Module, usable: Sequence[Call]) -> list[Call]:
    """The ends of nine equal parts of the hidden layers, then the output.

    Hidden layers are the ends of blocks where there are many, with the first nonlinearity before them and the last behind them;
    else what comes after a nonlinearity; all leaf modules where there are fewer than three of these.
    """
    if isinstance(model, torch.jit.ScriptModule):
        # It takes no hooks.
        return [call for call in usable if call.name == OUTPUT]
    places = [call for call in usable if call.is_leaf or call.is_block]
    if not places:
        raise TypeError("layers: no module gives a tensor with one row per sample; name layers that do")
    *before, output = places
    hidden = [call for call in before if call.is_block or call.is_nonlinearity]
    if sum(call.is_block for call in hidden) >= MANY_BLOCKS:
        blocks = {call.module for call in hidden if call.is_block}
        hidden = [
            call for call in hidden if call.is_block or (call in (hidden[0], hidden[-1]) and not is_inside(call.module, blocks))
        ]
    if len(hidden) < 3:
        hidden = [call for call in before if call.is_leaf]
    return [*(hidden[end] for end in ends_of_parts(len(hidden))), output]


def unmatched(model: torch.nn.Module, calls: Sequence[Call], pattern: str, n_samples: int) -> Exception:
    """Why a pattern gives nothing to measure."""
    called = [call for call in calls if call.matches(pattern)]
    if called:
        given = "no tensor" if called[0].shape is None else f"a tensor of shape {called[0].shape}"
        return TypeError(f"layers: {called[0].name} gives {given}; a layer must give a row for each of the {n_samples} samples")
    if any(fnmatchcase(name, pattern) for name in scripted(model)):
        return TypeError(f"layers: {pattern!r} is a scripted module, which takes no hooks; give the module before torch.jit.script")
    if any(fnmatchcase(name, pattern) for name in named(model)):
        return ValueError(f"layers: {pattern!r} is a module, but the forward pass does not call it")
    known = ", ".join(call.name for call in calls)
    return ValueError(f"layers: {pattern!r} matches no module; those called are {known}")
