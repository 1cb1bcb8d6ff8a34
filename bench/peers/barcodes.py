"""Barcodes: how they are stored and compared."""

import numpy as np


def write(path, found, row):
    """A number, nothing, or a list of diagrams."""
    if found is None or isinstance(found, float):
        np.savez(path, *([] if found is None else [np.array(found)]))
    else:
        np.savez(path, *[np.asarray(diagram, dtype=np.float64).reshape(-1, 2) for diagram in found[: row.dimension + 1]])


def compare(diagrams, reference):
    """ "equal", or in what they differ."""
    if not diagrams:
        return "–"
    if diagrams[0].ndim == 0:
        return f"PHdim {float(diagrams[0]):.2f}"
    parts = [difference(a, b) for a, b in zip(diagrams, reference, strict=True)]
    differing = [f"H{k}: {part}" for k, part in enumerate(parts) if part]
    return "DIFFERS, " + "; ".join(differing) if differing else "equal"


def difference(a, b):
    """Lifespans in order, and the births that go with them, to what rounding in single precision explains.

    No lifespan in order moves by more than twice the bottleneck distance.
    """
    (spans, births, endless), (other, other_births, other_endless) = digest(a), digest(b)
    if endless != other_endless:
        return f"{endless} endless intervals, not {other_endless}"
    longest = max(len(spans), len(other))
    gap = np.abs(np.pad(spans, (0, longest - len(spans))) - np.pad(other, (0, longest - len(other)))).max(initial=0)
    scale = max(finite_maximum(a), finite_maximum(b), 1e-12)
    if gap > 1e-4 * scale:
        return f"a lifespan by {gap:.2g}"
    if abs(births - other_births) > 1e-3 * max(births, other_births, 1e-3 * scale**2):
        return f"births {births:.5g}, not {other_births:.5g}"
    return ""


def digest(diagram):
    """Lifespans in falling order, the sum of birth × lifespan, the number of intervals without end."""
    ends = np.isfinite(diagram[:, 1])
    births, spans = diagram[ends, 0], diagram[ends, 1] - diagram[ends, 0]
    return np.sort(spans)[::-1], float((births * spans).sum()), int((~ends).sum())


def finite_maximum(diagram):
    return diagram[np.isfinite(diagram)].max(initial=0)
