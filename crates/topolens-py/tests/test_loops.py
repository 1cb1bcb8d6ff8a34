"""Representatives of loops."""

import numpy as np
import pytest
import scipy.sparse as sparse

import topolens

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def test_a_square_has_one_loop_through_its_corners():
    (found,) = topolens.loop_representatives(SQUARE)
    assert (found.birth, found.death) == (1.0, np.sqrt(2))
    assert found.cycle.dtype == found.birth_edge.dtype == found.death_triangle.dtype == np.int64
    np.testing.assert_array_equal(np.sort(found.cycle), [0, 1, 2, 3])
    np.testing.assert_array_equal(np.abs(np.diff(SQUARE[found.cycle], axis=0)).sum(1), [1, 1, 1])


def test_a_circle_of_twelve_points_is_filled_by_an_equilateral_triangle():
    angle = 2 * np.pi * np.arange(12) / 12
    (found,) = topolens.loop_representatives(np.column_stack([np.cos(angle), np.sin(angle)]))
    steps = np.diff(found.cycle) % 12
    assert len(found.cycle) == 12 and (np.all(steps == 1) or np.all(steps == 11))
    assert len(set(found.death_triangle % 4)) == 1
    assert found.death == pytest.approx(np.sqrt(3))


def test_a_loop_of_pairs_is_never_filled():
    ring = sparse.coo_array(([1.0, 2.0, 3.0, 4.0], ([0, 1, 2, 3], [1, 2, 3, 0])), shape=(4, 4))
    (found,) = topolens.loop_representatives(ring, metric="precomputed")
    assert (found.birth, found.death, found.death_triangle) == (4.0, np.inf, None)
    np.testing.assert_array_equal(found.birth_edge, [3, 0])
    assert len(topolens.loop_representatives(ring, metric="precomputed", threshold=3.5)) == 0


def assert_loops_fit(loops, diagram, distances):
    assert len(loops) == len(diagram) > 1
    for found, (birth, death) in zip(loops, diagram, strict=True):
        assert (found.birth, found.death) == (birth, death)
        a, b = found.birth_edge
        assert a > b and distances[a, b] == pytest.approx(birth)
        triangle = found.death_triangle
        assert distances[np.ix_(triangle, triangle)].max() == pytest.approx(death)
        sides = distances[found.cycle, np.roll(found.cycle, -1)]
        assert len(found.cycle) >= 4 and sides.max() == pytest.approx(birth)
        assert {found.cycle[0], found.cycle[-1]} == {a, b}


@pytest.mark.parametrize("metric, order", [("euclidean", 2), ("manhattan", 1), ("chebyshev", np.inf)])
@pytest.mark.parametrize("coeff", [2, 3])
def test_representatives_fit_the_diagram_of_a_random_cloud(metric, order, coeff):
    points = np.random.default_rng(3).random((80, 2))
    distances = np.linalg.norm(points[:, None] - points[None], ord=order, axis=2)
    settings = {"metric": metric, "coeff": coeff}
    assert_loops_fit(
        topolens.loop_representatives(points, **settings),
        topolens.persistent_homology(points, **settings)[1],
        distances,
    )


@pytest.mark.parametrize("precomputed", [False, True])
def test_points_are_rows_of_X_where_landmarks_are_kept(precomputed):
    points = np.random.default_rng(9).random((150, 2))
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    X, metric = (distances, "precomputed") if precomputed else (points, "euclidean")
    landmarks = topolens.furthest_point_landmarks(X, 60, metric=metric)
    settings = {"metric": metric, "landmarks": landmarks}
    loops = topolens.loop_representatives(X, **settings)
    assert_loops_fit(loops, topolens.persistent_homology(X, **settings)[1], distances)
    for found in loops:
        assert np.isin(found.cycle, landmarks.indices).all()
        assert (np.diff(found.death_triangle) < 0).all()


def test_one_point_has_no_loop():
    assert topolens.loop_representatives(SQUARE[:1]) == []


def test_it_says_what_it_is():
    assert repr(topolens.loop_representatives(SQUARE)[0]) == "LoopRepresentative([1.0000, 1.4142), 4 points)"
