"""Neighbours and intrinsic dimension beside their peers; see `geometry_rows.py` and `geometry_tools.py`.

    cargo xtask bench-peers geometry [--quick] [--threads 2,1] [--only TEXT]... [--out FILE]
"""

import numpy as np

from geometry_rows import ROWS
from geometry_tools import TOOLS, Job
from program import main
from topic import Topic


def write(path, found, row):
    np.savez(path, np.asarray(found, dtype=np.float64))


def compare(found, reference):
    """The dimension, or by how much the distances of neighbours differ from those of the first tool."""
    found, reference = found[0], reference[0]
    if found.ndim == 0:
        return f"{float(found):.2f}"
    difference = np.abs(found - reference).max() / reference.max()
    return f"DIFFERS by {difference:.1e}" if difference > 1e-3 else f"within {difference:.0e}"


TOPIC = Topic(
    name="geometry",
    title="Neighbours and intrinsic dimension beside their peers",
    packages=["faiss-cpu", "scikit-dimension", "dadapy", "scikit-learn", "numba", "numpy", "scipy"],
    about="""In the row "all" every estimator of topolens runs, and scikit-dimension's MLE alone. "Named kernel" is faiss
with OPENBLAS_CORETYPE set to what the processor has.""",
    result="value, or largest difference of a distance",
    rows=ROWS,
    tools=TOOLS,
    compare=compare,
    write=write,
    job=lambda array, row, threads: Job(array, row.task, threads),
)

if __name__ == "__main__":
    main(TOPIC)
