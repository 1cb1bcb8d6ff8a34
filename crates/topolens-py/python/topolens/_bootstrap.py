"""Bootstrap intervals of what Python computes, here or on any executor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, SupportsFloat

from numpy.typing import ArrayLike, NDArray

from topolens._executor import results
from topolens._topolens import BootstrapInterval, BootstrapPlan

__all__ = ["bootstrap_interval"]

#: Parts that evaluations are dealt into for an executor: enough for its workers, and each carries the data.
_N_PARTS = 32


def bootstrap_interval(
    data: ArrayLike,
    statistic: Callable[[NDArray[Any]], SupportsFloat],
    *,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
    random_state: int = 0,
    executor: Any = None,
) -> BootstrapInterval:
    """The bootstrap interval of a statistic, corrected for bias and acceleration (BCa).

    With Phi the normal distribution, ``z0 = Phi^-1`` of the share of resamples below the value (equal ones counting half) and
    ``a = sum d_i^3 / (6 (sum d_i^2)^(3/2))`` of the jackknife's ``d_i = mean theta - theta_(i)``, the ends are the quantiles
    ``Phi(z0 + (z0 + z) / (1 - a (z0 + z)))`` of the resamples, z being the normal quantiles of the level.

    Not for distances and spanning trees, which see the duplicates of a resample.

    Parameters
    ----------
    data : array_like of shape (n_points, ...)
        The points along the first axis, of any type; resamples are drawn from its rows with replacement. Put paired numbers into columns.
    statistic : callable
        Given an array of the shape of data, or of one point less, returns a number, or what ``float()`` makes one of; NaN where it has none. It is
        called ``n_resamples + n_points + 1`` times: of all points, without each point in turn, of the resamples; without an executor in this thread.
    n_resamples : int, default 2000
    confidence_level : float, default 0.95
        The probability that the interval covers.
    random_state : int, default 0
        Seed of the resamples.
    executor : optional
        What calls the statistic, in up to 32 tasks: anything with ``submit`` (a ``dask.distributed.Client``, an executor of
        ``concurrent.futures``) or with ``map``, or a ``joblib.Parallel``. The numbers are the same to the bit if those of the statistic are.

    Returns
    -------
    BootstrapInterval
        With ``value``, ``lower`` and ``upper``. Resamples on which the statistic is NaN or infinite are left out and counted in
        ``n_undefined``.

    Raises
    ------
    TypeError
        If data has no axis, statistic is not callable or returns no number; if `executor` cannot run tasks.
    ValueError
        If there are fewer than 3 points, ``n_resamples`` is below 2, ``confidence_level`` is not between 0 and 1, or statistic is not finite on all
        points, without one of them, or on more than half of the resamples.
    Exception
        What statistic raises.

    References
    ----------
    B. Efron (1987). Better bootstrap confidence intervals. Journal of the American Statistical Association 82, 171-185.

    Examples
    --------
    >>> import numpy as np
    >>> from topolens.statistics import bootstrap_interval, spearman
    >>> x = np.random.default_rng(0).exponential(size=40)
    >>> found = bootstrap_interval(x, np.median)
    >>> found.lower < np.median(x) == float(found) < found.upper
    True
    >>> pairs = np.column_stack([x, x + np.random.default_rng(1).normal(size=40)])
    >>> found = bootstrap_interval(pairs, lambda rows: spearman(rows[:, 0], rows[:, 1]), n_resamples=500)
    >>> 0 < found.lower < found.value < found.upper < 1
    True
    """
    plan = BootstrapPlan(data, n_resamples, confidence_level, random_state)
    n_parts = 1 if executor is None else min(_N_PARTS, plan.n_evaluations)
    ends = [plan.n_evaluations * part // n_parts for part in range(n_parts + 1)]
    parts = ((plan, data, statistic, first, last) for first, last in zip(ends, ends[1:], strict=False))
    return plan.interval([value for part in results(executor, BootstrapPlan.values, parts) for value in part])
