"""Persistent homology: topolens and its peers on the same clouds in one run.

Every measurement is a process of its own, so that its peak memory is its own. Times are from points in memory to a
barcode in memory, the median of the repeats; barcodes are compared by the number of intervals that are longer than
1e-5 of their death and by the sum of the lifespans.

    python bench/peers/homology.py [--quick] [--threads 2] [--out FILE] [--only TEXT]
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

REPEATS = 3
TIMEOUT = 180


# ---- clouds -------------------------------------------------------------------------------------------------------


def relu(n, d):
    """Ten Gaussian clusters behind a ReLU: what a hidden layer looks like."""
    import numpy as np

    rng = np.random.default_rng(0)
    centers = rng.normal(size=(10, d))
    return np.maximum(centers[np.arange(n) % 10] + 0.7 * rng.normal(size=(n, d)), 0).astype(np.float32)


def gauss(n, d):
    import numpy as np

    return np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)


def sphere(n, d):
    import numpy as np

    points = np.random.default_rng(0).normal(size=(n, d))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def torus(n, d):
    """The Clifford torus in four dimensions."""
    import numpy as np

    a, b = np.random.default_rng(0).uniform(0, 2 * np.pi, size=(2, n))
    return np.column_stack([np.cos(a), np.sin(a), np.cos(b), np.sin(b)]).astype(np.float32)


CLOUDS = {"relu": relu, "gauss": gauss, "sphere": sphere, "torus": torus}

# Cloud, points, features, highest homology dimension, in the quick selection.
ROWS = [
    ("relu", 250, 64, 1, True),
    ("relu", 1000, 512, 1, True),
    ("gauss", 1000, 512, 1, True),
    ("relu", 3000, 128, 1, True),
    ("gauss", 3000, 128, 1, True),
    ("relu", 10000, 128, 1, False),
    ("gauss", 10000, 128, 1, False),
    ("relu", 20000, 64, 1, False),
    ("relu", 3000, 128, 0, True),
    ("gauss", 3000, 128, 0, True),
    ("relu", 10000, 128, 0, False),
    ("gauss", 10000, 128, 0, False),
    ("relu", 100000, 64, 0, False),
    ("sphere", 192, 3, 2, True),
    ("torus", 256, 4, 2, True),
    ("relu", 250, 64, 2, True),
]


# ---- tools --------------------------------------------------------------------------------------------------------


def topolens(points, dimension, threads):
    import topolens

    return lambda: topolens.persistent_homology(points, max_homology_dimension=dimension)


def ripser(points, dimension, threads):
    from ripser import ripser

    return lambda: ripser(points, maxdim=dimension)["dgms"]


def giotto_ph(points, dimension, threads):
    from gph import ripser_parallel

    return lambda: ripser_parallel(points, maxdim=dimension, n_threads=threads)["dgms"]


def gudhi(points, dimension, threads):
    from gudhi.sklearn import RipsPersistence

    rips = RipsPersistence(homology_dimensions=list(range(dimension + 1)), n_jobs=threads)
    return lambda: rips.fit_transform([points])[0]


def redzed(points, dimension, threads):
    import redzed_tda
    from scipy.spatial.distance import pdist

    return lambda: redzed_tda.rips(pdist(points), dimension)


def numba_prim(points, dimension, threads):
    """Prim's algorithm with distances on the fly, compiled: dimension 0 only."""
    import numba
    import numpy as np

    @numba.njit(fastmath=True)
    def prim(x):
        n, d = x.shape
        best = np.full(n, np.inf, dtype=np.float32)
        outside = np.ones(n, dtype=np.bool_)
        deaths = np.zeros(n - 1, dtype=np.float32)
        newest = 0
        outside[0] = False
        for step in range(n - 1):
            nearest, length = -1, np.inf
            for i in range(n):
                if outside[i]:
                    s = np.float32(0)
                    for k in range(d):
                        t = x[i, k] - x[newest, k]
                        s += t * t
                    if s < best[i]:
                        best[i] = s
                    if best[i] < length:
                        nearest, length = i, best[i]
            newest = nearest
            outside[newest] = False
            deaths[step] = np.sqrt(length)
        return deaths

    prim(points[:10])
    return lambda: [[(0.0, death) for death in np.sort(prim(points))]]


# Adapter, highest dimension, most points that end within the time and memory of a laptop.
TOOLS = {
    "topolens": (topolens, 9, 10**6),
    "redzed-tda": (redzed, 9, 20_000),
    "ripser.py": (ripser, 9, 10_000),
    "giotto-ph": (giotto_ph, 9, 10_000),
    "gudhi": (gudhi, 9, 10_000),
    "prim (numba)": (numba_prim, 0, 10**6),
}


# ---- one measurement in its own process ---------------------------------------------------------------------------


def worker(tool, path, dimension, threads):
    import numpy as np

    points = np.load(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run = TOOLS[tool][0](points, dimension, threads)
    seconds, diagrams = [], None
    while len(seconds) < REPEATS and sum(seconds) < TIMEOUT / 2:
        start = time.perf_counter()
        diagrams = run()
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "megabytes": (peak - before) / 1024, "barcode": summary(diagrams[dimension])}))


def summary(diagram):
    """Number and total length of the intervals that rounding could not have made."""
    finite = [(float(birth), float(death)) for birth, death in diagram if death < float("inf")]
    long = [death - birth for birth, death in finite if death - birth > 1e-5 * death]
    return [len(long), sum(long)]


def measure(tool, path, dimension, threads):
    environment = dict(os.environ, RAYON_NUM_THREADS=str(threads), NUMBA_NUM_THREADS=str(threads))
    command = [sys.executable, __file__, "--worker", tool, path, str(dimension), str(threads)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, env=environment)
    except subprocess.TimeoutExpired:
        return {"error": f"> {TIMEOUT} s"}
    if done.returncode != 0:
        return {"error": (done.stderr.strip().splitlines() or ["ended without a word"])[-1][:80]}
    return json.loads(done.stdout.splitlines()[-1])


# ---- the table ----------------------------------------------------------------------------------------------------


def agree(a, b):
    return abs(a[0] - b[0]) <= max(1, 1e-3 * a[0]) and abs(a[1] - b[1]) <= 1e-4 * max(a[1], 1e-9)


def machine(threads):
    model = platform.processor() or "unknown processor"
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    flags = cpuinfo.read_text() if cpuinfo.exists() else ""
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    return f"{model}, {os.cpu_count()} cores ({vectors}), {threads} threads, Python {platform.python_version()}"


def table(rows, threads, only):
    lines = ["| cloud | H | tool | median s | others / topolens | peak MB | barcode |", "|---|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for cloud, n, d, dimension, _ in rows:
            name = f"{cloud} {n}×{d}"
            if only and only not in f"{name} H{dimension}":
                continue
            import numpy as np

            path = os.path.join(folder, "points.npy")
            np.save(path, CLOUDS[cloud](n, d))
            ours = None
            for tool, (_, highest, most) in TOOLS.items():
                if dimension > highest or n > most:
                    continue
                found = measure(tool, path, dimension, threads)
                if "error" in found:
                    line = f"| {name} | {dimension} | {tool} | – | – | – | {found['error']} |"
                else:
                    median = statistics.median(found["seconds"])
                    ours = ours or (median, found["barcode"])
                    same = "equal" if agree(ours[1], found["barcode"]) else f"DIFFERS: {found['barcode']}, {ours[1]}"
                    ratio = median / ours[0]
                    line = f"| {name} | {dimension} | {tool} | {median:.3f} | {ratio:.1f} | {found['megabytes']:.0f} | {same} |"
                print(line, flush=True)
                lines.append(line)
    return lines


def main():
    if sys.argv[1:2] == ["--worker"]:
        tool, path, dimension, threads = sys.argv[2:6]
        return worker(tool, path, int(dimension), int(threads))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the rows that take seconds")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", help="rows whose name, such as 'relu 3000×128 H1', holds this text")
    parser.add_argument("--out", type=pathlib.Path, help="a Markdown file for the table")
    options = parser.parse_args()
    rows = [row for row in ROWS if row[4] or not options.quick]
    lines = table(rows, options.threads, options.only)
    if options.out:
        versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in PACKAGES)
        head = ["# Persistent homology beside its peers", "", f"{machine(options.threads)}.", "", f"{versions}.", ""]
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text("\n".join(head + lines) + "\n")


PACKAGES = ["topolens", "redzed-tda", "ripser", "giotto-ph", "gudhi", "numba"]

if __name__ == "__main__":
    main()
