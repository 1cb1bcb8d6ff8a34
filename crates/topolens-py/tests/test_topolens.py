import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import topolens

TESTDATA = Path(__file__).parents[3] / "testdata"


def circle(n=300):
    angle = 2 * np.pi * np.arange(n) / n
    return np.column_stack([np.cos(angle), np.sin(angle)])


def test_circle_dies_at_root_three():
    components, loops = topolens.persistent_homology(circle())
    assert components.shape == (300, 2)
    assert np.isinf(components[:, 1]).sum() == 1
    assert loops.shape == (1, 2)
    assert loops[0, 1] == pytest.approx(np.sqrt(3), rel=1e-9)


@pytest.mark.parametrize("name", ["torus_n200_d3_h1_z2", "klein_n180_d4_h1_z3", "sphere_n150_d3_h2_z2"])
def test_reference_barcodes(name):
    expected = json.loads((TESTDATA / "barcodes" / f"{name}.json").read_text())
    points = np.load(TESTDATA / "barcodes" / f"{name}.npy")
    found = topolens.persistent_homology(
        points,
        max_homology_dimension=expected["max_homology_dimension"],
        coeff=expected["modulus"],
    )
    for ours, theirs in zip(found, expected["diagrams"], strict=True):
        finite = np.array([[b, np.inf if d is None else d] for b, d in theirs]).reshape(-1, 2)
        order = lambda a: a[np.lexsort((a[:, 0], a[:, 1]))]
        np.testing.assert_allclose(order(ours), order(finite), rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("estimator, key", [("two-nn", "TwoNN"), ("mle", "MLE_k20")])
def test_reference_dimensions(dtype, estimator, key):
    expected = json.loads((TESTDATA / "intrinsic_dimension" / "estimates.json").read_text())
    points = np.load(TESTDATA / "intrinsic_dimension" / "sphere10.npy").astype(dtype)
    estimate = topolens.intrinsic_dimension(points, estimator=estimator)
    assert estimate.value == pytest.approx(expected["clouds"]["sphere10"]["estimates"][key], rel=1e-3)
    assert estimate.lower < estimate.value < estimate.upper


def test_precomputed_equals_euclidean():
    points = np.random.default_rng(0).normal(size=(60, 3))
    distances = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    for a, b in zip(
        topolens.persistent_homology(points),
        topolens.persistent_homology(distances, metric="precomputed"),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-9)


@pytest.mark.parametrize("n_points", [1, 2])
def test_few_or_equal_points_have_no_loops(n_points):
    components, loops, cavities = topolens.persistent_homology(np.ones((n_points, 2)), max_homology_dimension=2)
    np.testing.assert_array_equal(components, [[0.0, np.inf]])
    assert loops.shape == cavities.shape == (0, 2)


def test_threads_run_while_homology_is_computed():
    points = np.random.default_rng(2).random((900, 3))
    work = threading.Thread(target=topolens.persistent_homology, args=(points,), kwargs={"max_homology_dimension": 2})
    n_turns = 0
    work.start()
    while work.is_alive():
        time.sleep(0.001)
        n_turns += 1
    assert n_turns > 10


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: topolens.persistent_homology(np.array([[np.nan, 0.0]])), "NaN"),
        (lambda: topolens.persistent_homology(np.zeros((3, 2)), metric="hamming"), "metric"),
        (lambda: topolens.persistent_homology(np.zeros((3, 2)), metric="precomputed"), "square"),
        (lambda: topolens.persistent_homology(np.zeros((3, 2)), coeff=4), "coeff"),
        (lambda: topolens.intrinsic_dimension(np.zeros((5, 2))), "point"),
        (lambda: topolens.intrinsic_dimension(np.eye(9), estimator="mle", n_neighbors=9), "n_neighbors"),
        (lambda: topolens.intrinsic_dimension(np.eye(9), estimator="pca"), "estimator"),
        (lambda: topolens.intrinsic_dimension(np.eye(9), estimator="mle", n_neighbors=-1), "n_neighbors"),
        (lambda: topolens.persistent_homology(np.empty((0, 2))), "X"),
        (lambda: topolens.persistent_homology(np.empty((2, 0))), "X"),
        (lambda: topolens.persistent_homology(np.array([[np.inf, 0.0]])), "X.* row 0, column 0"),
        (lambda: topolens.persistent_homology(np.full((3, 2), 1e200)), "X.* 1e200"),
        (lambda: topolens.persistent_homology([[0.0, 1.0], [2.0]]), "X"),
        (lambda: topolens.persistent_homology(np.eye(3), threshold=np.nan), "threshold"),
        (lambda: topolens.persistent_homology(np.eye(3), threshold=-1.0, max_homology_dimension=0), "threshold"),
        (lambda: topolens.persistent_homology(np.eye(3), max_homology_dimension=-1), "max_homology_dimension"),
        (lambda: topolens.persistent_homology(np.eye(3), max_homology_dimension=15), "max_homology_dimension"),
        (lambda: topolens.persistent_homology(np.eye(3), coeff=-3), "coeff"),
        (lambda: topolens.persistent_homology(np.eye(3), coeff=4, max_homology_dimension=0), "coeff"),
    ],
)
def test_bad_input_is_a_value_error_that_names_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
