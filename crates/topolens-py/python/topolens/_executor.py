"""One way to have tasks done: here, on the processes of a pool, or on a cluster."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = ["results"]

#: Tasks that may be under way at once, so that their results do not fill the memory.
_WAITING = 32


def results(executor: Any, task: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """The results of the tasks, in their order; no more are under way than may wait to be used.

    An executor has ``submit`` (Dask's ``Client``, those of ``concurrent.futures`` and of ``loky``), calls a list of delayed tasks
    (``joblib.Parallel``), or has ``map`` (pools of ``multiprocessing``, also Ray's). None does the tasks here, one after the other.
    """
    if executor is None:
        yield from (task(*words) for words in arguments)
    elif hasattr(executor, "submit"):
        remaining = iter(arguments)
        waiting = [executor.submit(task, *words) for words in itertools.islice(remaining, _WAITING)]
        while waiting:
            result = waiting.pop(0).result()
            waiting.extend(executor.submit(task, *words) for words in itertools.islice(remaining, 1))
            yield result
    elif hasattr(executor, "map"):
        yield from executor.map(_Spread(task), arguments)
    elif hasattr(executor, "n_jobs") and callable(executor):
        run: Any = executor
        yield from run((task, words, {}) for words in arguments)
    else:
        raise TypeError(
            "`executor` has neither submit nor map and is no joblib.Parallel; give a dask Client, an executor of concurrent.futures, or a pool"
        )


class _Spread:
    """A task that takes its arguments as one tuple, for executors that only map."""

    def __init__(self, task: Callable[..., Any]) -> None:
        self.task = task

    def __call__(self, words: tuple[Any, ...]) -> Any:
        return self.task(*words)
