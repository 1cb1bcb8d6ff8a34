"""A cloud larger than one wants in memory, on worker processes: exact H0 and nearest neighbours, with the memory of every process.

    python bench/large_cloud.py [--points 200000] [--features 64] [--workers 2] [--block 10000]

With `--workers 0` the pairs are worked on here, one after the other, on as many threads as `RAYON_NUM_THREADS` says; `--block` as large as `--points`
is the cloud as a whole. Needs topolens and dask's distributed. Prints seconds by the clock and of all processes' processors, and the largest resident memory of the workers and of this process.
"""

import argparse
import resource
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import distributed as dask
import numpy as np

from topolens import distributed


def cpu_seconds(client):
    """Of this process and of the workers."""
    return time.process_time() + (sum(client.run(time.process_time).values()) if client else 0)


def most_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def started(n_workers):
    """A client of worker processes, a thread each."""
    settings = {"n_workers": n_workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with dask.LocalCluster(**settings, env={"RAYON_NUM_THREADS": "1"}) as cluster, dask.Client(cluster) as client:
        yield client


def main():
    arguments = argparse.ArgumentParser()
    for name, value in [("points", 200_000), ("features", 64), ("workers", 2), ("block", 10_000)]:
        arguments.add_argument(f"--{name}", type=int, default=value)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cloud.npy"
        random = np.random.default_rng(0)
        rows = np.lib.format.open_memmap(path, "w+", np.float32, (asked.points, asked.features))
        for start in range(0, asked.points, asked.block):
            rows[start : start + asked.block] = random.normal(size=rows[start : start + asked.block].shape)
        rows.flush()
        del rows
        with ExitStack() as stack:
            client = stack.enter_context(started(asked.workers)) if asked.workers else None
            begin, cpu = time.perf_counter(), cpu_seconds(client)
            edges, lengths = distributed.spanning_tree(path, executor=client, block_size=asked.block)
            print(f"H0: {len(edges)} edges, sum {lengths.sum():.6f}, {time.perf_counter() - begin:.2f} s, CPU {cpu_seconds(client) - cpu:.2f} s", flush=True)
            begin, cpu = time.perf_counter(), cpu_seconds(client)
            near, _ = distributed.nearest_neighbors(path, n_neighbors=2, executor=client, block_size=asked.block)
            ratio = np.log(near[:, 1] / near[:, 0])
            seconds, cpu = time.perf_counter() - begin, cpu_seconds(client) - cpu
            print(f"neighbours: {seconds:.2f} s, CPU {cpu:.2f} s; TwoNN by maximum likelihood {len(ratio) / ratio.sum():.3f}", flush=True)
            workers = ", ".join(f"{memory:.0f}" for memory in client.run(most_memory).values()) if client else "none"
            print(f"memory at most: workers {workers} MB, here {most_memory():.0f} MB")


if __name__ == "__main__":
    main()
