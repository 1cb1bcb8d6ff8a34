"""Profiles of modules: the numbers of their rows, and nothing that stays in memory."""

import gc
import subprocess
import sys
import tracemalloc
import types

import numpy as np
import psutil
import pytest
import torch
from networks import Gpt, ResNet, Vit
from torch.utils.data import DataLoader, TensorDataset

import topolens
import topolens.torch


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def loader(n=80):
    return DataLoader(TensorDataset(torch.randn(n, 3, 8, 8), torch.arange(n) % 4), batch_size=16)


def test_numbers_are_those_of_the_rows(tmp_path):
    model, data = ResNet(), loader()
    found = topolens.torch.profile(model, data, n_half_samples=2)
    kept = topolens.torch.activations(model, data)
    kept.save(tmp_path / "x.npz")
    saved = dict(np.load(tmp_path / "x.npz"))
    same = topolens.profile({name: saved[name] for name in found.layers}, saved["labels"], n_half_samples=2)
    strip = lambda rows: [{key: value for key, value in row.items() if key != "depth"} for row in rows]
    assert strip(found.rows) == strip(same.rows) and found.warnings == same.warnings
    assert "ResNet of PyTorch" in repr(found)


@pytest.mark.parametrize("model", [ResNet(), Vit()])
def test_dimension_is_that_of_the_function(model):
    data = loader()
    found = topolens.torch.profile(model, data, n_half_samples=0)
    name, _, rows = topolens.torch.activations(model, data).layers[2]
    assert found.value(name, "two-nn") == pytest.approx(float(topolens.intrinsic_dimension(rows)), rel=1e-9)


def test_a_language_model(tmp_path):
    batches = [{"input_ids": torch.randint(50, (16, 6))} for _ in range(4)]
    found = topolens.torch.profile(Gpt(), batches, "h.?", n_half_samples=0, epoch=3)
    assert found.layers == ["h.0", "h.1", "h.2"] and {row["epoch"] for row in found.rows} == {3}
    found.save(tmp_path)
    assert (tmp_path / "report.html").exists()


def test_nothing_stays_in_memory():
    model, data = ResNet(n_blocks=2), loader(40)
    measure = lambda: topolens.torch.profile(model, data, protocol="global", n_half_samples=0)
    for _ in range(10):
        measure()
    gc.collect()
    tracemalloc.start()
    resident, traced = psutil.Process().memory_info().rss, tracemalloc.get_traced_memory()[0]
    for _ in range(50):
        measure()
    gc.collect()
    assert tracemalloc.get_traced_memory()[0] - traced < 200_000
    tracemalloc.stop()
    assert psutil.Process().memory_info().rss - resident < 20_000_000


def test_a_monitor_measures_every_so_many_epochs(tmp_path):
    model, data = ResNet(n_blocks=1), loader()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    monitor = topolens.torch.Monitor(data, every=2, layers=["blocks.0", "fc"], out=tmp_path, n_half_samples=0)
    for epoch in range(5):
        for x, y in data if epoch else []:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
        assert (monitor.epoch(model, epoch) is None) == bool(epoch % 2)
    found = monitor.profile()
    assert [row["epoch"] for row in found.curve("two-nn")] == [0, 0, 2, 2, 4, 4]
    assert len((tmp_path / "profile.csv").read_text().splitlines()) == len(found.rows) + 1
    assert (tmp_path / "profile.json").exists()
    alone = topolens.torch.profile(model, data, ["blocks.0", "fc"], n_half_samples=0, epoch=4)
    assert [row for row in found.rows if row["epoch"] == 4] == alone.rows
    with pytest.raises(ValueError, match="every"):
        topolens.torch.Monitor(data, every=0)
    with pytest.raises(TypeError, match="half_samples"):
        topolens.torch.Monitor(data, half_samples=0)


def test_a_monitor_begins_again_where_training_does(tmp_path):
    monitor = topolens.torch.Monitor(loader(), layers="fc", out=tmp_path, n_half_samples=0)
    with pytest.raises(ValueError, match="no epoch was measured"):
        monitor.profile()
    for epoch in [0, 1, 2, 1, 2, 2]:
        monitor.epoch(ResNet(n_blocks=1), epoch)
    assert [row["epoch"] for row in monitor.profile().curve("two-nn")] == [0, 1, 2]
    assert len((tmp_path / "profile.csv").read_text().splitlines()) == len(monitor.profile().rows) + 1
    with pytest.raises(ValueError, match="epoch must be a whole number from 0"):
        monitor.epoch(ResNet(n_blocks=1), -2)


def test_scalars_go_to_tensorboard(tmp_path, monkeypatch):
    written = []
    writer = types.SimpleNamespace(add_scalar=lambda *scalar: written.append(scalar), flush=lambda: None)
    fake = types.ModuleType("torch.utils.tensorboard")
    fake.SummaryWriter = lambda folder: writer
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", fake)
    monitor = topolens.torch.Monitor(loader(), layers="fc", out=tmp_path, n_half_samples=0)
    found = monitor.epoch(ResNet(n_blocks=1), 7)
    assert ("two-nn/global/fc", found.value("fc", "two-nn"), 7) in written
    assert ("lifespans-sum-h0/local/fc", found.value("fc", "lifespans-sum", 0, "local"), 7) in written


def test_tensorboard_reads_the_scalars(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    monitor = topolens.torch.Monitor(loader(), layers="fc", out=tmp_path, n_half_samples=0)
    found = monitor.epoch(ResNet(n_blocks=1), 3)
    (file,) = tmp_path.glob("events.out.tfevents*")
    events = accumulator.EventAccumulator(str(file)).Reload()
    (event,) = events.Scalars("two-nn/global/fc")
    assert event.step == 3 and event.value == pytest.approx(found.value("fc", "two-nn"), rel=1e-6)


def test_callbacks_of_lightning_and_transformers(monkeypatch):
    class Callback:
        pass

    for name, kind in [("lightning", None), ("lightning.pytorch", "Callback"), ("transformers", "TrainerCallback")]:
        module = types.ModuleType(name)
        if kind:
            setattr(module, kind, Callback)
        monkeypatch.setitem(sys.modules, name, module)
    model = ResNet(n_blocks=1)
    monitor = topolens.torch.Monitor(loader(), layers="fc", n_half_samples=0)
    lightning, trainer = monitor.lightning_callback(), monitor.trainer_callback()
    assert isinstance(lightning, Callback) and isinstance(trainer, Callback)
    lightning.on_train_epoch_end(types.SimpleNamespace(is_global_zero=True, current_epoch=0), model)
    lightning.on_train_epoch_end(types.SimpleNamespace(is_global_zero=False, current_epoch=1), model)
    trainer.on_epoch_end(None, types.SimpleNamespace(is_world_process_zero=True, epoch=2.0), None, model=model)
    assert [row["epoch"] for row in monitor.profile().curve("two-nn")] == [1, 2]


def test_callbacks_need_their_packages(monkeypatch):
    for name in ["lightning", "lightning.pytorch", "pytorch_lightning", "transformers"]:
        monkeypatch.setitem(sys.modules, name, None)
    monitor = topolens.torch.Monitor(loader())
    with pytest.raises(ImportError, match="install lightning.pytorch or pytorch_lightning"):
        monitor.lightning_callback()
    with pytest.raises(ImportError, match="install transformers"):
        monitor.trainer_callback()


def test_topolens_does_not_import_torch():
    subprocess.run([sys.executable, "-c", "import sys, topolens; assert 'torch' not in sys.modules"], check=True)
