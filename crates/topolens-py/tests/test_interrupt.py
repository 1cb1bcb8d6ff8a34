"""Ctrl-C is heard while the library works."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, sys, threading, time
import numpy as np, topolens
X = np.random.default_rng(0).normal(size=({n}, 40)).astype("float32")
def sparse(X):
    import scipy.sparse
    distances = scipy.sparse.csr_matrix(np.linalg.norm(X[:, None, :3] - X[None, :, :3], axis=2))
    start.set()
    return distances
start = threading.Event()
if "sparse" not in sys.argv:
    start.set()
diagram = np.random.default_rng(0).random((6000, 2)) + [0, 1]
sent = []
def send():
    start.wait()
    time.sleep(1.0)
    sent.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=send).start()
try:
    {call}
except KeyboardInterrupt:
    print(time.perf_counter() - sent[0], flush=True)
    os._exit(0)
os._exit(3)
"""
LONG_CALLS = {
    "homology": (6000, "topolens.persistent_homology(X, max_homology_dimension=2)"),
    "loops": (8000, "topolens.loop_representatives(X)"),
    "sparse": (5000, "topolens.persistent_homology(sparse(X), metric='precomputed')"),
    "comparison": (6000, "topolens.compare(X, X * 2, measures=['rtd'], n_permutations=400)"),
    "wasserstein": (10, "topolens.wasserstein_distance(diagram, diagram[::-1] + 0.3)"),
    "kendall": (10, "topolens.statistics.kendall(np.arange(200_000), np.arange(200_000) ** 0.5)"),
    "bootstrap": (10, "topolens.statistics.bootstrap_interval(X, lambda rows: time.sleep(0.01) or rows.mean())"),
    "native bootstrap": (60_000, "topolens.statistics.bootstrap_interval(X, len)"),
    "profile": (6000, "topolens.profile({'a': X, 'b': X}, points=6000)"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("name", LONG_CALLS)
def test_ctrl_c_is_heard_soon(name):
    n, call = LONG_CALLS[name]
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(n=n, call=call), name], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr or "the call ended before the signal"
    # On an idle machine within a fifth of a second; others may be at work on this one. Unheard, the calls take minutes.
    assert float(done.stdout) < 10.0


def test_other_threads_run_and_handlers_may_go_on():
    text = """
import os, signal, threading, time
import numpy as np, topolens
heard = []
signal.signal(signal.SIGUSR1, lambda *_: heard.append(time.perf_counter()))
threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGUSR1)).start()
X = np.random.default_rng(0).normal(size=(5000, 30))
found = topolens.persistent_homology(X)
assert len(found) == 2 and len(heard) == 1
"""
    if not hasattr(signal, "SIGUSR1"):
        pytest.skip("no such signal here")
    subprocess.run([sys.executable, "-c", text], check=True, timeout=120)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_the_next_call_does_not_wait_for_what_was_interrupted():
    text = """
import os, signal, threading, time
import numpy as np, topolens
X = np.random.default_rng(0).normal(size=(60_000, 300))
threading.Timer(2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    topolens.nearest_neighbors(X, n_neighbors=5)
except KeyboardInterrupt:
    start = time.perf_counter()
    assert len(topolens.persistent_homology(X[:50])) == 2
    print(time.perf_counter() - start, flush=True)
    os._exit(0)
os._exit(3)
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr or "the call ended before the signal"
    # What was interrupted keeps every thread that it has for longer.
    assert float(done.stdout) < 10.0
