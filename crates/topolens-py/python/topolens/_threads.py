"""How many threads calls take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from topolens._topolens import set_threads

__all__ = ["threads"]


@contextmanager
def threads(n_jobs: int | None) -> Iterator[None]:
    """Within it, calls of this Python thread take at most so many threads; their numbers are the same, to the bit.

    Parameters
    ----------
    n_jobs : int or None
        Threads; -1 is one for each processor, -2 for each but one, and so on; None changes nothing.

    Returns
    -------
    context manager

    Raises
    ------
    TypeError, ValueError
        If `n_jobs` is not a whole number, or is 0.

    Examples
    --------
    >>> import numpy as np, topolens
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> with topolens.threads(1):
    ...     alone = topolens.intrinsic_dimension(X)
    >>> alone.value == topolens.intrinsic_dimension(X).value
    True
    """
    if n_jobs is None:
        yield
        return
    before = set_threads(_count(n_jobs))
    try:
        yield
    finally:
        set_threads(before)


def _count(n_jobs: int) -> int:
    if not isinstance(n_jobs, int) or isinstance(n_jobs, bool):
        raise TypeError(f"`n_jobs` must be a whole number or None, not {n_jobs!r}")
    if n_jobs == 0:
        raise ValueError("`n_jobs` is 0; give 1 or more, or -1 for all processors")
    return n_jobs if n_jobs > 0 else max(1, (os.cpu_count() or 1) + 1 + n_jobs)
