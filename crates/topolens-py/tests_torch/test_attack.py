"""Attacks on modules: right by closed forms, by PyTorch's own gradients and by the program `topolens`."""

import json
import multiprocessing
import os
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

import topolens.torch

PROGRAM = os.environ.get("TOPOLENS") or shutil.which("topolens")


def pictures(n=120, seed=0):
    """Bright on the left or on the right; a linear network can tell."""
    torch.manual_seed(seed)
    images, labels = 0.3 + 0.4 * torch.rand(n, 1, 6, 6), torch.arange(n) % 2
    images[labels == 0, :, :, :3] += 0.1
    images[labels == 1, :, :, 3:] += 0.1
    return images, labels


class Linear(nn.Module):
    def __init__(self):
        super().__init__()
        self.features, self.fc = nn.Sequential(nn.Flatten(), nn.Identity(), nn.Identity()), nn.Linear(36, 2)
        side = torch.cat([torch.ones(6, 3), -torch.ones(6, 3)], dim=1).flatten()
        self.fc.weight = nn.Parameter(torch.stack([side, -side]))
        nn.init.zeros_(self.fc.bias)

    def forward(self, x):
        return {"logits": self.fc(self.features(x))}


class TinyResNet(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.conv, self.relu = nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(inplace=True)
        self.conv2, self.pool, self.fc = nn.Conv2d(8, 8, 3, padding=1), nn.AdaptiveAvgPool2d(2), nn.Linear(32, 2)

    def forward(self, x):
        return self.fc(self.pool(self.relu(self.conv2(self.relu(self.conv(x))))).flatten(1))


def trained(images, labels, steps=60):
    model = TinyResNet()
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model((images - 0.5) / 0.25), labels).backward()
        optimizer.step()
    return model.eval()


def run(model, method="fgsm", epsilon=0.02, images=None, labels=None, **settings):
    given, classes = pictures()
    given, classes = given if images is None else images, classes if labels is None else labels
    return topolens.torch.attack(model, given, method, epsilon, labels=classes, **settings)


def test_the_fast_gradient_sign_of_a_linear_network_is_the_sign_of_its_weights():
    images, labels = pictures()
    model = Linear()
    found = run(model, epsilon=[0.01, 0.04])
    assert found.n_attacked + found.n_wrong == 120
    examples = found.examples("fgsm", 0.04)
    clean = images[examples.places].numpy()
    away = torch.sign(model.fc.weight[1] - model.fc.weight[0]).reshape(1, 6, 6).detach().numpy()
    sign = np.where(labels[examples.places].numpy() == 0, 1.0, -1.0)[:, None, None, None] * away
    np.testing.assert_allclose(examples.images, clean + 0.04 * sign, atol=1e-6)
    with torch.no_grad():
        said = model(torch.from_numpy(examples.images))["logits"].argmax(1).numpy()
    assert (said == examples.predictions).all()
    assert ((said != labels[examples.places].numpy()) == examples.succeeded).all()
    np.testing.assert_allclose(examples.distances, 0.04, rtol=1e-5)


def test_the_way_up_is_that_of_autograd_with_the_preprocessing():
    images, labels = pictures()
    model = trained(images, labels)
    found = run(model, epsilon=0.03, mean=0.5, std=[0.25])
    examples = found.examples("fgsm")
    given = images[examples.places].clone().requires_grad_()
    nn.functional.cross_entropy(model((given - 0.5) / 0.25), labels[examples.places], reduction="sum").backward()
    expected = (given + 0.03 * given.grad.sign()).clamp(0, 1).detach().numpy()
    # Where the gradient is nearly 0, its sign is that of rounding.
    assert (np.abs(examples.images - expected) > 1e-6).mean() < 0.002


def test_rows_are_those_of_a_profile_of_the_attacked_images():
    images, labels = pictures()
    model = trained(images, labels)
    found = run(model, "pgd", 0.05, mean=0.5, std=0.25, steps=5, layers=["conv", "relu", "output"])
    examples = found.examples("pgd")
    given = (torch.from_numpy(examples.images) - 0.5) / 0.25
    alone = topolens.torch.profile(model, given, ["conv", "relu", "output"], points=len(given))
    ours = {(row["layer"], row["descriptor"], row["homology_dimension"]): row["value"] for row in found.rows if row["method"] == "pgd"}
    theirs = {(row["layer"], row["descriptor"], row["homology_dimension"]): row["value"] for row in alone.rows}
    assert {"conv", "relu", "relu#2", "output"} == {layer for layer, _, _ in ours}
    for key in [("relu#2", "two-nn", None), ("conv", "lifespans-sum", 0), ("output", "mle", None)]:
        assert ours[key] == pytest.approx(theirs[key], rel=1e-5)
    assert ("relu", "rtd-to-clean", 1) in ours and ("relu", "rtd-to-clean", 1) not in theirs


@pytest.mark.parametrize("method", ["mi-fgsm", "deepfool", "cw", "apgd-ce", "square", "noise"])
def test_every_attack_runs_and_stays_in_the_ball(method):
    images, labels = pictures()
    model, norm = trained(images, labels), "l2" if method in ("deepfool", "cw") else "linf"
    size = 0.5 if norm == "l2" else 0.06
    found = run(model, method, size, mean=0.5, std=0.25, norm=norm, steps=None if method in ("deepfool", "noise") else 20)
    (point,) = [point for point in found.curve if point["method"] == method]
    examples = found.examples(method)
    moved = examples.images - images[examples.places].numpy()
    sizes = np.abs(moved).max(axis=(1, 2, 3)) if norm == "linf" else np.sqrt((moved.astype(float) ** 2).sum(axis=(1, 2, 3)))
    assert point["n_taken_back"] == 0 and sizes.max() <= size * (1 + 1e-4)
    assert point["success"] == pytest.approx(examples.succeeded.mean())
    assert method in ("noise", "square") or point["success"] > 0.2
    assert [point["method"] for point in found.curve][-1] == "noise"


def test_a_target_is_reached_and_its_class_set_aside():
    images, labels = pictures()
    model = trained(images, labels)
    found = run(model, "pgd", 0.1, mean=0.5, std=0.25, target="right", class_names=["left", "right"])
    examples = found.examples("pgd")
    assert found.n_of_target == 60 and (labels[examples.places] == 0).all()
    assert (examples.predictions[examples.succeeded] == 1).all() and examples.succeeded.mean() > 0.5


def test_the_same_seed_gives_the_same_numbers_on_any_number_of_threads():
    images, labels = pictures()
    model = trained(images, labels)
    one, three = (run(model, "pgd", 0.05, mean=0.5, std=0.25, seed=3, n_jobs=n_jobs, steps=4) for n_jobs in (1, 3))
    assert one.rows == three.rows and one.curve == three.curve


def test_numbers_do_not_depend_on_who_measures():
    told = []
    here = run(Linear(), epsilon=[0.02, 0.05], points=60, progress=lambda *words: told.append(words))
    # The images themselves, and noise beside the attack.
    assert [words[:2] for words in told] == [(at, 5) for at in range(1, 6)]
    assert told[0][2] == "clean 0" and "fgsm 0.05" in [words[2] for words in told]
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawning) as processes, ThreadPoolExecutor(2) as threads:
        for executor in [processes, threads]:
            found = run(Linear(), epsilon=[0.02, 0.05], points=60, executor=executor, n_jobs=1)
            assert found.rows == here.rows and found.curve == here.curve
    with pytest.raises(TypeError, match="executor"):
        run(Linear(), points=60, executor="dask")


def test_what_progress_raises_ends_the_work():
    def tell(n_done, n_attacks, attack):
        raise KeyError(attack)

    with pytest.raises(KeyError, match="clean"):
        run(Linear(), points=60, progress=tell)
    with pytest.raises(TypeError, match="progress"):
        run(Linear(), points=60, progress="bar")


def test_what_others_attacked_is_measured_the_same():
    images, labels = pictures()
    model = trained(images, labels)
    ours = run(model, "fgsm", 0.04, mean=0.5, std=0.25)
    examples, others = ours.examples("fgsm"), images.clone()
    others[examples.places] = torch.from_numpy(examples.images)
    theirs = run(model, (), 0.04, mean=0.5, std=0.25, adversarial={"foolbox": others})
    assert [point["method"] for point in theirs.curve] == ["clean", "foolbox", "noise"]
    value = lambda found, method: [row["value"] for row in found.rows if row["method"] == method]
    assert value(ours, "fgsm") == value(theirs, "foolbox")


def test_images_that_are_called_like_an_attack_are_told_apart():
    images, labels = pictures()
    found = run(trained(images, labels), "fgsm", 0.04, mean=0.5, std=0.25, adversarial={"fgsm": images, "clean": images})
    assert [point["method"] for point in found.curve] == ["clean", "fgsm", "noise", "fgsm (given)", "noise", "clean (given)", "noise"]


def test_the_module_is_left_as_it_was():
    images, labels = pictures()
    model = trained(images, labels).train()
    model.conv.weight.requires_grad_(False)
    before = torch.random.get_rng_state()
    topolens.torch.attack(model, images, "pgd", 0.02, labels=labels, steps=2)
    assert model.training and not model.conv.weight.requires_grad and model.fc.weight.requires_grad
    assert not any(module._forward_hooks for module in model.modules())
    assert all(weight.grad is None or not weight.grad.is_sparse for weight in model.parameters())
    assert torch.equal(before, torch.random.get_rng_state())


def test_what_the_module_raises_is_raised():
    class Broken(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc, self.calls = nn.Linear(36, 2), 0

        def forward(self, x):
            self.calls += 1
            if self.calls > 4:
                raise KeyError("weights of this module")
            return self.fc(x.flatten(1))

    model = Broken()
    with pytest.raises(KeyError, match="weights of this module"):
        run(model)
    assert not any(module._forward_hooks for module in model.modules())


def test_results_are_shown_and_saved(tmp_path):
    found = run(Linear(), epsilon=[0.01, 0.02, 0.04])
    assert "fgsm" in repr(found) and "images attacked" in found._repr_html_()
    assert found.correlations and found.conclusions
    found.save(tmp_path / "run")
    assert json.loads((tmp_path / "run/attack.json").read_text())["curve"] == found.curve
    assert found.report(tmp_path / "x.html").read_text().startswith("<!")
    import matplotlib

    matplotlib.use("agg")
    assert len(found.plot().get_lines()) == 4
    for wrong in [{"method": "pgd"}, {"descriptor": "e0"}]:
        with pytest.raises(ValueError, match="fgsm|lifespans-sum"):
            found.plot(**wrong)
    with pytest.raises(ValueError, match="there are"):
        found.examples("fgsm", 0.03)


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"images": 255 * pictures()[0]}, ValueError, "before normalization"),
        ({"images": pictures()[0][:, 0]}, ValueError, "channels, height, width"),
        ({"labels": torch.full((120,), 7)}, ValueError, "2 classes"),
        ({"labels": torch.zeros(3, dtype=torch.long)}, ValueError, "labels has 3"),
        ({"labels": torch.arange(130) % 2, "points": 200}, ValueError, "labels has 130 classes, but the loader gives 120"),
        ({"epsilon": []}, ValueError, "epsilon names no strength"),
        ({"seed": -1}, ValueError, "seed must be a whole number from 0"),
        ({"labels": torch.arange(120) % 2 == 0}, ValueError, "twenty are needed"),
        ({"method": "fsgm"}, ValueError, "method.*fgsm"),
        ({"epsilon": -0.1}, ValueError, "epsilon"),
        ({"epsilon": 8}, ValueError, "whole pixel range"),
        ({"norm": "l3"}, ValueError, "norm"),
        ({"target": 2}, ValueError, "0 to 1"),
        ({"target": "cat"}, ValueError, "target"),
        ({"method": "deepfool", "norm": "l2", "target": 0}, ValueError, "target"),
        ({"labels": torch.eye(2)[torch.arange(120) % 2]}, ValueError, "one class for each sample"),
        ({"adversarial": [1]}, TypeError, "mapping"),
        ({"norm": 2}, ValueError, "norm"),
        ({"mean": [0.1, 0.2]}, ValueError, "mean has 2"),
        ({"std": 0.0}, ValueError, "std"),
        ({"adversarial": {"x": torch.zeros(3, 1, 6, 6)}}, ValueError, "each image"),
        ({"points": 0}, ValueError, "points"),
        ({"steps": 0, "method": "pgd"}, ValueError, "steps"),
        ({"model": nn.Flatten(0)}, TypeError, "logits"),
        ({"model": 3}, TypeError, "torch.nn.Module"),
    ],
)
def test_what_is_wrong_is_named(change, error, told):
    with pytest.raises(error, match=told):
        run(**{"model": Linear(), **change})


def test_without_classes_there_is_nothing_to_attack():
    with pytest.raises(TypeError, match="give labels"):
        topolens.torch.attack(Linear(), pictures()[0])


@pytest.mark.skipif(PROGRAM is None, reason="no program topolens; name it by TOPOLENS")
def test_numbers_are_those_of_the_program_on_the_exported_module(tmp_path):
    pytest.importorskip("onnx")
    images, labels = pictures()
    model = trained(images, labels)
    bytes_ = (255 * images).round().to(torch.uint8)
    names = {"input_names": ["input"], "dynamic_axes": {"input": {0: "n"}}}
    torch.onnx.export(model, (images[:1],), tmp_path / "net.onnx", dynamo=False, **names)
    halves = {f"{kind}_{half}": part.numpy() for half in ("train", "test") for kind, part in [("x", bytes_), ("y", labels)]}
    np.savez(tmp_path / "set.npz", **halves)
    command = f"{PROGRAM} attack {tmp_path}/net.onnx --data {tmp_path}/set.npz:test --method pgd --steps 3 --epsilon 0.04 --norm linf"
    command += f" --mean 0.5 --std 0.25 --points 120 --json --out {tmp_path}/out"
    done = subprocess.run(command.split(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout)["curve"]
    ours = run(model, "pgd", 0.04, images=bytes_ / 255, labels=labels, steps=3, mean=0.5, std=0.25).curve
    for one, other in zip(ours, theirs, strict=True):
        assert one["method"] == other["method"] and one["accuracy"] == pytest.approx(other["accuracy"], abs=0.01)
        assert one["mean_distance"] == pytest.approx(other["mean_distance"], rel=1e-3)
