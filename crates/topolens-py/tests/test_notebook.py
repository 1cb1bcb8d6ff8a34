"""The notebook runs from top to bottom, and what is kept of its outputs is small and whole.

`python tests/test_notebook.py` writes it with the outputs of this machine.
"""

import copy
import re
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[3] / "examples/manifold.ipynb"
#: Bytes of the file with its pictures.
LARGEST = 300_000


def executed(notebook, folder):
    """The notebook with the outputs of a fresh kernel; an error in a cell is raised."""
    from nbclient import NotebookClient

    kept = copy.deepcopy(notebook)
    NotebookClient(kept, timeout=300, kernel_name="python3", record_timing=False, resources={"metadata": {"path": str(folder)}}).execute()
    return kept


def read():
    nbformat = pytest.importorskip("nbformat")
    return nbformat.read(NOTEBOOK, as_version=4)


def kinds(notebook):
    """What each cell of code gives, without texts, which differ between machines."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [sorted({kind for output in cell.outputs for kind in output.get("data", {"text": ""})}) for cell in cells]


def test_the_notebook_runs_and_gives_what_it_shows(tmp_path):
    notebook = read()
    again = executed(notebook, tmp_path)
    assert kinds(again) == kinds(notebook)
    # The last cell of code compares the numbers of two executors.
    (last,) = [cell for cell in again.cells if cell.cell_type == "code"][-1].outputs
    assert last["data"]["text/plain"] == "True"


def test_the_notebook_is_small_and_tells_nothing_of_a_machine():
    text, notebook = NOTEBOOK.read_text(encoding="utf-8"), read()
    assert len(text) < LARGEST
    assert not re.search(r"/(home|root|tmp|work|Users)/", text)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error" and output.get("name") != "stderr", output
    assert sum("image/png" in kind for kind in kinds(notebook)) >= 4
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == list(range(1, len(kinds(notebook)) + 1))


def test_links_of_the_notebook_lead_somewhere():
    links = [link for cell in read().cells if cell.cell_type == "markdown" for link in re.findall(r"\]\((\S+?)\)", cell.source)]
    assert len(links) > 2 and all((NOTEBOOK.parent / link).is_file() for link in links)


if __name__ == "__main__":
    import nbformat

    nbformat.write(executed(read(), NOTEBOOK.parent), NOTEBOOK)
