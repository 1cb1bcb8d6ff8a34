"""Furthest-point landmarks and the homology of landmarks."""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sparse

import topolens

LANDMARKS = Path(__file__).parents[3] / "testdata" / "dissimilarities" / "landmarks.json"


def test_landmarks_are_those_of_gudhi():
    known = json.loads(LANDMARKS.read_text())
    found = topolens.furthest_point_landmarks(known["points"], len(known["indices"]))
    assert found.indices.dtype == np.int64
    np.testing.assert_array_equal(found.indices, known["indices"])
    assert found.covering_radius == pytest.approx(known["covering_radius"], rel=1e-12)
    assert found.error_bound == 2 * found.covering_radius
    assert len(found) == len(known["indices"])
    assert "12 of 60 points" in repr(found)


def test_landmarks_of_a_line():
    line = np.arange(5.0).reshape(-1, 1)
    found = topolens.furthest_point_landmarks(line, 3, start=4)
    np.testing.assert_array_equal(found.indices, [4, 0, 2])
    np.testing.assert_array_equal(found.insertion_radii, [np.inf, 4.0, 2.0])
    assert (found.covering_radius, found.error_bound) == (1.0, 2.0)
    assert topolens.furthest_point_landmarks(line, 5).covering_radius == 0.0


def cloud():
    return np.random.default_rng(6).normal(size=(90, 3)) + 2


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev", "cosine", "correlation"])
@pytest.mark.parametrize("dimension", [0, 1])
def test_homology_of_landmarks_is_that_of_their_rows(metric, dimension):
    points = cloud()
    landmarks = topolens.furthest_point_landmarks(points, 30, metric=metric)
    settings = {"metric": metric, "max_homology_dimension": dimension}
    found = topolens.persistent_homology(points, landmarks=landmarks, **settings)
    expected = topolens.persistent_homology(points[landmarks.indices], **settings)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("metric", ["geodesic", "precomputed"])
def test_homology_of_landmarks_is_that_of_their_part_of_the_matrix(metric):
    points, matrix = cloud(), topolens.geodesic_distances(cloud(), n_neighbors=6)
    given = {
        "geodesic": (points, {"metric": "geodesic", "n_neighbors": 6}),
        "precomputed": (matrix, {"metric": "precomputed"}),
    }
    X, settings = given[metric]
    landmarks = topolens.furthest_point_landmarks(X, 30, **settings)
    found = topolens.persistent_homology(X, landmarks=landmarks, **settings)
    part = matrix[np.ix_(landmarks.indices, landmarks.indices)]
    for ours, theirs in zip(found, topolens.persistent_homology(part, metric="precomputed"), strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_landmarks_of_pairs_that_meet():
    path = sparse.coo_array(([1.0, 1.0], ([0, 1], [1, 2])), shape=(4, 4))
    found = topolens.furthest_point_landmarks(path, 3, metric="precomputed")
    np.testing.assert_array_equal(found.indices, [0, 2, 3])
    assert found.covering_radius == 1.0
    assert topolens.furthest_point_landmarks(path, 1, metric="precomputed").error_bound == np.inf


def test_diagrams_are_no_further_off_than_the_error_bound():
    angle = np.random.default_rng(8).uniform(0, 2 * np.pi, 200)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    landmarks = topolens.furthest_point_landmarks(circle, 25)
    few = topolens.persistent_homology(circle, landmarks=landmarks)
    for ours, theirs in zip(few, topolens.persistent_homology(circle), strict=True):
        assert 0 < topolens.bottleneck_distance(ours, theirs) <= landmarks.error_bound


def test_without_the_triangle_inequality_there_is_no_bound():
    found = topolens.furthest_point_landmarks(cloud(), 10, metric="cosine")
    assert found.covering_radius > 0
    assert found.error_bound is None
    assert "triangle inequality" in repr(found)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: topolens.furthest_point_landmarks(cloud(), 0), "n_landmarks"),
        (lambda: topolens.furthest_point_landmarks(cloud(), -1), "n_landmarks"),
        (lambda: topolens.furthest_point_landmarks(cloud(), 91), "n_landmarks"),
        (lambda: topolens.furthest_point_landmarks(cloud(), 5, start=90), "start"),
        (lambda: topolens.furthest_point_landmarks(cloud(), 5, start=-1), "start"),
        (lambda: topolens.furthest_point_landmarks(cloud()[:0], 1), "X"),
        (
            lambda: topolens.persistent_homology(
                cloud()[:50], landmarks=topolens.furthest_point_landmarks(cloud(), 5)
            ),
            "landmarks were chosen from 90 points",
        ),
        (
            lambda: topolens.loop_representatives(
                cloud(), metric="manhattan", landmarks=topolens.furthest_point_landmarks(cloud(), 5)
            ),
            "landmarks were chosen with metric=\"euclidean\"",
        ),
    ],
)
def test_bad_input_is_a_value_error_that_names_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_list_of_indices_is_no_landmarks():
    with pytest.raises(TypeError):
        topolens.persistent_homology(cloud(), landmarks=[0, 1, 2])
