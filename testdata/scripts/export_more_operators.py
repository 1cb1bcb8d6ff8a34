"""Adds to testdata/gradients/operators.safetensors the operators that networks from ONNX files and of faces need beyond the others.

Run export_gradients.py first: it writes that file anew. Needs torch, numpy and safetensors; images are NHWC.
"""

import math
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


def kernels(tensor):
    return tensor.permute(2, 3, 1, 0)


def arcface(logits, labels, scale, margin):
    """The losses of each row by the angles themselves (Deng et al. 2019), the fall-back where theta + m > pi as in the authors' program."""
    theta = torch.acos(logits / scale)
    beyond = torch.cos(theta) - margin * math.sin(math.pi - margin)
    target = torch.where(theta + margin <= math.pi, torch.cos(theta + margin), beyond)
    is_label = F.one_hot(labels, logits.shape[1]).bool()
    return F.cross_entropy(torch.where(is_label, scale * target, logits), labels, reduction="none")


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
    x, a = random(2, 3, 5, 4), random(3)
    yield "prelu", F.prelu(x, a), {"x": (x, images), "a": (a, plain)}, images
    x, w = random(2, 3, 5, 4), random(3, 1, 5, 4)
    yield "global_depthwise", F.conv2d(x, w, groups=3), {"x": (x, images), "w": (w, kernels)}, images
    x, w = random(4, 6), random(5, 6)
    yield "cosine", 16 * F.linear(F.normalize(x), F.normalize(w)), {"x": (x, plain), "w": (w, torch.t)}, plain
    x = (16 * (1.8 * torch.rand(6, 4) - 0.9)).float().double()
    # The angles of the second and the fifth label are within the margin of pi.
    x[1, 3], x[4, 1] = -15.5, -15.75
    x.requires_grad_()
    yield "arcface", arcface(x, torch.tensor([0, 3, 1, 2, 1, 3]), 16, 0.5), {"x": (x, plain)}, plain
    x, z = random(2, 3, 7, 5), random(2, 3, 5, 4)
    yield "product_batch", x @ z, {"x": (x, plain), "z": (z, plain)}, plain
    x, z = random(2, 3, 7, 5), random(2, 3, 4, 5)
    yield "product_batch_transposed", x @ z.mT, {"x": (x, plain), "z": (z, plain)}, plain
    x = random(3, 4, 7)
    yield "error_function", torch.erf(x), {"x": (x, plain)}, plain
    x = (torch.rand(3, 4, 7) + 0.5).double().requires_grad_()
    yield "power", x**-1.5, {"x": (x, plain)}, plain


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
