"""One measurement in a process of its own, so that its peak memory is its own."""

import contextlib
import importlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np

from clouds import CLOUDS

# Seconds in which a tool must have compiled what it compiles.
START_UP = 300
# Names of the variables by which libraries learn their number of threads.
THREADS = ["RAYON_NUM_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]


def measure(topic, tool, row, threads, path, patience):
    """Seconds of the repeats, megabytes, and the path of what came out; or an error."""
    out = path.with_name("found.npz")
    out.unlink(missing_ok=True)
    order = {"topic": topic.name, "tool": tool.name, "row": vars(row), "threads": threads, "path": str(path), "out": str(out)}
    environment = dict(os.environ, **dict.fromkeys(THREADS, str(threads)), **tool.environment)
    command = [sys.executable, str(pathlib.Path(__file__)), json.dumps({**order, "patience": patience})]
    done = finish(command, environment, START_UP + patience + 60)
    if done is None:
        return {"error": f"> {START_UP} s before it could start"}
    if done.returncode == -signal.SIGALRM:
        return {"error": f"> {patience} s"}
    if done.returncode != 0:
        return {"error": complaint(done)}
    return {**json.loads(done.stdout.splitlines()[-1]), "found": read(out)}


def finish(command, environment, seconds):
    """What a process ended with, without the workers that it leaves behind; None if it does not end in time."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment, start_new_session=True)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if code is None:
            return None
        texts = [file.seek(0) or file.read() for file in (out, err)]
        return subprocess.CompletedProcess(command, code, *texts)


def complaint(done):
    """What a failed process said last, or the signal that ended it."""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return (lines[-1] if lines else f"ended with {done.returncode}")[:80].replace("|", "/")


def make(row, path):
    """Writes the input of a row to `path`; raises `Absent`."""
    np.save(path, CLOUDS[row.cloud](row.n, row.d))


# ---- inside the process -------------------------------------------------------------------------------------------


def work(order):
    """The measurement; an alarm ends the process when the first run outlasts the patience."""
    topic = importlib.import_module(order["topic"]).TOPIC
    row = type(topic.rows[0])(**order["row"])
    tool = next(tool for tool in topic.tools_of(row) if tool.name == order["tool"])
    bound_memory()
    job = topic.job(np.load(order["path"]), row, order["threads"])
    tool.adapter(job.small())()
    run = tool.adapter(job)
    before = resident_peak(reset=True)
    seconds, found = [], None
    while not enough(seconds, row):
        start = time.perf_counter()
        signal.alarm(0 if seconds else order["patience"])
        found = run()
        seconds.append(time.perf_counter() - start)
    signal.alarm(0)
    megabytes = (resident_peak() - before) / 1e6
    topic.write(order["out"], found, row)
    print(json.dumps({"seconds": seconds, "megabytes": megabytes}))


def enough(seconds, row):
    """One repeat of slow rows; else three, up to fifteen while they take no time, fewer where one takes long."""
    if row.slow:
        return len(seconds) == 1
    return len(seconds) >= 15 or sum(seconds) > 10 or (len(seconds) >= 3 and sum(seconds) > 0.5)


def bound_memory():
    """A tool that wants more than most of the machine fails by itself instead of taking others with it."""
    if hasattr(resource, "RLIMIT_DATA") and "SC_PHYS_PAGES" in os.sysconf_names:
        most = int(0.85 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def resident_peak(reset=False):
    """Bytes: the most memory this process has held, on Linux since the last reset."""
    status = pathlib.Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if reset:
        pathlib.Path("/proc/self/clear_refs").write_text("5")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def read(path):
    with np.load(path) as file:
        return [file[f"arr_{k}"] for k in range(len(file.files))]


if __name__ == "__main__":
    work(json.loads(sys.argv[1]))
