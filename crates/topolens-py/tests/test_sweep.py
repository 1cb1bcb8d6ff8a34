"""Sweeps in shards on executors: the tables of an undisturbed one."""

import json
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from topolens import _sweep, distributed

PROGRAM = os.environ.get("TOPOLENS", "topolens")
SWEEP = """\
title = 'small'
study = 'layers'
[train]
net = 'small-cnn'
width = 4
limit = 200
test-limit = 100
batch-size = 50
epochs = 1
[factors]
learning-rate = [0.001, 0.01]
seed = [0, 1]
[profile]
points = 60
layers = 'output'
protocol = 'global'
"""
TABLES = ["networks.csv", "profiles.csv"]


pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(_sweep, "_PAUSE", 0.1)
    monkeypatch.chdir(tmp_path)
    Path("sweep.toml").write_text(SWEEP)
    return "sweep.toml"


def script(path, *lines):
    """A program in Python."""
    path.write_text("\n".join([f"#!{sys.executable}", "import os, pathlib, signal, sys", *lines]))
    path.chmod(0o755)
    return str(path)


def tables(folder):
    return [(Path(folder) / name).read_bytes() for name in TABLES]


def test_tables_are_those_of_an_undisturbed_sweep(file):
    subprocess.run([PROGRAM, "sweep", file, "--out", "whole"], check=True, capture_output=True)
    settings = {"arguments": ("--jobs", "1", "--threads", "1"), "program": PROGRAM}
    assert distributed.sweep(file, "here", n_shards=3, **settings) == Path("here/networks.csv")
    with ThreadPoolExecutor(2) as executor:
        distributed.sweep(file, Path("threads"), executor=executor, **settings)
    # Workers of a cluster are somewhere else.
    elsewhere = {"mp_context": multiprocessing.get_context("spawn"), "initializer": os.chdir, "initargs": (os.sep,)}
    with ProcessPoolExecutor(2, **elsewhere) as executor:
        distributed.sweep(Path(file), "processes", executor=executor, n_shards=4, **settings)
    for folder in ["here", "threads", "processes"]:
        assert tables(folder) == tables("whole")
        assert (Path(folder) / "report.html").is_file()
    # Every shard did its part: the program locks a file for each.
    assert {path.name for path in Path("here").rglob(".lock-*")} >= {f".lock-{at}-of-3" for at in (1, 2, 3)}


def test_a_study_of_generalisation_is_that_of_the_program(file):
    Path(file).write_text(SWEEP + "training-images = true\n")
    with ThreadPoolExecutor(2) as executor:
        found = distributed.generalize(file, "out", executor=executor, arguments=("--jobs", "1", "--threads", "1"), program=PROGRAM)
    assert found == Path("out/generalization/generalization.json")
    subprocess.run([PROGRAM, "sweep", file, "--out", "whole"], check=True, capture_output=True)
    subprocess.run([PROGRAM, "generalize", "whole", "--out", "asked"], check=True, capture_output=True)
    ours, theirs = (json.loads(path.read_text()) for path in (found, Path("asked/generalization.json")))
    assert ours["measures"] == theirs["measures"] and len(ours["measures"]) > 20
    assert found.with_name("measures.csv").read_bytes() == Path("asked/measures.csv").read_bytes()


def test_a_study_of_test_images_is_refused_unless_they_are_asked_for(file):
    Path(file).write_text(SWEEP + "training-images = false\n")
    with pytest.raises(ValueError, match="test"):
        distributed.generalize(file, "out", program=PROGRAM)
    assert distributed.generalize(file, "out", allow_test_data=True, program=PROGRAM).is_file()


def test_a_shard_that_is_killed_is_tried_again(file, tmp_path):
    killed = tmp_path / "killed"
    program = script(
        tmp_path / "fragile",
        f"if '2/2' in sys.argv and not os.path.exists({str(killed)!r}):",
        f"    open({str(killed)!r}, 'w').close()",
        "    os.kill(os.getpid(), signal.SIGKILL)",
        f"os.execv({PROGRAM!r}, [{PROGRAM!r}, *sys.argv[1:]])",
    )
    with ThreadPoolExecutor(2) as executor:
        found = distributed.sweep(file, "out", executor=executor, program=program)
    assert killed.exists() and found.read_text().count(",done,") == 4
    killed.unlink()
    with pytest.raises(RuntimeError, match="--shard 2/2 was killed by signal 9"):
        distributed.sweep(file, "out", n_shards=2, program=program, retries=0)


def test_a_program_with_a_defect_is_tried_so_often_and_what_it_says_is_shown(file, tmp_path):
    program = script(tmp_path / "broken", "open('tries', 'a').write('x')", "print('bug: no way', file=sys.stderr)", "sys.exit(int(sys.argv[-1]))")
    with pytest.raises(RuntimeError, match="exit code 1\nbug: no way"):
        distributed.sweep(file, "out", program=program, arguments=["1"], retries=3)
    assert Path("tries").read_text() == "xxxx"
    with pytest.raises(RuntimeError, match="exit code 130"):
        distributed.sweep(file, "out", program=program, arguments=["130"])
    with pytest.raises(ValueError, match="^bug: no way$"):
        distributed.sweep(file, "out", program=program, arguments=["2"])
    # Neither was tried again.
    assert Path("tries").read_text() == "xxxxxx"


def test_what_is_at_fault_is_told_in_the_words_of_the_program(file):
    Path("bad.toml").write_text(SWEEP.replace("width", "widht"))
    with ThreadPoolExecutor(2) as executor, pytest.raises(ValueError, match="widht"):
        distributed.sweep("bad.toml", "out", executor=executor, program=PROGRAM)
    with pytest.raises(ValueError, match="paper-e1"):
        distributed.sweep("none.toml", "out", n_shards=2, program=PROGRAM)
    assert not Path("out").exists()
    with pytest.raises(FileNotFoundError, match="`program`"):
        distributed.sweep(file, "out", program="absent-program")
    for settings, word in [({"n_shards": 0}, "`n_shards`"), ({"retries": -1}, "`retries`"), ({"arguments": ["--out=x"]}, "--out")]:
        with pytest.raises(ValueError, match=word):
            distributed.sweep(file, "out", program=PROGRAM, **settings)
    with pytest.raises(ValueError, match="`n_shards`: the executor"):
        distributed.sweep(file, "out", executor=object(), program=PROGRAM)


def test_shards_that_only_the_workers_refuse_are_told_of(file, tmp_path):
    program = script(
        tmp_path / "elsewhere",
        "if '--shard' in sys.argv:",
        "    print('no file', file=sys.stderr)",
        "    sys.exit(2)",
        f"os.execv({PROGRAM!r}, [{PROGRAM!r}, *sys.argv[1:]])",
    )
    with pytest.warns(RuntimeWarning, match="every shard was refused.*no file"):
        found = distributed.sweep(file, "out", n_shards=2, program=program)
    assert found.read_text().count(",done,") == 4


def test_networks_that_fail_leave_the_tables_of_the_others(file):
    Path("hot.toml").write_text(SWEEP.replace("0.01]", "1e30]").replace("epochs = 1", "epochs = 1\noptimizer = 'sgd'"))
    with pytest.raises(ValueError, match="failed"):
        distributed.sweep("hot.toml", "out", n_shards=2, program=PROGRAM)
    text = Path("out/networks.csv").read_text()
    assert text.count(",done,") == 2 and text.count(",failed,") == 2
