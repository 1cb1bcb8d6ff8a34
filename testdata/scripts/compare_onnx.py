"""Compares topolens on ONNX files with onnxruntime (outputs and every layer) and with PyTorch (gradients in the input).

    cargo build --release -p topolens-nn --example onnx_values
    python compare_onnx.py --values target/release/examples/onnx_values [--folder DIR] [NAME ...]

Needs torch, torchvision, onnx, onnxruntime, onnxscript, numpy and safetensors. The networks are torchvision's, with random weights
and running statistics that moved, each through both exporters; NAME may also be an ONNX file. Differences are relative to the
largest number of the value compared. Behind nonlinearities with kinks gradients in single precision jump: beside each stands how
far PyTorch's own are from double precision.
"""

import argparse
import copy
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torchvision
from safetensors.numpy import load_file, save_file

NAMES = ["resnet18", "resnet50", "densenet121", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0", "vgg11_bn", "squeezenet1_1",
         "shufflenet_v2_x1_0", "convnext_tiny", "vit_b_16", "swin_t"]
ATTENTION = {"vit_b_16", "swin_t"}


def network(name):
    torch.manual_seed(0)
    model = getattr(torchvision.models, name)(weights=None)
    # VGG's adaptive pool needs a multiple of 7 at its end.
    size = 224 if name in ATTENTION or name.startswith("vgg") else 96
    with torch.no_grad():
        model.train()(torch.randn(8, 3, size, size))
    return model.eval(), size


def export(model, size, exporter, path):
    images = torch.randn(2, 3, size, size)
    names = {"input_names": ["images"], "output_names": ["logits"]}
    if exporter == "script":
        torch.onnx.export(model, images, path, dynamo=False, opset_version=17, dynamic_axes={"images": {0: "n"}}, **names)
    else:
        torch.onnx.export(model, (images,), path, dynamo=True, external_data=False, verbose=False,
                          dynamic_shapes=({0: torch.export.Dim("n")},), **names)


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
            return f"refused: {done.stderr.strip()}"
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
    return line


def gradient(model, images, labels):
    images.requires_grad_()
    loss = torch.nn.functional.cross_entropy(model(images), labels, reduction="sum")
    return torch.autograd.grad(loss, images)[0].permute(0, 2, 3, 1).float().numpy()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--values", required=True)
    arguments.add_argument("--folder", type=Path, default=Path("onnx-models"))
    arguments.add_argument("names", nargs="*", default=NAMES)
    arguments = arguments.parse_args()
    warnings.filterwarnings("ignore")
    arguments.folder.mkdir(exist_ok=True)
    for name in arguments.names or NAMES:
        if name.endswith(".onnx"):
            shape = onnx.load(name).graph.input[0].type.tensor_type.shape.dim
            extents = [axis.dim_value or 2 for axis in shape]
            images = np.random.default_rng(0).standard_normal(extents).astype(np.float32)
            print(Path(name).name, compare(arguments.values, name, images), flush=True)
            continue
        model, size = network(name)
        for exporter in ["script", "dynamo"]:
            path = arguments.folder / f"{name}-{exporter}.onnx"
            try:
                if not path.exists():
                    export(model, size, exporter, path)
            except Exception as error:  # an exporter that fails is not ours to mend
                print(name, exporter, "not exported:", str(error).splitlines()[0][:100], file=sys.stderr)
                continue
            images = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(1)).numpy()
            print(name, exporter, compare(arguments.values, path, images, model), flush=True)


main()
