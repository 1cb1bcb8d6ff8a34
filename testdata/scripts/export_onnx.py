"""Writes testdata/onnx/operators.onnx, a small network with the operators that are lowered, and operators.safetensors beside it: images,
labels, output, logits and the gradient of the cross entropy in the images, by PyTorch in double precision.

Also clothes.onnx, a network without training for images of 28 x 28 x 1 and 10 classes.

Needs torch, onnx, onnxscript, numpy and safetensors.
"""

import copy
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from torch import nn

OUT = Path(__file__).resolve().parents[1] / "onnx"


class Operators(nn.Module):
    """Images of 3 x 12 x 12 to 5 classes."""

    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8, eps=1e-3)
        self.uneven = nn.Conv2d(8, 8, 3, stride=2, groups=8, bias=False)
        self.grouped = nn.Conv2d(8, 12, 3, padding=1, groups=2)
        self.squeeze, self.excite = nn.Conv2d(12, 4, 1), nn.Conv2d(4, 12, 1)
        self.slopes = nn.PReLU(12)
        self.scale = nn.Parameter(torch.rand(12, 1, 1) + 0.5)
        self.rows, self.mix = nn.LayerNorm(18, eps=1e-6), nn.Linear(18, 18, bias=False)
        self.last = nn.Linear(18 * 9, 5)

    def forward(self, x):
        x = F.relu(self.norm(self.stem(x)))
        pooled = F.max_pool2d(x, 3, 2, 1) + F.avg_pool2d(F.leaky_relu(x - 0.5, 0.1), 2, 2)
        x = pooled + self.uneven(F.pad(x, (0, 1, 0, 1)))
        x = F.hardswish(self.grouped(x))
        gate = F.hardsigmoid(self.excite(F.relu(self.squeeze(F.adaptive_avg_pool2d(x, 1)))))
        x = self.slopes(x * gate * self.scale - 0.25) / 1.5
        low = F.elu(x[:, 2:8]) * torch.sigmoid(x[:, 2:8])
        left, right = x.split([6, 6], 1)
        x = torch.cat([F.relu6(4.0 * left), low, 1.0 - torch.tanh(right)], 1)
        x = F.max_pool2d(x, 2, 2)
        x = torch.cat([x[:, :, 1:], x[:, :, :1]], 2).permute(0, 2, 3, 1)
        x = F.gelu(self.mix(self.rows(x)))
        x = self.last(x.permute(0, 3, 1, 2).flatten(1))
        return F.softmax(x, 1)


def store(model, images, path, **settings):
    """Without the exporter's notes: they hold paths of the machine it ran on."""
    program = torch.onnx.export(model, (images,), dynamo=True, verbose=False, **settings)
    proto = program.model_proto
    for item in [proto, proto.graph, *proto.graph.node, *proto.graph.value_info, *proto.graph.input, *proto.graph.output]:
        del item.metadata_props[:]
    onnx.save(proto, path)


def main():
    torch.manual_seed(20261127)
    model = Operators()
    with torch.no_grad():
        model.train()(torch.randn(64, 3, 12, 12))
    model.eval()
    images, labels = torch.randn(3, 3, 12, 12), torch.tensor([4, 0, 2])
    store(model, images, OUT / "operators.onnx", opset_version=20, dynamic_shapes=({0: torch.export.Dim("n")},),
          input_names=["images"], output_names=["shares"])
    double, exact = copy.deepcopy(model).double(), images.double().requires_grad_()
    shares = double(exact)
    F.nll_loss(shares.log(), labels, reduction="sum").backward()
    arrays = {"images": images.permute(0, 2, 3, 1), "labels": labels.float(), "output": shares, "gradient": exact.grad.permute(0, 2, 3, 1)}
    save_file({name: np.ascontiguousarray(array.detach().float().numpy()) for name, array in arrays.items()}, OUT / "operators.safetensors")
    clothes = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Conv2d(4, 6, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(216, 10))
    store(clothes.eval(), torch.zeros(1, 1, 28, 28), OUT / "clothes.onnx")


if __name__ == "__main__":
    main()
