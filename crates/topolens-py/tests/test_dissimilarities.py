"""Metrics, matrices, sparse matrices and geodesic distances."""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sparse
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import squareform

import topolens

DISSIMILARITIES = Path(__file__).parents[3] / "testdata" / "dissimilarities"
METRICS = ["euclidean", "cosine", "manhattan", "chebyshev", "correlation"]
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def read(name):
    return json.loads((DISSIMILARITIES / f"{name}.json").read_text())


def from_condensed(values):
    return squareform([np.inf if value is None else value for value in values])


def assert_same(found, expected, rtol=1e-9):
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol)


@pytest.mark.parametrize("dtype, rtol", [(np.float32, 1e-4), (np.float64, 1e-9)])
@pytest.mark.parametrize("metric", METRICS)
def test_metrics_are_those_of_scipy(metric, dtype, rtol):
    known = read("metrics")
    points, distances = np.array(known["points"], dtype=dtype), from_condensed(known["condensed"][metric])
    expected = np.sort(minimum_spanning_tree(distances).data)
    edges, lengths = topolens.minimum_spanning_tree(points, metric=metric)
    np.testing.assert_allclose(lengths, expected, rtol=rtol)
    np.testing.assert_allclose(distances[edges[:, 0], edges[:, 1]], lengths, rtol=rtol)
    for dimension in [0, 2]:
        found = topolens.persistent_homology(points, metric=metric, max_homology_dimension=dimension)
        np.testing.assert_allclose(found[0][:-1, 1], expected, rtol=rtol)
        by_matrix = topolens.persistent_homology(distances, metric="precomputed", max_homology_dimension=dimension)
        assert_same(found, by_matrix, rtol)


def test_loops_of_a_square_by_every_metric():
    moved = SQUARE + 1
    death = {"euclidean": np.sqrt(2), "manhattan": 2.0}
    for metric, expected in death.items():
        np.testing.assert_allclose(topolens.persistent_homology(moved, metric=metric)[1], [[1.0, expected]])
    # All pairs of corners are 1 apart.
    assert len(topolens.persistent_homology(moved, metric="chebyshev")[1]) == 0


def test_geodesic_distances_are_those_of_scipy():
    known = read("geodesic")
    points, expected = np.array(known["points"]), from_condensed(known["condensed"])
    found = topolens.geodesic_distances(points, n_neighbors=known["n_neighbors"])
    assert np.isinf(found).any() and found.dtype == np.float64
    np.testing.assert_allclose(found, expected)
    np.testing.assert_array_equal(found, found.T)
    assert_same(
        topolens.persistent_homology(points, metric="geodesic", n_neighbors=known["n_neighbors"]),
        topolens.persistent_homology(expected, metric="precomputed"),
    )


def test_a_circle_that_is_walked_along_is_filled_at_a_third_of_its_length():
    n = 60
    angle = 2 * np.pi * np.arange(n) / n
    side = 2 * np.sin(np.pi / n)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    loops = topolens.persistent_homology(circle, metric="geodesic", n_neighbors=2)[1]
    np.testing.assert_allclose(loops, [[side, side * n / 3]])


def test_geodesic_distances_along_another_metric():
    corner = SQUARE[:3] * 2
    found = topolens.geodesic_distances(corner, n_neighbors=1, metric="chebyshev")
    # All pairs are 2 apart, and the first of equally near points is the neighbour.
    np.testing.assert_array_equal(found, [[0, 2, 2], [2, 0, 4], [2, 4, 0]])
    matrix = np.array([[0.0, 1.0, 9.0], [1.0, 0.0, 1.0], [9.0, 1.0, 0.0]])
    found = topolens.geodesic_distances(matrix, n_neighbors=1, metric="precomputed")
    np.testing.assert_array_equal(found, [[0, 1, 2], [1, 0, 1], [2, 1, 0]])


def known_pairs():
    known = read("pairs")
    rows, columns, values = map(list, zip(*known["pairs"], strict=True))
    n_points = known["n_points"]
    diagrams = [
        np.array([[b, np.inf if d is None else d] for b, d in diagram if b != d]).reshape(-1, 2)
        for diagram in known["diagrams"]
    ]
    return sparse.coo_array((values, (rows, columns)), shape=(n_points, n_points)), diagrams


@pytest.mark.parametrize("form", ["coo", "csr", "csc", "both directions", "spmatrix", "float32"])
def test_pairs_that_meet_have_the_diagrams_of_gudhi(form):
    matrix, expected = known_pairs()
    forms = {
        "both directions": lambda: matrix + matrix.T,
        "spmatrix": lambda: sparse.csr_matrix(matrix),
        "float32": lambda: matrix.astype(np.float32),
    }
    given = forms[form]() if form in forms else matrix.asformat(form)
    found = topolens.persistent_homology(given, metric="precomputed")
    for ours, theirs in zip(found, expected, strict=True):
        order = np.lexsort((theirs[:, 1], theirs[:, 0]))
        np.testing.assert_allclose(ours, theirs[order], rtol=1e-6)


def test_a_stored_zero_is_a_zero_and_an_absent_pair_never_meets():
    matrix = sparse.coo_array(([0.0], ([0], [1])), shape=(3, 3))
    (components,) = topolens.persistent_homology(matrix, metric="precomputed", max_homology_dimension=0)
    np.testing.assert_array_equal(components, [[0, np.inf], [0, np.inf]])
    edges, lengths = topolens.minimum_spanning_tree(matrix, metric="precomputed")
    np.testing.assert_array_equal(edges, [[1, 0]])
    np.testing.assert_array_equal(lengths, [0.0])


def test_infinite_dissimilarities_never_meet():
    never = np.array([[0.0, np.inf], [np.inf, 0.0]])
    np.testing.assert_array_equal(
        topolens.persistent_homology(never, metric="precomputed")[0], [[0, np.inf], [0, np.inf]]
    )


def test_spanning_tree_of_a_large_cloud_is_that_of_scipy():
    points = np.random.default_rng(4).normal(size=(1100, 5))
    distances = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    expected = np.sort(minimum_spanning_tree(distances).data)
    edges, lengths = topolens.minimum_spanning_tree(points)
    assert edges.shape == (1099, 2) and edges.dtype == np.int64 and (edges[:, 0] > edges[:, 1]).all()
    np.testing.assert_allclose(lengths, expected)
    np.testing.assert_allclose(distances[edges[:, 0], edges[:, 1]], lengths)


def test_spanning_tree_of_one_point_is_empty():
    edges, lengths = topolens.minimum_spanning_tree(np.zeros((1, 2)))
    assert edges.shape == (0, 2) and lengths.shape == (0,)


def coo(values, rows, columns, shape=(3, 3)):
    return sparse.coo_array((values, (rows, columns)), shape=shape)


BAD_MATRICES = {
    "not square": (np.zeros((3, 2)), "X must be square"),
    "empty": (np.zeros((0, 0)), "X.*empty"),
    "NaN": (np.array([[0.0, np.nan], [np.nan, 0.0]]), "X.*NaN"),
    "negative": (np.array([[0.0, -1.0], [-1.0, 0.0]]), "X.*-1"),
    "asymmetric": (np.array([[0.0, 1.0], [2.0, 0.0]]), "X.*not symmetric"),
    "diagonal": (np.array([[0.5, 1.0], [1.0, 0.0]]), "X.*diagonal"),
    "sparse, not square": (coo([1.0], [0], [1], (3, 2)), "X must be square"),
    "sparse, empty": (coo([], [], [], (0, 0)), "X.*empty"),
    "sparse, NaN": (coo([np.nan], [0], [1]), "X.*NaN"),
    "sparse, negative": (coo([-1.0], [0], [1]), "X.*-1"),
    "sparse, asymmetric": (coo([1.0, 2.0], [0, 1], [1, 0]), "X.*two dissimilarities"),
    "sparse, diagonal": (coo([1.0], [1], [1]), "X.*diagonal"),
    "sparse, twice": (coo([1.0, 1.0], [0, 0], [1, 1]), "X.*sum_duplicates"),
    "sparse, one axis": (sparse.coo_array(np.ones(3)), "X must be a square matrix"),
    "sparse, too large": (coo([1.0], [0], [1], (70000, 70000)), "X.*70000 points"),
}


@pytest.mark.parametrize("name", BAD_MATRICES)
def test_what_is_no_matrix_of_dissimilarities_is_refused(name):
    matrix, message = BAD_MATRICES[name]
    for function in [topolens.persistent_homology, topolens.loop_representatives, topolens.minimum_spanning_tree]:
        with pytest.raises(ValueError, match=message):
            function(matrix, metric="precomputed")


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: topolens.persistent_homology(SQUARE, metric="hamming"), "metric must be one of .*geodesic"),
        (lambda: topolens.persistent_homology(SQUARE, metric="cosine"), "X: row 0 is zero"),
        (lambda: topolens.persistent_homology(np.ones((2, 2)), metric="correlation"), "X: row 0 is constant"),
        (lambda: topolens.persistent_homology(SQUARE, n_neighbors=2), "n_neighbors is for metric='geodesic'"),
        (lambda: topolens.persistent_homology(SQUARE, metric="geodesic"), "n_neighbors. = 15"),
        (lambda: topolens.geodesic_distances(SQUARE, n_neighbors=4), "n_neighbors. = 4"),
        (lambda: topolens.geodesic_distances(SQUARE, n_neighbors=0), "n_neighbors"),
        (lambda: topolens.geodesic_distances(SQUARE, n_neighbors=-1), "n_neighbors"),
        (lambda: topolens.geodesic_distances(SQUARE, n_neighbors=1, metric="geodesic"), "metric"),
    ],
)
def test_bad_settings_are_value_errors_that_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: topolens.persistent_homology(coo([1.0], [0], [1])), "X is sparse.*precomputed"),
        (lambda: topolens.intrinsic_dimension(coo([1.0], [0], [1])), "X is sparse.*toarray"),
        (lambda: topolens.persistent_homology(coo([1], [0], [1]), metric="precomputed"), "X.*int64"),
    ],
)
def test_sparse_matrices_out_of_place_are_type_errors(call, message):
    with pytest.raises(TypeError, match=message):
        call()
