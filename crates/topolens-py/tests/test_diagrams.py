"""Distances between diagrams, and the functions and numbers read off them."""

import json
from pathlib import Path

import numpy as np
import pytest

import topolens

DIAGRAMS = Path(__file__).parents[3] / "testdata" / "diagrams"
DISTANCES = json.loads((DIAGRAMS / "distances.json").read_text())
FUNCTIONS = json.loads((DIAGRAMS / "functions.json").read_text())
ESSENTIAL = np.array([[0.0, np.inf]])
NOTHING = np.empty((0, 2))


def intervals(rows):
    return np.array([[birth, np.inf if death is None else death] for birth, death in rows]).reshape(-1, 2)


def pair(name):
    return intervals(DISTANCES[name]["first"]), intervals(DISTANCES[name]["second"])


@pytest.mark.parametrize("name", DISTANCES)
def test_bottleneck_distances_are_those_of_gudhi(name):
    first, second = pair(name)
    expected = DISTANCES[name]["bottleneck"]
    assert topolens.bottleneck_distance(first, second) == pytest.approx(expected, rel=1e-12)
    near = topolens.bottleneck_distance(second, first, relative_error=0.2)
    assert expected * (1 - 1e-12) <= near <= 1.2 * expected


@pytest.mark.parametrize("name", DISTANCES)
def test_wasserstein_distances_are_those_of_scipy(name):
    first, second = pair(name)
    for known in DISTANCES[name]["wasserstein"]:
        ground_norm = "euclidean" if known["is_euclidean"] else "maximum"
        settings = {"order": known["order"], "ground_norm": ground_norm}
        exact = topolens.wasserstein_distance(first, second, **settings)
        assert exact == pytest.approx(known["distance"], rel=1e-9)
        near = topolens.wasserstein_distance(first, second, relative_error=0.1, **settings)
        assert exact * (1 - 1e-9) <= near <= 1.1 * exact


def test_distances_of_a_few_intervals():
    one, two = np.array([[1.0, 3.0]]), np.array([[1.0, 3.5], [2.0, 2.5]])
    assert topolens.bottleneck_distance(one, NOTHING) == 1.0
    assert topolens.wasserstein_distance(one, two) == pytest.approx(0.75)
    assert topolens.wasserstein_distance(one, two, order=2.0, ground_norm="euclidean") == pytest.approx(0.375**0.5)
    assert topolens.bottleneck_distance(NOTHING, NOTHING) == topolens.wasserstein_distance(NOTHING, NOTHING) == 0.0


@pytest.mark.parametrize("distance", [topolens.bottleneck_distance, topolens.wasserstein_distance])
def test_essential_classes_are_matched_by_birth(distance):
    assert distance(ESSENTIAL, ESSENTIAL + [[0.25, 0.0]]) == 0.25
    assert distance(ESSENTIAL, NOTHING) == np.inf


def test_moving_points_moves_diagrams_by_at_most_twice_as_much():
    random = np.random.default_rng(0)
    points = random.random((60, 2))
    shifts = random.uniform(-0.01, 0.01, points.shape)
    moved = topolens.persistent_homology(points + shifts)
    bound = 2 * np.linalg.norm(shifts, axis=1).max()
    for ours, theirs in zip(moved, topolens.persistent_homology(points), strict=True):
        assert 0 < topolens.bottleneck_distance(ours, theirs) <= bound


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_those_of_gudhi(name):
    known = FUNCTIONS[name]
    diagram, grid = intervals(known["intervals"]), tuple(known["grid"])
    n = grid[2]
    betti, values = topolens.betti_curve(diagram, grid=grid)
    np.testing.assert_allclose(values, np.linspace(*grid))
    np.testing.assert_array_equal(betti, known["betti_curve"])
    landscape, values = topolens.persistence_landscape(diagram, n_layers=4, grid=grid)
    assert values.shape == (n,)
    np.testing.assert_allclose(landscape, np.reshape(known["landscape"], (4, n)), atol=1e-12)
    silhouette, values = topolens.persistence_silhouette(diagram, weight_exponent=1.5, grid=grid)
    assert values.shape == (n,)
    np.testing.assert_allclose(silhouette, known["silhouette"], atol=1e-12)
    image, births, lifespans = topolens.persistence_image(
        diagram, 0.3, weight_exponent=1.5, births=(-0.5, 4.5, 12), lifespans=(0.0, 3.0, 9)
    )
    np.testing.assert_allclose(births, np.linspace(-0.5, 4.5, 12))
    np.testing.assert_allclose(lifespans, np.linspace(0.0, 3.0, 9))
    np.testing.assert_allclose(image, np.reshape(known["image"], (9, 12)), rtol=1e-9, atol=1e-12)


def test_a_grid_that_is_not_given_spans_the_diagram():
    diagram = np.array([[1.0, 5.0], [2.0, 3.0], [0.5, np.inf]])
    for function in [
        topolens.betti_curve,
        topolens.persistence_landscape,
        topolens.persistence_silhouette,
    ]:
        np.testing.assert_allclose(function(diagram)[1], np.linspace(0.5, 5.0, 100))
        np.testing.assert_allclose(function(diagram, grid=7)[1], np.linspace(0.5, 5.0, 7))
    image, births, lifespans = topolens.persistence_image(diagram, 0.1, births=30)
    assert image.shape == (100, 30)
    np.testing.assert_allclose(births, np.linspace(0.7, 2.3, 30))
    np.testing.assert_allclose(lifespans, np.linspace(0.0, 4.3, 100))


def test_the_image_holds_the_weights_of_all_intervals():
    diagram = np.array([[1.0, 5.0], [2.0, 3.0]])
    image, births, lifespans = topolens.persistence_image(
        diagram, 0.1, weight_exponent=2.0, births=(0, 4, 400), lifespans=(0, 6, 600)
    )
    area = (births[1] - births[0]) * (lifespans[1] - lifespans[0])
    assert image.sum() * area == pytest.approx(4.0**2 + 1.0**2, rel=1e-6)


def test_numbers_of_a_diagram():
    diagram = np.array([[0.0, 2.0], [1.0, 4.0], [0.0, np.inf]])
    assert topolens.lifespans_sum(diagram) == 5.0
    assert topolens.lifespans_sum(diagram, alpha=2.0) == 13.0
    assert topolens.lifespans_sum(NOTHING) == 0.0
    shares = np.array([2.0, 3.0]) / 5
    assert topolens.persistent_entropy(diagram) == pytest.approx(-(shares * np.log(shares)).sum())
    assert topolens.persistent_entropy(ESSENTIAL) is None


def test_intervals_of_length_zero_do_not_count():
    diagram = np.array([[1.0, 1.0], [2.0, 4.0]])
    assert topolens.lifespans_sum(diagram, alpha=0.0) == 1.0
    assert topolens.persistent_entropy(diagram) == 0.0


FUNCTIONS_OF_ONE = {
    "lifespans_sum": topolens.lifespans_sum,
    "persistent_entropy": topolens.persistent_entropy,
    "betti_curve": topolens.betti_curve,
    "persistence_landscape": topolens.persistence_landscape,
    "persistence_silhouette": topolens.persistence_silhouette,
    "persistence_image": lambda diagram: topolens.persistence_image(diagram, 0.1),
}
FUNCTIONS_OF_TWO = [topolens.bottleneck_distance, topolens.wasserstein_distance]
BAD_DIAGRAMS = {
    "NaN": [[0.0, 1.0], [np.nan, 1.0]],
    "dies before it is born": [[0.0, 1.0], [2.0, 1.0]],
    "born at -inf": [[0.0, 1.0], [-np.inf, 1.0]],
    "never born": [[0.0, 1.0], [np.inf, np.inf]],
}


@pytest.mark.parametrize("name", FUNCTIONS_OF_ONE)
def test_what_is_no_diagram_is_refused(name):
    function = FUNCTIONS_OF_ONE[name]
    for bad in BAD_DIAGRAMS.values():
        with pytest.raises(ValueError, match="diagram: row 1"):
            function(np.array(bad))
    with pytest.raises(ValueError, match="diagram must have two columns"):
        function(np.zeros((3, 3)))
    for bad in [np.zeros((3, 2), dtype=int), np.zeros(2), None]:
        with pytest.raises(TypeError, match="diagram must be a two-dimensional"):
            function(bad)


@pytest.mark.parametrize("distance", FUNCTIONS_OF_TWO)
def test_what_is_no_diagram_has_no_distance(distance):
    for bad in BAD_DIAGRAMS.values():
        with pytest.raises(ValueError, match="first: row 1"):
            distance(np.array(bad), ESSENTIAL)
        with pytest.raises(ValueError, match="second: row 1"):
            distance(ESSENTIAL, np.array(bad))
    with pytest.raises(TypeError, match="second must be a two-dimensional"):
        distance(ESSENTIAL, np.zeros(2))


ONE = np.array([[0.0, 1.0]])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: topolens.lifespans_sum(ONE, alpha=np.nan), "alpha"),
        (lambda: topolens.bottleneck_distance(ONE, ONE, relative_error=-0.1), "relative_error"),
        (lambda: topolens.bottleneck_distance(ONE, ONE, relative_error=np.nan), "relative_error"),
        (lambda: topolens.wasserstein_distance(ONE, ONE, relative_error=np.inf), "relative_error"),
        (lambda: topolens.wasserstein_distance(ONE, ONE, order=0.5), "order"),
        (lambda: topolens.wasserstein_distance(ONE, ONE, order=np.inf), "order"),
        (lambda: topolens.wasserstein_distance(ONE, ONE, ground_norm="l2"), "ground_norm"),
        (lambda: topolens.betti_curve(NOTHING), "grid"),
        (lambda: topolens.betti_curve(ESSENTIAL), "grid"),
        (lambda: topolens.betti_curve(ONE, grid=1), "grid"),
        (lambda: topolens.betti_curve(ONE, grid=-5), "grid"),
        (lambda: topolens.betti_curve(ONE, grid=2**60), "grid"),
        (lambda: topolens.betti_curve(ONE, grid=(1.0, 0.0, 5)), "grid: `end`"),
        (lambda: topolens.betti_curve(ONE, grid=(np.nan, 0.0, 5)), "grid: `start`"),
        (lambda: topolens.persistence_landscape(ONE, n_layers=-1), "n_layers"),
        (lambda: topolens.persistence_landscape(ONE, n_layers=2**40), "n_layers"),
        (lambda: topolens.persistence_silhouette(ONE, weight_exponent=-1.0), "weight_exponent"),
        (lambda: topolens.persistence_silhouette(ESSENTIAL, grid=(0, 1, 5)), "no finite interval"),
        (lambda: topolens.persistence_image(ONE, 0.0), "bandwidth"),
        (lambda: topolens.persistence_image(ONE, np.nan), "bandwidth"),
        (lambda: topolens.persistence_image(ONE, 0.1, weight_exponent=np.nan), "weight_exponent"),
        (lambda: topolens.persistence_image(ONE, 0.1, births=(1, 0, 5)), "births"),
        (lambda: topolens.persistence_image(ONE, 0.1, lifespans=0), "lifespans"),
        (lambda: topolens.persistence_image(ONE, 0.1, births=10**5, lifespans=10**5), "births"),
        (lambda: topolens.persistence_image(NOTHING, 0.1), "births"),
    ],
)
def test_bad_settings_are_value_errors_that_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("grid", [np.linspace(0, 1, 5), 2.5, "100", (0.0, 1.0)])
def test_a_grid_of_another_type_is_a_type_error(grid):
    with pytest.raises(TypeError, match="grid must be"):
        topolens.betti_curve(ONE, grid=grid)


def test_functions_without_intervals_are_zero_on_a_grid_that_is_given():
    assert topolens.betti_curve(NOTHING, grid=(0, 1, 5))[0].tolist() == [0.0] * 5
    assert not topolens.persistence_landscape(NOTHING, grid=(0, 1, 5))[0].any()
    assert not topolens.persistence_image(NOTHING, 0.1, births=(0, 1, 5), lifespans=(0, 1, 3))[0].any()
