"""Docstrings have examples that run."""

import doctest
import re
from pathlib import Path

import pytest

import topolens.torch

README = Path(__file__).parents[3] / "README.md"
PUBLIC = {name: getattr(topolens.torch, name).__doc__ for name in topolens.torch.__all__}


@pytest.mark.parametrize("name", [*PUBLIC, "module"])
def test_every_name_has_an_example_that_runs(name):
    text = PUBLIC.get(name, topolens.torch.__doc__)
    runner = doctest.DocTestRunner(verbose=False)
    results = runner.run(doctest.DocTestParser().get_doctest(text, {}, name, None, 0))
    assert results.attempted > 1 and results.failed == 0


@pytest.mark.parametrize("name", ["profile", "activations"])
def test_functions_have_all_sections(name):
    for section in ["Parameters", "Returns", "Raises", "Examples"]:
        assert re.search(rf"^ *{section}\n *-+$", PUBLIC[name], flags=re.MULTILINE)


def test_the_example_of_the_readme_runs():
    (block,) = [block for block in re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL) if "topolens.torch" in block]
    exec(block, {})
