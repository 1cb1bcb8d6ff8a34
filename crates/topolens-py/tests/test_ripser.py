"""The call of ripser.py has the answers of ripser.py."""

import numpy as np
import pytest
import ripser as theirs
from scipy.sparse import coo_matrix
from scipy.spatial.distance import cdist

import topolens

pytestmark = pytest.mark.filterwarnings("ignore:The input")


def cloud(n=70, n_features=3):
    return np.random.default_rng(4).normal(size=(n, n_features))


def long_enough(diagram):
    """Ordered, without intervals that are as short as the rounding of float32."""
    diagram = diagram[diagram[:, 1] - diagram[:, 0] > 1e-5]
    return diagram[np.lexsort((diagram[:, 1].round(4), diagram[:, 0].round(4)))]


def assert_alike(ours, expected):
    assert len(ours["dgms"]) == len(expected["dgms"])
    for found, known in zip(ours["dgms"], expected["dgms"], strict=True):
        assert found.dtype == known.dtype
        np.testing.assert_allclose(long_enough(found), long_enough(known), rtol=1e-5, atol=1e-6)
    assert ours["cocycles"] == expected["cocycles"]
    assert type(ours["num_edges"]) is int and ours["num_edges"] == expected["num_edges"]
    np.testing.assert_array_equal(ours["idx_perm"], expected["idx_perm"])
    assert ours["r_cover"] == pytest.approx(expected["r_cover"])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"maxdim": 2},
        {"maxdim": 0},
        {"thresh": 1.1},
        {"thresh": 100.0},
        {"coeff": 3},
        {"metric": "manhattan"},
        {"metric": "cosine"},
        {"metric": lambda x, y: np.abs(x - y).max()},
        {"n_perm": 70},
        {"n_perm": 0},
    ],
)
def test_points(settings):
    ours, expected = topolens.ripser(cloud(), **settings), theirs.ripser(cloud(), **settings)
    assert sum(map(len, expected["dgms"])) >= 70
    assert_alike(ours, expected)
    np.testing.assert_allclose(ours["dperm2all"], expected["dperm2all"], atol=1e-6)
    assert ours.keys() == expected.keys()


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_landmarks(metric):
    ours = topolens.ripser(cloud(), n_perm=25, metric=metric)
    assert_alike(ours, theirs.ripser(cloud(), n_perm=25, metric=metric))
    assert "dperm2all" not in ours


@pytest.mark.parametrize("settings", [{}, {"n_perm": 25}, {"thresh": 0.9, "maxdim": 2}])
def test_matrices(settings):
    distances = cdist(cloud(), cloud())
    ours = topolens.ripser(distances, distance_matrix=True, **settings)
    expected = theirs.ripser(distances, distance_matrix=True, **settings)
    assert_alike(ours, expected)
    np.testing.assert_array_equal(ours["dperm2all"], expected["dperm2all"])


@pytest.mark.parametrize("half", [np.asarray, np.triu])
@pytest.mark.parametrize("thresh", [np.inf, 0.8])
def test_sparse_matrices(half, thresh):
    distances = cdist(cloud(), cloud())
    sparse = coo_matrix(half(np.where(distances < 1.2, distances, 0)))
    ours = topolens.ripser(sparse, distance_matrix=True, thresh=thresh)
    expected = theirs.ripser(sparse, distance_matrix=True, thresh=thresh)
    assert len(expected["dgms"][1]) >= (5 if thresh == np.inf else 1)
    assert_alike(ours, expected)
    assert ours["dperm2all"] is sparse


@pytest.mark.parametrize("as_matrix", [np.asarray, coo_matrix])
def test_edges_as_long_as_the_threshold_count(as_matrix):
    square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    settings = {"distance_matrix": True, "thresh": 1.0}
    matrix = as_matrix(cdist(square, square))
    ours = topolens.ripser(matrix, **settings)
    assert_alike(ours, theirs.ripser(matrix, **settings))
    assert ours["num_edges"] == 4 and len(ours["dgms"][1]) == 1


@pytest.mark.parametrize("points", [[[0, 0], [3, 0], [3, 4]], np.zeros((3, 1)), np.ones((1, 1))])
def test_few_or_equal_points_and_integers(points):
    with pytest.warns(UserWarning) if np.shape(points) == (1, 1) else np.errstate():
        assert_alike(topolens.ripser(points), theirs.ripser(np.asarray(points)))


def test_doubtful_shapes_are_warned_of():
    with pytest.warns(UserWarning, match="distance_matrix"):
        topolens.ripser(cloud(4, 4))
    with pytest.warns(UserWarning, match="columns"):
        topolens.ripser(cloud(4, 5))


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"n_perm": 71}, "n_perm"),
        ({"n_perm": -1}, "n_perm"),
        ({"distance_matrix": True}, "X.*square"),
        ({"coeff": 4}, "coeff"),
        ({"maxdim": -1}, "maxdim"),
        ({"thresh": np.nan}, "^`thresh`"),
        ({"metric": "hamming"}, "metric"),
        ({"do_cocycles": True}, "do_cocycles.*loop_representatives"),
    ],
)
def test_bad_settings_are_value_errors(settings, message):
    with pytest.raises(ValueError, match=message):
        topolens.ripser(cloud(), **settings)


def test_bad_points_are_value_errors():
    with pytest.raises(ValueError, match="X must have two axes"):
        topolens.ripser(np.zeros(5))
    with pytest.raises(ValueError, match="n_perm.*sparse"):
        topolens.ripser(coo_matrix(np.ones((4, 4)) - np.eye(4)), distance_matrix=True, n_perm=2)
