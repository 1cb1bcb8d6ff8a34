"""A sweep of many networks, a shard of it as a task."""

from __future__ import annotations

import os
import subprocess
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from topolens._executor import results

__all__ = ["generalize", "sweep"]

#: Exit codes: the input was at fault, or a network failed; interrupted. Neither is tried again.
_AT_FAULT, _INTERRUPTED = 2, 130
#: Seconds until a shard is tried again, in which what a killed program left behind ends.
_PAUSE = 1.0
#: Characters of the program's messages that an error shows.
_SHOWN = 2000
_OWN = ("--shard", "--out", "--dry-run")


def sweep(
    sweep: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    executor: Any = None,
    n_shards: int | None = None,
    arguments: Sequence[str] = (),
    program: str = "topolens",
    retries: int = 2,
) -> Path:
    """Runs ``topolens sweep``, which trains and profiles many networks, with its shards as tasks on any executor.

    Each task is ``topolens sweep SWEEP --out OUT --shard i/n``, a process of its own where the executor puts it. In the end the command
    without ``--shard`` is run here; it gathers the tables, and does what is missing. Work that is done is not done again: the same
    call goes on where it was stopped, to the same tables.

    Parameters
    ----------
    sweep : str or path
        The file of a sweep, or the name of a ready-made one.
    out : path
        Folder of the sweep, on a file system that all workers share.
    executor : optional
        As for :func:`spanning_tree`. In worker processes say how many cores a shard takes, as by ``arguments=("--jobs", "1", "--threads", "1")``.
        At most 32 shards are under way at once.
    n_shards : int, optional
        By default the number of workers, or 1 without an executor.
    arguments : sequence of str
        Other flags of ``topolens sweep``.
    program : str
        The program, or its path.
    retries : int
        How often a shard that was killed, or ended by a defect, is tried again.

    Returns
    -------
    Path
        ``networks.csv`` in `out`, with ``profiles.csv`` and ``report.html`` beside it.

    Raises
    ------
    ValueError
        If an argument or the sweep is at fault, with the program's message; or if networks failed: the tables of the others are written.
    RuntimeError
        If a shard fails as often as it may, or is interrupted, with what the program said.
    FileNotFoundError
        If there is no such program.

    Warns
    -----
    RuntimeWarning
        If every shard was refused where it ran, as by workers that do not see the file of the sweep, and all was done here.

    Examples
    --------
    >>> from topolens import distributed
    >>> distributed.sweep("sweep.toml", "runs/steps", executor=client)  # doctest: +SKIP
    PosixPath('runs/steps/networks.csv')
    >>> distributed.sweep("sweep.toml", "runs/steps", arguments=["--shard", "1/2"])
    Traceback (most recent call last):
    ValueError: `arguments` holds --shard, which the call says itself
    """
    own = next((flag for flag in _OWN if any(word.split("=")[0] == flag for word in arguments)), None)
    if own:
        raise ValueError(f"`arguments` holds {own}, which the call says itself")
    if retries < 0:
        raise ValueError(f"`retries` is {retries}; give 0 or more")
    n_shards = _n_workers(executor) if n_shards is None else n_shards
    if n_shards < 1:
        raise ValueError(f"`n_shards` is {n_shards}; give 1 or more")
    out = Path(out)
    # Workers may have other working directories. What is no file is the name of a ready-made sweep.
    named = os.fspath(Path(sweep).resolve()) if Path(sweep).exists() else os.fspath(sweep)
    command = [program, "sweep", named, "--out", os.fspath(out.resolve()), *arguments]
    refused: list[str] = []
    if executor is not None or n_shards > 1:
        shards = (([*command, "--shard", f"{at}/{n_shards}"], retries) for at in range(1, n_shards + 1))
        refused = [told for told in results(executor, _run, shards) if told]
    refusal = _run(command, retries)
    if refusal:
        raise ValueError("\n".join(dict.fromkeys([*refused, refusal])))
    if len(refused) == n_shards:
        warnings.warn(f"every shard was refused, and the work was done here: {refused[0]}", RuntimeWarning, stacklevel=2)
    return out / "networks.csv"


def generalize(
    study: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    executor: Any = None,
    n_shards: int | None = None,
    arguments: Sequence[str] = (),
    allow_test_data: bool = False,
    program: str = "topolens",
    retries: int = 2,
) -> Path:
    """A study of generalisation: trains and profiles the networks of a sweep as :func:`sweep` does, then asks with ``topolens generalize``
    whether descriptors tell their test error.

    The networks are the tasks; what is computed of their tables takes seconds and is computed here. The same call goes on where it was
    stopped, to the same numbers.

    Parameters
    ----------
    study : str or path
        The file of a sweep, or the name of a ready-made one.
    executor, n_shards, arguments, program, retries
        As for :func:`sweep`.
    out : path
        Folder of the sweep, on a file system that all workers share. The study goes into the folder ``generalization`` in it.
    allow_test_data : bool, default False
        Take profiles of test images as well; they already know the answer.

    Returns
    -------
    Path
        ``generalization.json``, with ``report.html``, ``measures.csv`` and, where there are networks enough, ``predictor.json`` beside it.

    Raises
    ------
    ValueError, RuntimeError, FileNotFoundError
        As for :func:`sweep`; also if there are too few networks, or they were profiled on test images.

    Examples
    --------
    >>> from topolens import distributed
    >>> distributed.generalize("sweep.toml", "runs/steps", executor=client)  # doctest: +SKIP
    PosixPath('runs/steps/generalization/generalization.json')
    """
    table = sweep(study, out, executor=executor, n_shards=n_shards, arguments=arguments, program=program, retries=retries)
    found = table.parent / "generalization"
    flags = ["--allow-test-data"] if allow_test_data else []
    refusal = _run([program, "generalize", os.fspath(table.parent), "--out", os.fspath(found), *flags], retries)
    if refusal:
        raise ValueError(refusal)
    return found / "generalization.json"


def _run(command: list[str], retries: int) -> str | None:
    """What the program says if the input was at fault; tried again if it was killed or has a defect."""
    while True:
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        except FileNotFoundError as error:
            raise FileNotFoundError(f"`program`: there is no {command[0]} here; install it, or give its path") from error
        told = done.stderr.decode(errors="replace").strip()[-_SHOWN:]
        if done.returncode == 0:
            return None
        if done.returncode == _AT_FAULT:
            return told
        if done.returncode == _INTERRUPTED or not retries:
            ended = f"was killed by signal {-done.returncode}" if done.returncode < 0 else f"ended with exit code {done.returncode}"
            raise RuntimeError(f"{' '.join(command)} {ended}\n{told}".rstrip())
        retries -= 1
        time.sleep(_PAUSE)


def _n_workers(executor: Any) -> int:
    """Workers of an executor that says how many it has."""
    if executor is None:
        return 1
    if hasattr(executor, "scheduler_info"):
        return len(executor.scheduler_info()["workers"])
    found = next((getattr(executor, name) for name in ("_max_workers", "n_jobs", "_processes") if hasattr(executor, name)), None)
    if not isinstance(found, int) or found < 1:
        raise ValueError("`n_shards`: the executor does not say how many workers it has; give a number")
    return found
