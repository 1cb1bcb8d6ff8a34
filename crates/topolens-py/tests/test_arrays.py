"""What can be given as X, and how it is laid out in memory."""

import numpy as np
import pytest
from array_likes import Tensor, read_only, unaligned

import topolens


def points():
    return np.random.default_rng(1).normal(size=(40, 4))


LAYOUTS = {
    "fortran": np.asfortranarray,
    "columns of a wider array": lambda array: np.repeat(array, 2, axis=1)[:, ::2],
    "backwards": lambda array: array[::-1, ::-1].copy()[::-1, ::-1],
    "transposed": lambda array: array.T.copy().T,
    "read-only": read_only,
    "unaligned": unaligned,
    "subclass": lambda array: array.view(np.matrix),
    "tensor": Tensor,
    "buffer": memoryview,
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_does_not_matter(layout, dtype):
    array = points().astype(dtype)
    expected = topolens.persistent_homology(array)
    found = topolens.persistent_homology(LAYOUTS[layout](array.copy()))
    assert len(expected[1]) > 2
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_nested_lists_are_double_precision():
    array = points()
    for ours, theirs in zip(
        topolens.persistent_homology(array.tolist()), topolens.persistent_homology(array), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_single_precision_is_kept():
    array = points()
    single = topolens.persistent_homology(array.astype(np.float32))[1]
    assert single.dtype == np.float64
    np.testing.assert_array_equal(single, single.astype(np.float32))
    np.testing.assert_allclose(single, topolens.persistent_homology(array)[1], rtol=1e-5)


def test_diagrams_may_be_lists_or_single_precision():
    assert topolens.lifespans_sum([[0.0, 2.0], [1.0, 4.0]]) == 5.0
    assert topolens.lifespans_sum(np.array([[0, 2], [1, 4]], dtype=np.float32)) == 5.0


def test_the_array_is_not_written_to():
    array = points()
    before = array.copy()
    for metric in ["euclidean", "cosine", "correlation"]:
        topolens.persistent_homology(array, metric=metric)
    np.testing.assert_array_equal(array, before)


class OnTheGraphicsCard:
    def __array__(self, dtype=None, copy=None):
        raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu()")


class OnTheTape:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")


@pytest.mark.parametrize(
    "bad, message",
    [
        (np.zeros((3, 2), dtype=int), "X .*float32 or float64.* int64"),
        ([[0, 1], [1, 0]], "X .*float32 or float64"),
        (np.zeros((3, 2), dtype=np.float16), "X .* float16"),
        (np.zeros((3, 2), dtype=complex), "X .* complex128"),
        (np.zeros((3, 2), dtype=">f8"), "X .* >f8"),
        (np.zeros(3), r"X .*two-dimensional.* \[3\]"),
        (np.zeros((2, 2, 2)), r"X .*two-dimensional.* \[2, 2, 2\]"),
        (np.ma.masked_invalid(np.array([[np.nan, 1.0]])), "X is a masked array"),
        (None, "X"),
        ("points", "X"),
        (OnTheGraphicsCard(), r"X .*Tensor\.cpu"),
        (OnTheTape(), r"X .*tensor\.detach"),
    ],
)
def test_wrong_types_are_type_errors(bad, message):
    calls = [
        lambda: topolens.persistent_homology(bad),
        lambda: topolens.persistent_homology(bad, metric="precomputed"),
        lambda: topolens.furthest_point_landmarks(bad, 1),
        lambda: topolens.minimum_spanning_tree(bad),
        lambda: topolens.geodesic_distances(bad, n_neighbors=1),
        lambda: topolens.loop_representatives(bad),
        lambda: topolens.intrinsic_dimension(bad),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=message):
            call()
