"""Persistent homology beside its peers; what is measured is in `homology_rows.py`, how in `homology_tools.py`.

    cargo xtask bench-peers homology [--quick] [--threads 2,1] [--only TEXT]... [--out FILE] [--data FOLDER]
"""

from barcodes import compare, write
from homology_rows import ROWS
from homology_tools import PRODUCTS, TOOLS, Job
from program import main
from topic import Topic

TOPIC = Topic(
    name="homology",
    title="Persistent homology beside its peers",
    packages=[
        "redzed-tda", "tda", "holos-tda", "ripser", "giotto-ph", "gudhi", "fast_hdbscan", "pynndescent", "numba", "numpy",
        "scipy",
    ],  # fmt: skip
    about=""""Products alone" is no tool: the matrix product behind the distances, each pair once, the
least that any exact tool which takes products must do. Barcodes are compared in all dimensions up to that of the row.""",
    result="barcode",
    rows=ROWS,
    tools=TOOLS,
    limits=[PRODUCTS],
    compare=compare,
    write=write,
    job=lambda array, row, threads: Job(array, row.is_matrix, row.dimension, row.threshold, threads),
    named_peer="giotto-ph",
)

if __name__ == "__main__":
    main(TOPIC)
