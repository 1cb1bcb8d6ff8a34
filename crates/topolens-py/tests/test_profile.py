"""Profiles from Python have the numbers of the program `topolens`."""

import json
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.pool import ThreadPool
from pathlib import Path

import joblib
import numpy as np
import pytest

import topolens
from topolens._topolens import LayerStudy

# The program, where it was built; the other tests need none.
PROGRAM = os.environ.get("TOPOLENS") or shutil.which("topolens")
LAYERS = {"hidden": 12, "block.1": 8, "output": 4}
needs_program = pytest.mark.skipif(PROGRAM is None, reason="no program topolens; name it by TOPOLENS")


def activations(dtype="float32", n_samples=130):
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 3, n_samples)
    means = generator.normal(size=(3, 12)) * 2
    rows = generator.normal(size=(n_samples, 12)) + means[labels]
    return {name: (rows[:, :width] + 100.0).astype(dtype) for name, width in LAYERS.items()}, labels


def of_the_program(folder, arrays, *arguments):
    np.savez(folder / "x.npz", **arrays)
    command = [PROGRAM, "profile", str(folder / "x.npz"), "--json", "--out", str(folder / "out"), *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def rows_of_the_program(document):
    word = lambda scope: scope["class"] if isinstance(scope, dict) else scope
    return [{**row, "class": word(row["class"])} for row in document["rows"]]


@needs_program
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("points", [None, 100])
def test_numbers_and_warnings_are_those_of_the_program(tmp_path, dtype, points):
    arrays, labels = activations(dtype)
    arguments = [] if points is None else ["--points", str(points)]
    document = of_the_program(tmp_path, {**arrays, "labels": labels}, "--seed", "5", *arguments)
    found = topolens.profile(arrays, labels, points=points, seed=5)
    assert found.rows == rows_of_the_program(document)
    assert found.warnings == document["warnings"]
    assert any(row["class"] == "2" for row in found.rows)


def loops_of(page):
    """The part of a report that draws the longest loops."""
    return page.partition('<section id="loops">')[2].partition("</section>")[0]


@needs_program
def test_loops_are_drawn_as_the_program_draws_them(tmp_path):
    arrays, labels = activations()
    # --json writes no page.
    np.savez(tmp_path / "x.npz", **arrays, labels=labels)
    command = [PROGRAM, "profile", str(tmp_path / "x.npz"), "--out", str(tmp_path / "out"), "--points", "100"]
    subprocess.run(command, check=True, capture_output=True)
    found = topolens.profile(arrays, labels, points=100)
    theirs = loops_of((tmp_path / "out/report.html").read_text())
    assert theirs and loops_of(found.report(tmp_path / "ours.html").read_text()) == theirs
    figures = lambda folder: sorted(path.name for path in (folder / "figures").iterdir())
    found.save(tmp_path / "saved")
    assert figures(tmp_path / "saved") == figures(tmp_path / "out")
    of_classes = topolens.profile(arrays, labels, points=100, protocol="local")
    assert not loops_of(of_classes.report(tmp_path / "local.html").read_text())


@needs_program
def test_without_labels_too(tmp_path):
    arrays, _ = activations()
    document = of_the_program(tmp_path, arrays)
    found = topolens.profile(arrays)
    assert found.rows == rows_of_the_program(document)
    assert {row["class"] for row in found.rows} == {"global"}


@needs_program
@pytest.mark.parametrize("readout", ["avg-pool", "flatten", "max", "cls", "last"])
@pytest.mark.parametrize("shape", [(60, 4, 3, 3), (60, 7, 5)])
def test_readouts_are_those_of_the_program(tmp_path, readout, shape):
    arrays = {"layer": np.random.default_rng(0).normal(size=shape).astype("float32")}
    document = of_the_program(tmp_path, arrays, "--readout", readout)
    found = topolens.profile(arrays, readout=readout)
    for ours, theirs in zip(found.rows, rows_of_the_program(document), strict=True):
        assert (ours["n_features"], ours["reason"]) == (theirs["n_features"], theirs["reason"])
        assert ours["value"] is None or ours["value"] == pytest.approx(theirs["value"], rel=1e-5)


@needs_program
def test_the_program_shows_what_is_saved(tmp_path):
    arrays, labels = activations()
    found = topolens.profile(arrays, labels, n_half_samples=2, network="a network", data="some data")
    files = {path.name for path in found.save(tmp_path / "run")}
    assert {"report.html", "profile.json", "profile.csv", "profile.parquet", "diagrams.json", "diagrams.npz"} <= files
    shown = subprocess.run([PROGRAM, "show", tmp_path / "run", "--json"], check=True, capture_output=True, text=True).stdout
    document = json.loads(shown)
    assert rows_of_the_program(document) == found.rows
    assert document["provenance"]["network"] == "a network" and document["provenance"]["data"]["name"] == "some data"


def quick(*arguments, **settings):
    return topolens.profile(*arguments, n_half_samples=0, **settings)


def test_dimension_and_homology_are_those_of_the_functions():
    arrays, _ = activations()
    found = quick(arrays, scaling="none")
    estimate = topolens.intrinsic_dimension(arrays["hidden"], estimator="two-nn")
    assert found.value("hidden", "two-nn") == pytest.approx(float(estimate), rel=1e-9)
    loops = topolens.persistent_homology(arrays["hidden"])[1]
    np.testing.assert_allclose(found.diagrams["hidden"][1], loops, rtol=1e-6)
    assert found.value("hidden", "lifespans-sum", 1) == pytest.approx(topolens.lifespans_sum(loops), rel=1e-6)


def test_classes_are_named_in_the_order_in_which_people_count():
    arrays, labels = activations()
    names = np.array(["s10", "s2", "s1"])[labels]
    found = quick(arrays, names)
    classes = list(dict.fromkeys(row["class"] for row in found.rows))
    assert classes == ["global", "local", "s1", "s2", "s10"]
    named = quick(arrays, labels, class_names=["x", "y", "z"])
    assert "z" in {row["class"] for row in named.rows}


def test_half_precision_and_whole_numbers_are_measured_as_floats():
    arrays, _ = activations("float16")
    assert quick(arrays).rows == quick({name: array.astype("float32") for name, array in arrays.items()}).rows
    assert quick({"layer": np.arange(60).reshape(20, 3) ** 2}).layers == ["layer"]


def test_arrays_of_other_frameworks_come_by_dlpack():
    class Foreign:
        def __init__(self, array):
            self.array = array

        def __dlpack__(self, **settings):
            return self.array.__dlpack__(**settings)

        def __dlpack_device__(self):
            return self.array.__dlpack_device__()

    arrays, _ = activations()
    assert quick({name: Foreign(array) for name, array in arrays.items()}).rows == quick(arrays).rows


def test_tables_curves_and_pages(tmp_path):
    arrays, labels = activations()
    found = topolens.profile(arrays, labels, n_half_samples=2, network="<net>")
    text, page = repr(found), found._repr_html_()
    assert "hidden" in text and "E0/null" in text and "warning:" in text
    assert "&lt;net&gt;" in page and "<net>" not in page
    assert found.report(tmp_path / "x.html").read_text().startswith("<!")
    with pytest.raises(ValueError, match="two-nm"):
        found.curve("two-nm")
    with pytest.raises(ValueError, match="block"):
        found.value("other", "two-nn")


def test_tables_of_pandas_and_polars():
    found = quick(activations()[0])
    for library, table in [("pandas", "to_pandas"), ("polars", "to_polars")]:
        pytest.importorskip(library)
        frame = getattr(found, table)()
        assert frame.shape == (len(found.rows), 13)


def test_curves_are_drawn():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    assert quick(activations()[0]).plot("two-nn", None).get_xlabel() == "depth"


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"activations": [1]}, TypeError, "activations must be a mapping"),
        ({"activations": {}}, ValueError, "one layer"),
        ({"activations": {"a": np.ones((9, 2)), "b": np.ones((8, 2))}}, ValueError, "b has 8"),
        ({"activations": {"a": np.full((9, 2), np.nan)}}, ValueError, "a"),
        ({"activations": {"a": np.array([["x"]])}}, TypeError, "numbers"),
        ({"labels": [0, 1]}, ValueError, "labels has 2"),
        ({"labels": np.zeros(130)}, ValueError, "labels"),
        ({"labels": np.zeros(130, int) + 4, "class_names": ["a"]}, ValueError, "class_names"),
        ({"points": 2}, ValueError, "points"),
        ({"protocol": "local"}, ValueError, "give labels"),
        ({"protocol": "all"}, ValueError, "protocol"),
        ({"protocol": "paper"}, ValueError, "points is 3000"),
        ({"scaling": "max"}, ValueError, "scaling"),
        ({"readout": "min"}, ValueError, "readout"),
        ({"layout": "nchw"}, ValueError, "layout"),
        ({"n_half_samples": -1}, ValueError, "n_half_samples"),
        ({"points_per_class": 2}, ValueError, "points_per_class"),
        ({"activations": {"a": np.ma.masked_invalid(np.ones((9, 2)))}}, TypeError, "a is a masked array"),
        ({"activations": {"a": np.zeros((0, 3))}}, ValueError, "a is empty"),
        ({"activations": {"a": np.ones((9, 2)) * 1j}}, TypeError, "a must hold real numbers, not complex128"),
    ],
)
def test_what_is_wrong_is_named(change, error, told):
    with pytest.raises(error, match=told):
        topolens.profile(**{"activations": activations()[0], **change})


def test_a_profile_goes_through_pickle_and_draws_the_same_page():
    found = quick(*activations())
    again = pickle.loads(pickle.dumps(found))
    assert again.rows == found.rows and again.warnings == found.warnings and repr(again) == repr(found)
    assert again._measured.page() == found._measured.page()
    for ours, theirs in zip(again.diagrams.values(), found.diagrams.values(), strict=True):
        assert all((a == b).all() for a, b in zip(ours, theirs, strict=True))


def test_another_study_is_not_written_over(tmp_path):
    for name in ["attack.json", "report.html"]:
        (tmp_path / name).write_text("mine")
    with pytest.raises(ValueError, match="holds another study \\(attack.json\\)"):
        quick(activations()[0]).save(tmp_path)
    assert (tmp_path / "report.html").read_text() == "mine"


def test_one_class_does_not_draw_apart():
    random = np.random.default_rng(1)
    wide = random.normal(size=(300, 16))
    layers = {"a": wide, "b": wide @ random.normal(size=(16, 3))}
    for labels in [None, np.zeros(300, int)]:
        told = topolens.profile(layers, labels, n_half_samples=0).warnings
        assert any("a narrower layer (16 to 3 features)" in warning for warning in told), told
        assert not any("class separation" in warning for warning in told)


def test_a_handful_of_points_has_no_dimension():
    random = np.random.default_rng(0)
    found = quick({"h": random.normal(size=(5, 6))[random.integers(0, 5, 200)]})
    for descriptor, homology_dimension in [("ph-dimension", 0), ("two-nn", None), ("mle", None)]:
        (row,) = found.curve(descriptor, homology_dimension)
        assert row["value"] is None and "5" in row["reason"], row


def test_what_does_not_fit_is_refused_before_it_starts(monkeypatch):
    monkeypatch.setattr(topolens._profile, "memory_left", lambda: 1000)
    with pytest.raises(MemoryError, match="fewer points"):
        quick(activations()[0])


def test_a_file_that_cannot_be_written_is_an_os_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        quick(activations()[0]).save(tmp_path / "file" / "run")


def test_epochs_are_joined(tmp_path):
    arrays, _ = activations()
    parts = [topolens.profile_layers([("a", 1.0, arrays["hidden"])], n_half_samples=0, epoch=epoch) for epoch in (1, 2)]
    joined = topolens.Profile(topolens.LayerProfiles.joined(parts))
    assert [row["epoch"] for row in joined.curve("two-nn")] == [1, 2]
    assert joined.rows == parts[0].rows + parts[1].rows
    # Those of the last epoch.
    assert "epoch-2" in loops_of(joined.report(tmp_path / "x.html").read_text())


def test_numbers_do_not_depend_on_who_measures():
    arrays, labels = activations()
    here = topolens.profile(arrays, labels, n_half_samples=2)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes, ThreadPool(2) as threads:
        for executor in [processes, threads, joblib.Parallel(n_jobs=2), joblib.Parallel(n_jobs=2, backend="threading")]:
            found = topolens.profile(arrays, labels, n_half_samples=2, executor=executor, n_jobs=1)
            assert found.rows == here.rows and found.warnings == here.warnings
            assert any(row["descriptor"] == "separation-share" for row in found.rows)
            for layer, diagrams in here.diagrams.items():
                assert all(map(np.array_equal, found.diagrams[layer], diagrams))
    with pytest.raises(TypeError, match="executor"):
        topolens.profile(arrays, executor="dask")


FORKED = """
import multiprocessing, numpy as np, topolens
from concurrent.futures import ProcessPoolExecutor

layers = {"a": np.random.default_rng(0).normal(size=(60, 4)), "b": np.random.default_rng(1).normal(size=(60, 3))}
here = topolens.profile(layers, n_half_samples=0)
with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as processes:
    assert topolens.profile(layers, n_half_samples=0, executor=processes).rows == here.rows
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_has_threads_of_its_own():
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], check=True, timeout=60)


def test_rows_that_a_network_delivers_between_addresses_are_read():
    arrays, _ = activations()
    (part,) = LayerStudy([("a", 1.0, arrays["hidden"])], n_half_samples=0).parts()
    restore, (rows, told) = part.__reduce__()
    shifted = np.frombuffer(bytearray(b"x" + rows.tobytes()), dtype=np.uint8)[1:].view(np.float32).reshape(rows.shape)
    assert not shifted.flags.aligned
    assert pickle.dumps(restore(shifted, told).measure()) == pickle.dumps(part.measure())


def test_dask_measures_the_same():
    distributed = pytest.importorskip("distributed")
    arrays, labels = activations()
    here = topolens.profile(arrays, labels, n_half_samples=0)
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        assert topolens.profile(arrays, labels, n_half_samples=0, executor=client).rows == here.rows


def test_a_layer_is_pickled_without_the_others():
    arrays = {"wide": np.random.default_rng(0).normal(size=(50, 400)), "narrow": np.random.default_rng(1).normal(size=(50, 2))}
    study = LayerStudy([(name, 1.0, rows) for name, rows in arrays.items()], epoch=3)
    wide, narrow = study.parts()
    assert len(pickle.dumps(narrow)) < len(pickle.dumps(wide)) / 20
    measured = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(narrow)).measure()))
    ours, theirs = study.joined([wide.measure(), measured]), study.joined([wide.measure(), narrow.measure()])
    assert ours.rows == theirs.rows and ours.rows[-1]["epoch"] == 3 and ours.rows[-1]["layer_index"] == 1
    with pytest.raises(ValueError, match="1 for 2 layers"):
        study.joined([measured])


def test_progress_is_told_after_every_layer(capsys):
    told = []
    quick(activations()[0], progress=lambda *words: told.append(words))
    assert told == [(1, 3, "hidden"), (2, 3, "block.1"), (3, 3, "output")]
    quick(activations()[0], progress=True)
    assert capsys.readouterr().err.splitlines()[1] == "topolens: 2 of 3 layers measured, block.1"
    quick(activations()[0])
    assert capsys.readouterr().err == ""
    with pytest.raises(TypeError, match="progress must be"):
        quick(activations()[0], progress="yes")


@pytest.mark.parametrize(("n_jobs", "error"), [(0, ValueError), (1.5, TypeError), (True, TypeError)])
def test_impossible_numbers_of_threads_are_refused(n_jobs, error):
    with pytest.raises(error, match="n_jobs"):
        quick(activations()[0], n_jobs=n_jobs)


def test_threads_are_as_many_as_was_said():
    def n_threads_within(n_jobs):
        most, done = 0, threading.Event()

        def count():
            nonlocal most
            while not done.wait(0.002):
                names = [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]
                most = max(most, names.count("topolens-pool\n"))

        counter = threading.Thread(target=count)
        counter.start()
        with topolens.threads(n_jobs):
            topolens.minimum_spanning_tree(np.random.default_rng(0).normal(size=(4000, 60)))
        done.set()
        counter.join()
        return most

    if not Path("/proc/self/task").exists():
        pytest.skip("threads are counted on Linux")
    assert [n_threads_within(n_jobs) for n_jobs in (1, 3)] == [1, 3]
