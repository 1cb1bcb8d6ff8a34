"""Adds to testdata/gradients/operators.safetensors the operators that networks from ONNX files need beyond our own.

Run export_gradients.py first: it writes that file anew. Needs torch, numpy and safetensors; images are NHWC.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

PATH = Path(__file__).resolve().parents[1] / "gradients" / "operators.safetensors"


def random(*shape):
    """Exact in single precision, so that both sides start from the same numbers."""
    return torch.randn(*shape, dtype=torch.float32).double().requires_grad_()


def images(tensor):
    return tensor.permute(0, 2, 3, 1)


def plain(tensor):
    return tensor


def cases():
    torch.manual_seed(20261127)
    x = random(2, 3, 7, 6)
    yield "average_pool", F.avg_pool2d(x, 2, 2), {"x": (x, images)}, images
    x = random(2, 3, 7, 6)
    yield "average_pool_padded", F.avg_pool2d(x, 3, 2, 1), {"x": (x, images)}, images
    x = random(2, 3, 7, 6)
    inside = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
    yield "average_pool_inside", inside, {"x": (x, images)}, images
    x, z = random(2, 3, 4, 5), random(2, 3, 4, 5)
    yield "product", x * z, {"x": (x, plain), "z": (z, plain)}, plain
    x, z = random(2, 3, 4, 5), random(2, 2, 4, 5)
    yield "concatenation", torch.cat([x, z], 1), {"x": (x, plain), "z": (z, plain)}, plain
    x = random(3, 4, 7)
    yield "softmax", x.softmax(-1), {"x": (x, plain)}, plain
    x = random(2, 3, 4, 5)
    yield "permutation", x.permute(0, 3, 1, 2), {"x": (x, plain)}, plain
    x = random(2, 3, 4, 5)
    yield "window", F.pad(x, (0, 2, -1, 0, 1, 0)), {"x": (x, plain)}, plain


def main():
    out = load_file(PATH)
    for name, output, inputs, layout in cases():
        slope = torch.randn(*output.shape).double()
        gradients = torch.autograd.grad(output, [tensor for tensor, _ in inputs.values()], slope)
        found = {"y": layout(output), "g": layout(slope)}
        for (key, (tensor, order)), gradient in zip(inputs.items(), gradients):
            found[key], found[f"grad_{key}"] = order(tensor), order(gradient)
        for key, tensor in found.items():
            out[f"{name}.{key}"] = np.ascontiguousarray(tensor.detach().numpy().astype(np.float32))
    save_file(out, PATH)


main()
