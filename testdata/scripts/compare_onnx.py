"""Compares topolens on ONNX files with onnxruntime (outputs and every layer) and with PyTorch (gradients in the input).

    cargo build --release -p topolens-nn --example onnx_values
    python compare_onnx.py --values target/release/examples/onnx_values [--folder DIR] [NAME ...]
    python compare_onnx.py --values target/release/examples/onnx_values --opsets 11-23

Needs torch, torchvision, onnx, onnxruntime, onnxscript, numpy and safetensors. The networks are torchvision's, with random weights
and running statistics that moved, each through both exporters; NAME may also be an ONNX file. Differences are relative to the
largest number of the value compared. Behind nonlinearities with kinks gradients in single precision jump: beside each stands how
far PyTorch's own are from double precision.

It ends with 1 if a layer of a network differs by more than 1e-4, or a network is not lowered: all of them must be.

`--opsets` takes two small networks of the operators of CIFAR networks, without and with resizing, through every opset: by both
exporters where they write it, and by onnx.version_converter from the opset that the older exporter writes as it is. It ends with 1 if a
value differs by more than 1e-4, or the network without resizing is not lowered.
"""

import argparse
import copy
import itertools
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnx.version_converter
import onnxruntime
import torch
import torchvision
from safetensors.numpy import load_file, save_file
from torch import nn
from torch.nn import functional

NAMES = ["resnet18", "resnet50", "densenet121", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0", "vgg11_bn", "squeezenet1_1",
         "shufflenet_v2_x1_0", "convnext_tiny", "vit_b_16", "swin_t"]
WAYS = ["script", "dynamo", "converter"]
SAME = 1e-4


def network(name):
    torch.manual_seed(0)
    # VGG's adaptive pool needs a multiple of 7 at its end; ViT has a position for each patch of one size.
    size = 224 if name.startswith("vgg") else 96
    model = getattr(torchvision.models, name)(weights=None, **({"image_size": size} if name.startswith("vit") else {}))
    with torch.no_grad():
        for weights in model.parameters():
            # ViT's last layer, whose gradients would all be 0.
            if weights.ndim == 2 and not weights.any():
                nn.init.normal_(weights, std=0.02)
        for norm in model.modules():
            # Else what is normalised has mean 0, and the mean over it is rounding alone.
            if isinstance(norm, nn.LayerNorm):
                nn.init.normal_(norm.weight, 1.0, 0.2), nn.init.normal_(norm.bias, 0.0, 0.2)
        model.train()(torch.randn(8, 3, size, size))
    return model.eval(), size


class Squeeze(nn.Module):
    """Channels scaled by what their means say."""

    def __init__(self, channels):
        super().__init__()
        self.scales = nn.Sequential(nn.Conv2d(channels, 4, 1), nn.SiLU(), nn.Conv2d(4, channels, 1), nn.Sigmoid())

    def forward(self, images):
        return images * self.scales(images.mean((2, 3), keepdim=True))


class Cifar(nn.Module):
    """The operators of networks for CIFAR: convolutions of every kind, normalisation, nonlinearities, pools, borders, joins."""

    def __init__(self, resizes):
        super().__init__()
        self.resizes = resizes
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.block = nn.Sequential(nn.Conv2d(16, 16, 3, padding=1, groups=16), nn.BatchNorm2d(16), nn.ReLU6(), nn.Conv2d(16, 16, 1), nn.BatchNorm2d(16))
        self.squeeze = Squeeze(16)
        self.down = nn.Sequential(nn.Conv2d(16, 16, 3, stride=2, padding=1), nn.SiLU(), nn.Hardswish(), nn.LeakyReLU(0.1), nn.PReLU(16), nn.ELU())
        self.pools = nn.ModuleList([nn.MaxPool2d(3, 2, 1), nn.AvgPool2d(2), nn.AvgPool2d(3, 2, 1, count_include_pad=False)])
        self.last = nn.Sequential(nn.Flatten(), nn.Linear(80, 20), nn.ReLU(), nn.Dropout(), nn.Linear(20, 10))

    def forward(self, images):
        stem = self.stem(images)
        block = functional.relu(stem + self.squeeze(self.block(stem)))
        down = self.down(functional.pad(block, (1, 0, 0, 1)))[:, :, :16, :16]
        left, right = (torch.tanh(down) - 0.5).chunk(2, 1)
        joined = torch.cat([left * right, functional.hardsigmoid(down) / 2, self.pools[0](block)], 1)
        if self.resizes:
            joined = joined + functional.interpolate(self.pools[1](joined), scale_factor=2, mode="nearest")
            joined = joined + functional.interpolate(self.pools[1](joined), size=(16, 16), mode="bilinear", align_corners=False)
        joined = torch.cat([self.pools[1](joined), self.pools[2](joined)], 1).clamp(-2.0, 3.0)
        pooled = functional.adaptive_avg_pool2d(joined, 1)
        return torch.softmax(self.last(pooled), 1)


def cifar(resizes):
    torch.manual_seed(0)
    model = Cifar(resizes)
    with torch.no_grad():
        model.train()(torch.randn(8, 3, 32, 32))
    return model.eval()


def export_at(model, opset, way, path):
    """Writes `model` at `opset`; an exporter may write another, which is an error here."""
    images, names = torch.randn(2, 3, 32, 32), {"input_names": ["images"], "output_names": ["shares"]}
    axes = {"images": {0: "n"}, "shares": {0: "n"}}
    if way == "dynamo":
        torch.onnx.export(model, (images,), path, dynamo=True, external_data=False, verbose=False, opset_version=opset,
                          dynamic_shapes=({0: torch.export.Dim("n")},), **names)
    else:
        written = opset if way == "script" else 17
        torch.onnx.export(model, images, path, dynamo=False, opset_version=written, dynamic_axes=axes, **names)
    if way == "converter":
        onnx.save(onnx.version_converter.convert_version(onnx.load(path), opset), path)
    found = next(own.version for own in onnx.load(path).opset_import if own.domain == "")
    if found != opset:
        raise ValueError(f"it writes opset {found}")


def sweep_opsets(values, folder, opsets):
    """Whether every file of every opset has the same values everywhere, and is lowered if it does not resize."""
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1)).numpy()
    is_same = True
    for opset, way, resizes in itertools.product(opsets, WAYS, [False, True]):
        name = f"opset{opset}-{way}{'-resize' if resizes else ''}"
        path = folder / f"{name}.onnx"
        try:
            export_at(cifar(resizes), opset, way, path)
        except Exception as error:  # an exporter that fails is not ours to mend
            print(name, "not exported:", str(error).strip().splitlines()[0][:100], file=sys.stderr, flush=True)
            continue
        line, worst = compare(values, path, images)
        is_good = worst <= SAME and (resizes or line.startswith("tape"))
        is_same &= is_good
        print("same" if is_good else "DIFFERS", name, line, flush=True)
    return is_same


def export(model, size, exporter, is_fixed, path, opset=17):
    images = torch.randn(2, 3, size, size)
    names = {"input_names": ["images"], "output_names": ["logits"]}
    if exporter == "script":
        axes = {} if is_fixed else {"dynamic_axes": {"images": {0: "n"}}}
        torch.onnx.export(model, images, path, dynamo=False, opset_version=opset, **axes, **names)
    else:
        axes = {} if is_fixed else {"dynamic_shapes": ({0: torch.export.Dim("n")},)}
        torch.onnx.export(model, (images,), path, dynamo=True, external_data=False, verbose=False, **axes, **names)


def difference(found, expected):
    if found.shape != expected.shape:
        return float("inf")
    return float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-30))


def reference_values(path, images, names):
    """The values called `names` by onnxruntime, NHWC, with graph optimisation off so that they stay."""
    model = onnx.load(path)
    present = {value.name for value in model.graph.output}
    for name in names:
        if name not in present:
            model.graph.output.append(onnx.ValueInfoProto(name=name))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    values = session.run(list(names), {session.get_inputs()[0].name: images})
    return {name: value.transpose(0, 2, 3, 1) if value.ndim == 4 else value for name, value in zip(names, values)}


def compare(values, path, images, gradient_of=None):
    labels = np.arange(len(images), dtype=np.float32) % 2
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder, "in.safetensors"), Path(folder, "out.safetensors")
        save_file({"images": np.ascontiguousarray(images.transpose(0, 2, 3, 1)), "labels": labels}, given)
        done = subprocess.run([values, path, given, out], capture_output=True, text=True)
        if done.returncode:
            return f"refused: {done.stderr.strip()}", float("inf")
        found = load_file(out)
    layers = [name.removeprefix("layer.") for name in found if name.startswith("layer.")]
    expected = reference_values(path, images, layers)
    worst = max((difference(found[f"layer.{name}"], expected[name]), name) for name in layers)
    line = f"{done.stdout.split(':', 1)[1].strip()[:120]}; worst layer {worst[0]:.1e} ({worst[1]})"
    if gradient_of is not None and "gradient" in found:
        labels = torch.from_numpy(labels).long()
        single, double = (gradient(copy.deepcopy(gradient_of).to(kind), torch.from_numpy(images).to(kind), labels)
                          for kind in [torch.float32, torch.float64])
        line += f"; gradient {difference(found['gradient'], single):.1e} (PyTorch's own, single to double {difference(single, double):.1e})"
    return line, worst[0]


def gradient(model, images, labels):
    images.requires_grad_()
    loss = torch.nn.functional.cross_entropy(model(images), labels, reduction="sum")
    return torch.autograd.grad(loss, images)[0].permute(0, 2, 3, 1).float().numpy()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--values", required=True)
    arguments.add_argument("--folder", type=Path, default=Path("onnx-models"))
    arguments.add_argument("--opsets", metavar="FIRST-LAST")
    arguments.add_argument("--fixed", action="store_true", help="exports that take batches of two images only")
    arguments.add_argument("--opset", type=int, default=17, help="that of the older exporter; below 17 it writes layer normalisation out")
    arguments.add_argument("names", nargs="*", default=NAMES)
    arguments = arguments.parse_args()
    warnings.filterwarnings("ignore")
    arguments.folder.mkdir(exist_ok=True)
    if arguments.opsets:
        first, last = map(int, arguments.opsets.split("-"))
        sys.exit(not sweep_opsets(arguments.values, arguments.folder, range(first, last + 1)))
    is_good = True
    for name in arguments.names or NAMES:
        if name.endswith(".onnx"):
            shape = onnx.load(name).graph.input[0].type.tensor_type.shape.dim
            extents = [axis.dim_value or 2 for axis in shape]
            images = np.random.default_rng(0).standard_normal(extents).astype(np.float32)
            print(Path(name).name, compare(arguments.values, name, images)[0], flush=True)
            continue
        model, size = network(name)
        for exporter in ["script", "dynamo"]:
            opset = f"-{arguments.opset}" if exporter == "script" and arguments.opset != 17 else ""
            path = arguments.folder / f"{name}-{exporter}{opset}{'-fixed' if arguments.fixed else ''}.onnx"
            try:
                if not path.exists():
                    export(model, size, exporter, arguments.fixed, path, arguments.opset)
            except Exception as error:  # an exporter that fails is not ours to mend
                print(name, exporter, "not exported:", str(error).splitlines()[0][:100], file=sys.stderr)
                continue
            images = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(1)).numpy()
            line, worst = compare(arguments.values, path, images, model)
            is_good &= worst <= SAME and line.startswith("tape")
            print(name, exporter, line, flush=True)
    sys.exit(not is_good)


main()
