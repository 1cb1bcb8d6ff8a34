"""Images per second of one network in PyTorch: `training_torch.py NET WIDTH EXTENT LAYOUT THREADS PASS`; prints a JSON object.

The networks are those of topolens, with the same numbers of parameters; batches of 128, SGD, the median over three seconds.
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

BATCH, LONG_ENOUGH = 128, 3.0


def convolution(n_in, n_out, kernel=3, stride=1, groups=1):
    return [nn.Conv2d(n_in, n_out, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False), nn.BatchNorm2d(n_out)]


class BasicBlock(nn.Module):
    """He et al. 2016, shortcut A."""

    def __init__(self, n_in, n_out, stride):
        super().__init__()
        self.stride, self.new = stride, n_out - n_in
        first, second = convolution(n_in, n_out, stride=stride), convolution(n_out, n_out)
        self.body = nn.Sequential(*first, nn.ReLU(inplace=True), *second)

    def forward(self, x):
        shortcut = x
        if self.new:
            shortcut = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.new // 2, self.new - self.new // 2))
        return F.relu(self.body(x) + shortcut, inplace=True)


class InvertedResidual(nn.Module):
    """Sandler et al. 2018."""

    def __init__(self, n_in, factor, n_out, stride):
        super().__init__()
        width = n_in * factor
        expand = [*convolution(n_in, width, 1), nn.ReLU6(inplace=True)] if factor > 1 else []
        depthwise = [*convolution(width, width, 3, stride, width), nn.ReLU6(inplace=True)]
        self.body = nn.Sequential(*expand, *depthwise, *convolution(width, n_out, 1))
        self.is_residual = stride == 1 and n_in == n_out

    def forward(self, x):
        return x + self.body(x) if self.is_residual else self.body(x)


def resnet(depth, width):
    layers, n_in = [*convolution(3, width), nn.ReLU(inplace=True)], width
    for stage in range(3):
        n_out = width << stage
        for block in range((depth - 2) // 6):
            layers.append(BasicBlock(n_in, n_out, 2 if stage > 0 and block == 0 else 1))
            n_in = n_out
    return head(layers, n_in)


def vgg11(width):
    layers, n_in = [], 3
    for stage, n_layers in enumerate([1, 1, 2, 2, 2]):
        n_out = width << min(stage, 3)
        for _ in range(n_layers):
            layers += [*convolution(n_in, n_out), nn.ReLU(inplace=True)]
            n_in = n_out
        layers.append(nn.MaxPool2d(2, ceil_mode=True))
    return head(layers, n_in)


def mobilenetv2():
    layers, n_in = [*convolution(3, 32), nn.ReLU6(inplace=True)], 32
    table = [(1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for factor, n_out, n_blocks, stride in table:
        for block in range(n_blocks):
            layers.append(InvertedResidual(n_in, factor, n_out, stride if block == 0 else 1))
            n_in = n_out
    return head([*layers, *convolution(n_in, 1280, 1), nn.ReLU6(inplace=True)], 1280)


def head(layers, n_in):
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(n_in, 10))


def build(net, width):
    if net.startswith("resnet"):
        return resnet(int(net.removeprefix("resnet")), width or 16)
    return vgg11(width or 64) if net == "vgg11" else mobilenetv2()


def pass_of(name, model, x, y):
    """A function that makes one pass."""
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def training():
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    def forward():
        with torch.inference_mode():
            model(x)

    def input_gradient():
        images = x.detach().requires_grad_()
        torch.autograd.grad(F.cross_entropy(model(images), y, reduction="sum"), images)

    model.train(name == "training")
    model.requires_grad_(name == "training")
    return {"training": training, "forward": forward, "input_gradient": input_gradient}[name]


def main():
    net, width, extent, layout, threads, name = sys.argv[1:]
    torch.set_num_threads(int(threads))
    model, x = build(net, int(width)), torch.randn(BATCH, 3, int(extent), int(extent))
    if layout == "channels-last":
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    step = pass_of(name, model, x, torch.randint(10, (BATCH,)))
    step()
    seconds, start = [], time.perf_counter()
    while time.perf_counter() - start < LONG_ENOUGH or len(seconds) < 3:
        begun = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - begun)
    middle = sorted(seconds)[len(seconds) // 2]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    n_parameters = sum(parameter.numel() for parameter in model.parameters())
    found = {"images_per_second": BATCH / middle, "peak_kib": peak - before, "n_parameters": n_parameters}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
