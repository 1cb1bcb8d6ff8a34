"""Keras models, tapped in their graph: the numbers of arrays computed by hand. Run on the backend of PyTorch."""

import doctest
import os
import re

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras", reason="Keras is not installed")

import topolens  # noqa: E402
import topolens.keras  # noqa: E402

Layers = keras.layers
PUBLIC = {"module": topolens.keras.__doc__, "activations": topolens.keras.activations.__doc__, "profile": topolens.keras.profile.__doc__}


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)
    keras.backend.clear_session()
    yield
    keras.config.set_image_data_format("channels_last")


def data(n=60):
    random = np.random.default_rng(0)
    return random.normal(size=(n, 8, 8, 3)).astype(np.float32), np.arange(n) % 3


def cnn():
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            Layers.Conv2D(6, 3, activation="relu", name="conv"),
            Layers.Conv2D(8, 3, name="conv2"),
            Layers.ReLU(name="relu"),
            Layers.Dropout(0.5, name="dropout"),
            Layers.Flatten(name="flatten"),
            Layers.Dense(12, activation="gelu", name="hidden"),
            Layers.Dense(3, name="logits"),
        ],
        name="cnn",
    )


def residual(n_blocks=7):
    x = inputs = keras.Input((5,))
    x = Layers.Dense(5, activation="relu", name="stem")(x)
    for at in range(n_blocks):
        x = Layers.Add(name=f"add{at}")([x, Layers.Dense(5, activation="tanh", name=f"branch{at}")(x)])
    return keras.Model(inputs, Layers.Dense(2, name="logits")(Layers.ReLU(name="last")(x)), name="residual")


def by_hand(model, images):
    """The activations of a sequential model, layer after layer."""
    found, x = {}, images
    for layer in model.layers:
        x = layer(x, training=False)
        found[layer.name] = keras.ops.convert_to_numpy(x)
    return found


def without_depth(rows):
    return [{key: value for key, value in row.items() if key != "depth"} for row in rows]


@pytest.mark.parametrize("readout", ["avg-pool", "flatten", "max", "cls", "last"])
def test_numbers_are_those_of_arrays_computed_by_hand(readout):
    images, labels = data()
    model, names = cnn(), ["conv", "relu", "hidden", "logits"]
    hand = by_hand(model, images)
    settings = {"n_half_samples": 2, "readout": readout}
    found = topolens.keras.profile(model, images, names, labels=labels, batch_size=len(images), **settings)
    same = topolens.profile({name: hand[name] for name in names}, labels, layout="channels-last", **settings)
    assert [row["layer"] for row in found.curve("two-nn")] == names
    assert without_depth(found.rows) == without_depth(same.rows) and found.warnings == same.warnings
    assert "cnn of Keras" in repr(found) and readout in repr(found)


def test_batches_do_not_change_the_rows():
    images, labels = data()
    model = cnn()
    whole = topolens.keras.activations(model, images, "*", labels=labels)
    pairs = [(images[at : at + 25], labels[at : at + 25]) for at in range(0, 60, 25)]
    for other in [topolens.keras.activations(model, images, "*", labels=labels, batch_size=7), topolens.keras.activations(model, iter(pairs), "*")]:
        assert other.labels == whole.labels == labels.tolist() and other.class_names == ["0", "1", "2"]
        for (name, depth, rows), (same, deep, expected) in zip(other.layers, whole.layers, strict=True):
            assert (name, depth) == (same, deep) and rows.dtype == np.float32
            np.testing.assert_allclose(rows, expected, rtol=1e-4, atol=1e-5)


def test_a_loader_and_a_tensor_of_pytorch_are_inputs():
    torch = pytest.importorskip("torch")
    images, labels = data()
    tensors = torch.from_numpy(images), torch.from_numpy(labels)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*tensors), batch_size=16)
    model = cnn()
    expected = topolens.keras.activations(model, images, "logits", labels=labels)
    for found in [topolens.keras.activations(model, loader, "logits"), topolens.keras.activations(model, tensors[0], "logits", labels=tensors[1])]:
        np.testing.assert_allclose(found.layers[0][2], expected.layers[0][2], rtol=1e-4, atol=1e-5)
        assert found.labels == expected.labels


def test_points_are_the_first_of_every_class():
    images, _ = data()
    labels = np.repeat(["c", "a", "b"], 20)
    found = topolens.keras.activations(cnn(), images, "logits", labels=labels, points=12)
    assert found.class_names == ["a", "b", "c"] and np.bincount(found.labels).tolist() == [4, 4, 4]
    alone = topolens.keras.activations(cnn(), images, "logits", points=12, batch_size=5)
    assert len(alone.layers[0][2]) == 12 and alone.labels is None


def test_default_layers_are_ends_of_blocks_or_nonlinearities():
    names = lambda model: [name for name, _, _ in topolens.keras.activations(model, np.ones((4, *model.inputs[0].shape[1:]))).layers]
    assert names(cnn()) == ["conv", "relu", "hidden", "logits"]
    assert names(residual()) == ["stem", *(f"add{at}" for at in range(7)), "last", "logits"]
    assert len(names(residual(20))) == 10
    few = keras.Sequential([keras.Input((4,)), Layers.Dense(5, name="a"), Layers.Dense(6, name="b"), Layers.Dense(2, name="c")])
    assert names(few) == ["a", "b", "c"]


def test_depth_is_the_share_of_layers_and_names_are_globs():
    found = topolens.keras.activations(cnn(), data()[0], ["conv*", "output"])
    assert [(name, round(depth, 3)) for name, depth, _ in found.layers] == [("conv", 0.143), ("conv2", 0.286), ("output", 1.0)]
    left = topolens.keras.activations(cnn(), data()[0], ["conv*", "!conv"])
    assert [name for name, _, _ in left.layers] == ["conv2"]


def test_a_layer_that_is_called_again_is_a_layer_for_each_call():
    shared = Layers.Dense(4, activation="relu", name="shared")
    # Its first call belongs to another model.
    shared(keras.Input((4,)))
    inputs = keras.Input((4,))
    once = shared(inputs)
    model = keras.Model(inputs, Layers.Dense(2, name="logits")(shared(once)))
    x = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    found = topolens.keras.activations(model, x)
    first = keras.ops.convert_to_numpy(shared(x))
    assert [name for name, _, _ in found.layers] == ["shared", "shared#2", "logits"]
    np.testing.assert_allclose(found.layers[0][2], first, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.layers[1][2], keras.ops.convert_to_numpy(shared(first)), rtol=1e-5, atol=1e-6)
    assert [name for name, _, _ in topolens.keras.activations(model, x, "shared").layers] == ["shared", "shared#2"]


def test_several_inputs_come_in_a_list_or_by_name():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    model = keras.Model([a, b], Layers.Dense(4, name="d")(Layers.Concatenate()([a, b])))
    x, y = np.random.default_rng(0).normal(size=(10, 3)), np.ones((10, 2))
    listed, named = (topolens.keras.activations(model, given, "d").layers[0][2] for given in ([x, y], {"b": y, "a": x}))
    assert np.array_equal(listed, named) and listed.shape == (10, 4)
    with pytest.raises(ValueError, match="inputs lacks b"):
        topolens.keras.activations(model, {"a": x})
    with pytest.raises(ValueError, match="2 inputs, and 1"):
        topolens.keras.activations(model, x)


def test_tokens_are_read_and_whole_numbers_in_the_graph_are_not():
    tokens = keras.Input((6,), dtype="int32")
    shifted = keras.ops.add(tokens, 1)
    model = keras.Model(tokens, Layers.Dense(2, name="logits")(Layers.Embedding(50, 4, name="embedding")(shifted)))
    given = np.random.default_rng(0).integers(40, size=(20, 6)).astype(np.int32)
    found = topolens.keras.activations(model, given, "*", readout="last")
    assert [(name, rows.shape) for name, _, rows in found.layers] == [("embedding", (20, 4)), ("logits", (20, 2))]
    assert np.array_equal(found.layers[0][2], model.get_layer("embedding").get_weights()[0][given[:, -1] + 1])


def test_channels_are_where_keras_says():
    images, _ = data()
    model = cnn()
    rows = lambda layout: topolens.keras.activations(model, images, "conv", layout=layout).layers[0][2]
    assert rows("auto").shape == (60, 6) and rows("channels-first").shape == (60, 6)
    assert not np.allclose(rows("auto"), rows("channels-first"))
    keras.config.set_image_data_format("channels_first")
    assert np.array_equal(rows("auto"), rows("channels-first"))


def test_the_model_stays_as_it_was():
    images, labels = data()
    model = cnn()
    before = [weight.copy() for weight in model.get_weights()]
    nodes = [len(layer._inbound_nodes) + len(layer._outbound_nodes) for layer in model.layers]
    for _ in range(2):
        topolens.keras.profile(model, images, labels=labels, n_half_samples=0)
    assert nodes == [len(layer._inbound_nodes) + len(layer._outbound_nodes) for layer in model.layers]
    assert all(np.array_equal(one, other) for one, other in zip(before, model.get_weights(), strict=True))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(images, labels, verbose=0)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.last = Layers.Dense(4, activation="relu", name="hidden"), Layers.Dense(2, name="last")

    def call(self, x):
        return self.last(self.hidden(x))


def test_a_subclassed_model_is_refused_and_the_advice_works():
    model, x = Subclassed(), np.ones((5, 3), dtype=np.float32)
    model(x)
    with pytest.raises(TypeError, match=r"subclassed.*keras\.Model\(x, model\.call\(x\)\)"):
        topolens.keras.activations(model, x)
    symbolic = keras.Input((3,))
    found = topolens.keras.activations(keras.Model(symbolic, model.call(symbolic)), x)
    assert [name for name, _, _ in found.layers] == ["hidden", "last"]
    np.testing.assert_allclose(found.layers[1][2], keras.ops.convert_to_numpy(model(x)), rtol=1e-5)
    with pytest.raises(TypeError, match=r"keras\.Input first"):
        topolens.keras.activations(keras.Sequential([Layers.Dense(2)]), x)
    with pytest.raises(TypeError, match="keras.Model, not int"):
        topolens.keras.activations(3, x)


def test_what_cannot_be_measured_is_named():
    images, labels = data()
    model = cnn()
    for settings, kind, words in [
        ({"layers": "conv9"}, ValueError, "'conv9' matches no layer; there are conv, conv2"),
        ({"layers": []}, ValueError, "one at least"),
        ({"points": 0}, ValueError, "points"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"readout": "sum"}, ValueError, "readout"),
        ({"layout": "nhwc"}, ValueError, "layout"),
        ({"labels": labels[:-1]}, ValueError, "as many samples"),
        ({"inputs": images[:0]}, ValueError, "no sample"),
        ({"inputs": 3}, TypeError, "inputs"),
        ({"inputs": iter([(images[:30], labels[:30]), images[30:]])}, ValueError, "every sample"),
    ]:
        with pytest.raises(kind, match=re.escape(words)):
            topolens.keras.activations(model, **{"inputs": images, **settings})


@pytest.mark.parametrize("name", PUBLIC)
def test_docstrings_are_whole_and_run(name):
    runner = doctest.DocTestRunner(verbose=False)
    results = runner.run(doctest.DocTestParser().get_doctest(PUBLIC[name], {}, name, None, 0))
    assert results.attempted > 1 and results.failed == 0
    for section in ["Parameters", "Returns", "Raises", "Examples"] if name != "module" else []:
        assert re.search(rf"^ *{section}\n *-+$", PUBLIC[name], flags=re.MULTILINE)
