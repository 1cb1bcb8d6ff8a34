import warnings

import numpy as np
import pytest

import topolens


def plane(n=300, dtype=np.float64):
    return np.random.default_rng(3).random((n, 2)).astype(dtype)


def test_every_estimator_has_a_value_or_a_reason():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = topolens.intrinsic_dimensions(plane())
    assert list(found) == list(topolens.dimension_estimators())
    undefined = [name for name, estimate in found.items() if estimate is None]
    assert sorted(str(warning.message).split(":")[0] for warning in told) == sorted(undefined)
    assert found["two-nn"].value == topolens.intrinsic_dimension(plane()).value


def test_one_estimator_without_a_value_is_a_warning_and_the_others_stay():
    lattice = np.array([[i, j] for i in range(8) for j in range(8)], dtype=float)
    with pytest.warns(RuntimeWarning, match="two-nn"):
        found = topolens.intrinsic_dimensions(lattice, estimators=["two-nn", "mle"])
    assert found["two-nn"] is None and found["mle"].value > 1


def test_values_at_points():
    points = plane()
    values = topolens.pointwise_dimension(points, n_neighbors=10)
    distances, _ = topolens.nearest_neighbors(points, n_neighbors=10)
    expected = 9 / np.log(distances[:, -1:] / distances[:, :-1]).sum(axis=1)
    np.testing.assert_allclose(values, expected, rtol=1e-12)
    with pytest.raises(ValueError, match="two-nn.*mle"):
        topolens.pointwise_dimension(points, estimator="two-nn")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("metric", ["euclidean", "cosine", "manhattan"])
def test_neighbors_are_those_of_all_distances(dtype, metric):
    from scipy.spatial.distance import cdist

    points = np.random.default_rng(5).normal(size=(120, 7)).astype(dtype)
    distances, indices = topolens.nearest_neighbors(points, n_neighbors=119, metric=metric)
    full = cdist(points, points, {"manhattan": "cityblock"}.get(metric, metric))
    np.fill_diagonal(full, np.inf)
    np.testing.assert_allclose(distances, np.sort(full, axis=1)[:, :-1], rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(full, indices, axis=1), distances, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("n_neighbors", [0, 300, -1])
def test_impossible_numbers_of_neighbors(n_neighbors):
    with pytest.raises(ValueError, match="n_neighbors"):
        topolens.nearest_neighbors(plane(), n_neighbors=n_neighbors)
    if n_neighbors < 1:
        with pytest.raises(ValueError, match="n_neighbors must be"):
            topolens.intrinsic_dimensions(plane(), n_neighbors=n_neighbors)


@pytest.mark.parametrize(("seed", "error"), [(-1, ValueError), (2**64, ValueError), (1.5, TypeError), ("0", TypeError)])
def test_impossible_seeds_are_refused(seed, error):
    cloud = np.random.default_rng(0).normal(size=(60, 3))
    for call in (topolens.intrinsic_dimension, topolens.intrinsic_dimensions, topolens.lifespans_sum_over_null):
        with pytest.raises(error, match="seed must be a whole number from 0"):
            call(cloud, random_state=seed)
