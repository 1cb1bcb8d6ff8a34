"""Rows of modules are those of hooks made by hand, and the module is left as it was."""

import numpy as np
import pytest
import torch
from networks import Gpt, ResNet, Several, Vit
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from topolens.torch import activations


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def images(n=40, n_classes=4):
    return TensorDataset(torch.randn(n, 3, 8, 8), torch.arange(n) % n_classes)


def rows(found):
    return {name: rows for name, _, rows in found.layers}


def by_hand(model, x, names):
    """Copies of outputs, in the way of a tutorial."""
    kept, modules = {}, dict(model.named_modules())
    handles = [
        modules[name].register_forward_hook(lambda m, i, o, name=name: kept.setdefault(name, []).append(o.detach().clone().numpy()))
        for name in names
    ]
    was = model.training
    model.eval()
    with torch.no_grad():
        model(x)
    model.train(was)
    for handle in handles:
        handle.remove()
    return kept


def test_rows_are_those_of_hooks_made_by_hand():
    model, data = ResNet(), images()
    names = ["bn", "blocks.0.bn1", "blocks.3", "blocks.7", "fc"]
    found = activations(model, DataLoader(data, batch_size=7), names)
    kept = by_hand(model, data.tensors[0], names)
    assert list(rows(found)) == names
    for name in names:
        expected = kept[name][0] if kept[name][0].ndim == 2 else kept[name][0].mean(axis=(2, 3), dtype=np.float64)
        np.testing.assert_allclose(rows(found)[name], expected, rtol=1e-5, atol=1e-6)
    assert found.labels == data.tensors[1].tolist()


@pytest.mark.parametrize("readout", ["avg-pool", "flatten", "max", "cls", "last"])
def test_readouts_are_those_of_numpy(readout):
    model, x = Vit(), torch.randn(10, 3, 8, 8)
    found = rows(activations(model, x, ["patches", "encoder.layers.1"], readout=readout))
    kept = by_hand(model, x, ["patches", "encoder.layers.1"])
    image, tokens = kept["patches"][0], kept["encoder.layers.1"][0]
    # Positions are pixels or tokens, channels come last.
    for name, positions in [("patches", np.moveaxis(image, 1, -1).reshape(10, -1, 12)), ("encoder.layers.1", tokens)]:
        expected = {
            "avg-pool": positions.mean(axis=1),
            "flatten": positions.reshape(10, -1),
            "max": positions.max(axis=1),
            "cls": positions[:, 0],
            "last": positions[:, -1],
        }[readout]
        np.testing.assert_allclose(found[name], expected, rtol=1e-4, atol=1e-6)


def test_what_a_later_module_changes_in_place_was_copied():
    model = nn.Sequential(nn.Linear(5, 6), nn.ReLU(inplace=True), nn.Linear(6, 2))
    found = rows(activations(model, torch.randn(30, 5), "*"))
    assert (found["0"] < 0).any() and (found["1"] >= 0).all()
    np.testing.assert_array_equal(np.maximum(found["0"], 0), found["1"])


def test_patterns_behind_an_exclamation_mark_leave_layers_out():
    model, data = ResNet(), images()
    of = lambda layers: list(rows(activations(model, DataLoader(data, batch_size=7), layers)))
    assert of(["blocks.*.bn1", "!blocks.[1-6].*"]) == ["blocks.0.bn1", "blocks.7.bn1"]
    default = of(None)
    assert of("!" + default[2]) == default[:2] + default[3:]


def test_each_call_of_a_shared_module_is_a_layer():
    model, data = ResNet(n_blocks=1), images()
    found = activations(model, DataLoader(data, batch_size=8), "blocks.0.relu")
    assert list(rows(found)) == ["blocks.0.relu", "blocks.0.relu#2"]
    kept = by_hand(model, data.tensors[0], ["blocks.0.relu", "blocks.0"])
    second = kept["blocks.0"][0].mean(axis=(2, 3))
    np.testing.assert_allclose(rows(found)["blocks.0.relu#2"], second, rtol=1e-5, atol=1e-6)
    assert list(rows(activations(model, data.tensors[0], "blocks.0.relu#1"))) == ["blocks.0.relu"]
    assert list(rows(activations(model, data.tensors[0], "blocks.0.relu#2"))) == ["blocks.0.relu#2"]
    depths = [depth for _, depth, _ in activations(model, data.tensors[0], "*").layers]
    assert depths == sorted(depths) and depths[-1] == 1.0 and depths[0] > 0


def test_by_default_about_ten_ends_of_blocks():
    layers = lambda model, x: list(rows(activations(model, x)))
    x = torch.randn(8, 3, 8, 8)
    assert layers(ResNet(), x) == ["relu", *(f"blocks.{k}" for k in range(8)), "fc"]
    of_many = layers(ResNet(n_blocks=20), x)
    assert len(of_many) == 10 and of_many[-2:] == ["blocks.19", "fc"]
    assert layers(Vit(), x) == [f"encoder.layers.{k}" for k in range(3)] + ["head"]
    assert layers(Gpt(n_blocks=7), torch.randint(50, (8, 6)))[-1] == "lm_head"
    assert layers(nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)), torch.randn(8, 4)) == ["0", "1"]
    alternating = nn.Sequential(*(module for _ in range(20) for module in (nn.Linear(4, 4), nn.Tanh())), nn.Linear(4, 2))
    found = layers(alternating, torch.randn(8, 4))
    assert len(found) == 10 and all(int(name) % 2 for name in found[:-1]) and found[-2:] == ["39", "40"]


def test_tuples_lists_and_dictionaries_give_their_first_tensor():
    x = torch.randn(9, 5)
    found = rows(activations(Several(), x, ["pair", "named", "listed", "head"]))
    for name in ["pair", "named", "listed"]:
        np.testing.assert_array_equal(found[name], 2 * x.numpy())
    for name, told in [("nothing", "no tensor"), ("text", "no tensor"), ("mean", r"shape \(\)")]:
        with pytest.raises(TypeError, match=f"layers: {name} gives .*{told}"):
            activations(Several(), x, name)
    assert "nothing" not in rows(activations(Several(), x, "*"))


def test_keyword_arguments_and_tuples_of_transformers():
    tokens = torch.randint(50, (12, 6))
    batches = [{"input_ids": part, "attention_mask": part * 0 + 1, "labels": torch.arange(4)} for part in tokens.split(4)]
    found = activations(Gpt(), batches, ["h.*", "output"], readout="last")
    assert found.labels == [0, 1, 2, 3] * 3
    assert {name: array.shape for name, array in rows(found).items() if name.count(".") < 2} == {
        "h.0": (12, 16),
        "h.1": (12, 16),
        "h.2": (12, 16),
        "output": (12, 50),
    }
    language = [{"input_ids": part, "labels": part} for part in tokens.split(4)]
    assert activations(Gpt(), language, "h.0").labels is None


def test_sequences_of_one_dimensional_convolutions_have_channels_first():
    model = nn.Sequential(nn.Conv1d(2, 7, 3), nn.ReLU(), nn.Flatten())
    x = torch.randn(5, 2, 9)
    assert [array.shape[1] for array in rows(activations(model, x, ["0", "1"])).values()] == [7, 7]
    assert rows(activations(model, x, "1", layout="channels-last"))["1"].shape == (5, 7)
    tokens = nn.Sequential(nn.Linear(9, 4), nn.ReLU())
    assert rows(activations(tokens, x, "1"))["1"].shape == (5, 4)
    assert rows(activations(tokens, x, "1", layout="channels-first"))["1"].shape == (5, 2)


def test_images_with_channels_last_are_known_by_their_module():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.linear = nn.LayerNorm(7), nn.Linear(7, 7)

        def forward(self, x):
            return x + self.linear(self.norm(x))

    model, x = nn.Sequential(Block(), nn.ReLU()), torch.randn(6, 4, 4, 7)
    found = rows(activations(model, x, ["0", "1"]))
    assert found["0"].shape == (6, 7) and found["1"].shape == (6, 4)
    np.testing.assert_allclose(found["0"], model[0](x).detach().mean(dim=(1, 2)).numpy(), rtol=1e-4, atol=1e-6)
    assert rows(activations(model, x, "1", layout="channels-last"))["1"].shape == (6, 7)


def test_blocks_side_by_side_are_blocks():
    class Pair(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.act = nn.Linear(5, 5), nn.ReLU()

        def forward(self, x):
            return self.act(self.inner(x))

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.GELU()
            for k in range(6):
                self.add_module(f"pair{k}", Pair())
            self.head = nn.Linear(5, 2)

        def forward(self, x):
            for module in self.children():
                x = module(x)
            return x

    assert list(rows(activations(Net(), torch.randn(9, 5)))) == ["stem", *(f"pair{k}" for k in range(6)), "head"]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_every_precision_is_read_as_float32(dtype):
    model = nn.Sequential(nn.Linear(5, 6), nn.Tanh()).to(dtype)
    x = torch.randn(20, 5, dtype=dtype)
    (found,) = rows(activations(model, x, "1")).values()
    assert found.dtype == np.float32
    with torch.no_grad():
        np.testing.assert_array_equal(found, model(x).float().numpy())


def state(model):
    return (
        [module.training for module in model.modules()],
        [len(module._forward_hooks) for module in model.modules()],
        torch.is_grad_enabled(),
        torch.random.get_rng_state().tolist(),
        {name: tensor.clone() for name, tensor in model.state_dict().items()},
    )


def assert_same(before, after):
    assert before[:4] == after[:4]
    assert all(torch.equal(before[4][name], after[4][name]) for name in before[4])


def test_the_module_is_left_as_it_was():
    model = ResNet().train()
    model.blocks[2].eval()
    loader = DataLoader(images(), batch_size=8, shuffle=True)
    before = state(model)
    activations(model, loader)
    assert_same(before, state(model))


def test_it_runs_without_gradients_in_evaluation_mode():
    seen = []

    class Watches(nn.Linear):
        def forward(self, x):
            seen.append((torch.is_grad_enabled(), self.training))
            return super().forward(x)

    activations(Watches(5, 2).train(), torch.randn(9, 5), "output")
    assert set(seen) == {(False, False)} and torch.is_grad_enabled()


class Fails(nn.Module):
    """Raises from the second batch on."""

    def __init__(self, error):
        super().__init__()
        self.inner, self.n_calls, self.error = nn.Linear(5, 5), 0, error

    def forward(self, x):
        self.n_calls += 1
        y = self.inner(x)
        if self.n_calls > 2:
            raise self.error("stopped")
        return y


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_also_if_it_raises(error):
    model, x = Fails(error).train(), torch.randn(600, 5)
    before = state(model)
    with pytest.raises(error, match="stopped"):
        activations(model, x, "inner", points=600)
    assert_same(before, state(model))


def test_a_shuffling_loader_gives_the_same_samples_again():
    model, loader = ResNet(), DataLoader(images(), batch_size=8, shuffle=True)
    one, two = (activations(model, loader, "fc", points=16) for _ in range(2))
    np.testing.assert_array_equal(one.layers[0][2], two.layers[0][2])
    other = activations(model, loader, "fc", points=16, seed=1)
    assert (one.layers[0][2] != other.layers[0][2]).any()


def test_parallel_and_compiled_modules_are_unwrapped():
    model, x = ResNet(n_blocks=2), torch.randn(6, 3, 8, 8)
    expected = rows(activations(model, x))
    for wrapped in [nn.DataParallel(model), torch.compile(model, backend="eager")]:
        found = rows(activations(wrapped, x))
        assert list(found) == list(expected)
        np.testing.assert_array_equal(found["fc"], expected["fc"])


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_scripted_modules_give_their_output_and_take_no_hooks():
    inner = nn.Sequential(nn.Linear(5, 4), nn.ReLU())
    scripted, x = torch.jit.script(inner), torch.randn(10, 5)
    np.testing.assert_array_equal(rows(activations(scripted, x, "output"))["output"], inner(x).detach().numpy())
    assert list(rows(activations(scripted, x))) == ["output"]
    mixed = nn.Sequential(scripted, nn.Linear(4, 3), nn.ReLU())
    assert list(rows(activations(mixed, x))) == ["1", "2"]
    for model, name in [(scripted, "0"), (mixed, "0"), (mixed, "0.1")]:
        with pytest.raises(TypeError, match=f"'{name}' is a scripted module, which takes no hooks"):
            activations(model, x, name)


def test_as_many_samples_of_each_class_and_no_more_batches_than_needed():
    n_read = []

    class Sorted(TensorDataset):
        classes = ("a", "b", "c", "d")

        def __getitem__(self, index):
            n_read.append(index)
            return super().__getitem__(index)

    data = Sorted(torch.randn(80, 3, 8, 8), torch.arange(80) // 20)
    model = ResNet(1)
    found = activations(model, DataLoader(data, batch_size=8), "fc", points=20)
    assert [found.labels.count(k) for k in range(4)] == [5] * 4 and found.class_names == ["a", "b", "c", "d"]
    # The last batch is not asked for.
    assert max(n_read) < 72
    kept = [*range(5), *range(20, 25), *range(40, 45), *range(60, 65)]
    whole = activations(model, data.tensors[0], "fc", labels=False)
    assert whole.labels is None
    np.testing.assert_allclose(found.layers[0][2], whole.layers[0][2][kept], rtol=1e-4, atol=1e-6)


def test_labels_may_be_given():
    x = torch.randn(30, 5)
    model = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 2))
    assert activations(model, x, labels=["b", "a", "a"] * 10).labels == [1, 0, 0] * 10
    with pytest.raises(ValueError, match="labels has 3"):
        activations(model, x, labels=[0, 1, 2])


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"model": print}, TypeError, "model must be"),
        ({"loader": []}, ValueError, "loader gives no batch"),
        ({"loader": [["text"]]}, TypeError, "loader: a batch"),
        ({"loader": 3}, TypeError, "loader must give batches"),
        ({"layers": "block9"}, ValueError, "'block9' matches no module; those called are 0, 1, 2"),
        ({"layers": []}, ValueError, "layers must name"),
        ({"layers": [None]}, TypeError, "layers must be names or patterns, got None"),
        ({"layers": ["*", "!block9"]}, ValueError, "'block9' matches no module"),
        ({"layers": ["output", "!*"]}, ValueError, "leave no layer"),
        ({"readout": "min"}, ValueError, "readout must be"),
        ({"layout": "nchw"}, ValueError, "layout must be"),
        ({"points": 0}, ValueError, "points must be"),
        ({"points": 10.5}, TypeError, "points must be a whole number, not 10.5"),
        ({"seed": 1.5}, TypeError, "seed must be a whole number, not 1.5"),
        ({"seed": -1}, ValueError, "seed must be a whole number from 0"),
    ],
)
def test_what_is_wrong_is_named(settings, error, told):
    model = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 2))
    with pytest.raises(error, match=told):
        activations(**{"model": model, "loader": torch.randn(9, 5), **settings})


def test_a_module_that_is_not_called_is_told_of():
    model = nn.ModuleDict({"a": nn.Linear(5, 5), "b": nn.Linear(5, 5)})
    model.forward = lambda x: model["a"](x)
    with pytest.raises(ValueError, match="'b' is a module, but the forward pass does not call it"):
        activations(model, torch.randn(9, 5), "b")


def test_what_does_not_fit_is_refused_before_rows_are_kept():
    model = nn.Sequential(nn.Linear(5, 100_000), nn.ReLU(), nn.Linear(100_000, 1))
    with pytest.raises(MemoryError, match="fewer points"):
        activations(model, torch.randn(4, 5), points=10**9)
