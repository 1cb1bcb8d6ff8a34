"""Clouds block by block: the numbers of the whole, on any executor."""

import doctest
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import topolens
from topolens import distributed


def cloud(n_points=500, n_features=6, seed=0):
    return np.random.default_rng(seed).normal(size=(n_points, n_features)).astype(np.float32)


@pytest.mark.parametrize("block_size", [60, 167, 250, 499, 500, 10_000])
def test_the_tree_is_that_of_the_whole(block_size):
    X = cloud()
    edges, lengths = distributed.spanning_tree(X, block_size=block_size)
    whole, expected = topolens.minimum_spanning_tree(X)
    assert {tuple(sorted(edge)) for edge in whole.tolist()} == {tuple(edge) for edge in edges.tolist()}
    assert np.array_equal(np.sort(expected), lengths)
    diagram = distributed.components_diagram(X, block_size=block_size)
    assert np.array_equal(diagram[:-1, 1], topolens.persistent_homology(X)[0][:, 1][:-1])


@pytest.mark.parametrize("block_size", [60, 167, 250, 500])
def test_neighbours_are_those_of_the_whole(block_size):
    X = cloud()
    distances, indices = distributed.nearest_neighbors(X, n_neighbors=7, block_size=block_size)
    expected = topolens.nearest_neighbors(X, n_neighbors=7)
    assert np.array_equal(distances, expected[0])
    assert np.array_equal(indices, expected[1])


def test_repeated_points_are_neighbours_once_and_edges_of_length_zero():
    X = np.repeat(cloud(40), 3, axis=0)
    edges, lengths = distributed.spanning_tree(X, block_size=25)
    assert (lengths == 0).sum() == 80 and len(edges) == 119
    distances, indices = distributed.nearest_neighbors(X, n_neighbors=3, block_size=25)
    assert all(len(set(row)) == 3 and own not in row for own, row in enumerate(indices.tolist()))
    assert (distances[:, :2] == 0).all() and (distances[:, 2] > 0).all()


def test_executors_do_not_change_a_bit(tmp_path):
    X = cloud(800)
    path = tmp_path / "cloud.npy"
    np.save(path, X)
    here = distributed.spanning_tree(X, block_size=150), distributed.nearest_neighbors(X, n_neighbors=4, block_size=150)
    spawn = multiprocessing.get_context("spawn")
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(2, mp_context=spawn) as processes, spawn.Pool(2) as pool:
        for executor, source in [(threads, X), (processes, path), (pool, str(path)), (None, path)]:
            settings = {"executor": executor, "block_size": 150}
            there = (
                distributed.spanning_tree(source, **settings),
                distributed.nearest_neighbors(source, n_neighbors=4, **settings),
            )
            for one, other in zip(here, there, strict=True):
                assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_dask_worker_may_be_killed(tmp_path):
    dask = pytest.importorskip("distributed", reason="dask is large")
    X = cloud(3000, 40)
    np.save(tmp_path / "cloud.npy", X)
    expected = distributed.spanning_tree(X, block_size=200)
    with dask.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with dask.Client(cluster) as client:
            stop = threading.Event()
            killed = []

            def kill():
                while not stop.wait(0.4) and len(killed) < 3:
                    pids = list(client.run(os.getpid).values())
                    os.kill(pids[0], signal.SIGKILL)
                    killed.append(pids[0])
                    time.sleep(1.0)

            killer = threading.Thread(target=kill)
            killer.start()
            found = [distributed.spanning_tree(tmp_path / "cloud.npy", executor=client, block_size=200) for _ in range(3)]
            stop.set()
            killer.join()
    assert killed
    for edges, lengths in found:
        assert np.array_equal(edges, expected[0]) and np.array_equal(lengths, expected[1])


def test_what_cannot_be_cut_is_named(tmp_path):
    X = cloud(20)
    with pytest.raises(ValueError, match="block_size"):
        distributed.spanning_tree(X, block_size=1)
    with pytest.raises(TypeError, match="`executor`"):
        distributed.spanning_tree(X, executor=3)
    with pytest.raises(ValueError, match="`n_neighbors`"):
        distributed.nearest_neighbors(X, n_neighbors=20)
    with pytest.raises(ValueError, match="block_size"):
        distributed.nearest_neighbors(X, n_neighbors=9, block_size=8)
    for wrong in [np.empty((0, 3)), np.zeros(5), np.array([["a"]]), tmp_path / "none.npy"]:
        with pytest.raises(ValueError, match="`X`"):
            distributed.spanning_tree(wrong)
    with pytest.raises(ValueError, match="nan|NaN"):
        distributed.spanning_tree(np.array([[0.0], [np.nan], [1.0]]))
    assert distributed.components_diagram([[1.0, 2.0]]).tolist() == [[0.0, np.inf]]


@pytest.mark.parametrize("name", ["__doc__", *distributed.__all__])
def test_examples_run(name):
    text = distributed.__doc__ if name == "__doc__" else getattr(distributed, name).__doc__
    runner = doctest.DocTestRunner(verbose=False)
    results = runner.run(doctest.DocTestParser().get_doctest(text, {}, name, None, 0))
    assert results.attempted > 0 and results.failed == 0
