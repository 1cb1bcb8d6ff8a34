"""Docstrings, stubs and the README say what the package does."""

import ast
import doctest
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import topolens
from topolens import skdim, sklearn, statistics

ESTIMATORS = [getattr(module, name) for module in [sklearn, skdim] for name in module.__all__]
STUBS = Path(topolens.__file__).with_name("_topolens.pyi")
README = Path(__file__).parents[3] / "README.md"
PUBLIC = {name: getattr(topolens, name) for name in topolens.__all__ if name != "__version__"}
PUBLIC |= {name: getattr(statistics, name) for name in statistics.__all__}
FUNCTIONS = [name for name in PUBLIC if not inspect.isclass(PUBLIC[name])]
# What only the package itself calls.
INTERNAL = ["AttackCells", "BootstrapPlan", "LayerPart", "LayerStudy", "MeasuredLayer", "attack_network", "set_threads"]
NATIVE = [name for name in PUBLIC if hasattr(topolens._topolens, name)]
IN_PYTHON = [name for name in PUBLIC if name not in NATIVE]
IN_RUST = [name for name in FUNCTIONS if name in NATIVE]


def failures(name, text):
    runner = doctest.DocTestRunner(verbose=False)
    return runner.run(doctest.DocTestParser().get_doctest(text, {}, name, None, 0))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_an_example_that_runs(name):
    text = inspect.getdoc(PUBLIC[name])
    for section in ["Parameters", "Returns", "Raises", "Examples"]:
        assert f"\n{section}\n{'-' * len(section)}\n" in text
    results = failures(name, text)
    assert results.attempted > 2 and results.failed == 0


@pytest.mark.parametrize("module", [topolens, sklearn, skdim, statistics])
def test_the_packages_have_an_example_that_runs(module):
    results = failures(module.__name__, module.__doc__)
    assert results.attempted > 2 and results.failed == 0


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_every_estimator_has_an_example_that_runs_and_says_what_its_settings_are(cls):
    text = inspect.getdoc(cls)
    for section in ["Attributes", "References", "Examples"]:
        assert f"\n{section}\n{'-' * len(section)}\n" in text or cls is sklearn.PersistentHomology
    documented = text.partition("\nParameters\n")[2].partition("\nAttributes\n")[0]
    assert all(f"\n{name} : " in documented for name in cls._get_param_names())
    results = failures(cls.__name__, text)
    assert results.attempted > 2 and results.failed == 0


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_every_method_says_what_it_does(cls):
    own = [name for name in dir(cls) if name[0] != "_" and "topolens" in getattr(getattr(cls, name), "__module__", "")]
    assert "fit" in own and all(inspect.getdoc(getattr(cls, name)) for name in own)


def test_the_types_are_consistent():
    package = Path(__file__).parents[1]
    settings = ["--config-file", package / "pyproject.toml", "--cache-dir", os.devnull]
    command = [sys.executable, "-m", "mypy", *settings, package / "python/topolens"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", IN_PYTHON)
def test_what_is_written_in_python_has_an_example_that_runs(name):
    results = failures(name, inspect.getdoc(PUBLIC[name]))
    assert results.attempted > 2 and results.failed == 0


def stubs():
    nodes = ast.parse(STUBS.read_text()).body
    return {
        node.name: node for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name[0] != "_"
    }


def test_stubs_list_what_the_package_exports():
    assert sorted([*stubs(), *IN_PYTHON]) == sorted([*PUBLIC, *INTERNAL])


@pytest.mark.parametrize("name", IN_RUST)
def test_stubs_have_the_signatures_of_the_functions(name):
    arguments = stubs()[name].args
    positional = [argument.arg for argument in arguments.posonlyargs + arguments.args]
    keyword = {
        argument.arg: ast.literal_eval(default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    }
    parameters = inspect.signature(PUBLIC[name]).parameters.values()
    assert positional == [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    assert keyword == {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


def test_stubs_name_every_metric():
    (values,) = re.findall(r"^_Metric.*?Literal\[(.*?)\]", STUBS.read_text(), flags=re.DOTALL | re.MULTILINE)
    names = re.findall(r'"([a-z]+)"', values)
    with pytest.raises(ValueError) as refused:
        topolens.persistent_homology([[0.0]], metric="unknown")
    known = str(refused.value).split("one of ")[1].split(", not")[0]
    assert names == re.split(", | and ", known)


@pytest.mark.parametrize("name", [name for name in NATIVE if name not in FUNCTIONS])
def test_stubs_have_the_attributes_of_the_classes(name):
    described = {member.name for member in stubs()[name].body}
    cls = PUBLIC[name]
    public = {member for member in vars(cls) if member[0] != "_"}
    assert {member for member in described if member[0] != "_"} == public
    assert described <= set(dir(cls))
    assert all(member in cls.__doc__ for member in public)


def test_the_sessions_of_the_readme_have_the_output_shown():
    sessions = re.findall(r"```pycon\n(.*?)```", README.read_text(), flags=re.DOTALL)
    results = failures("README", "\n".join(sessions))
    assert results.attempted > 10 and results.failed == 0


def test_the_examples_of_the_readme_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)
    names = {}
    for block in blocks:
        if "torch" not in block:
            exec(block, names)
    assert "topolens" in names
