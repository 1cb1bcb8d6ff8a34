"""Writes testdata/gradients/*.safetensors: operators and small networks with their gradients, by PyTorch in double precision.

Needs torch, numpy and safetensors. Images are NHWC and convolution weights kernel, kernel, in, out in operators.safetensors;
the networks' parameters keep PyTorch's own order of axes.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

OUT = Path(__file__).resolve().parents[1] / "gradients"
torch.manual_seed(20240501)


def random(*shape):
    """Inputs are exact in single precision, so that both sides start from the same numbers."""
    return torch.randn(*shape, dtype=torch.float32).double().requires_grad_()


def nhwc(tensor):
    return tensor.permute(0, 2, 3, 1)


def kkio(tensor):
    return tensor.permute(2, 3, 1, 0)


def single(tensors):
    return {name: np.ascontiguousarray(t.detach().numpy().astype(np.float32)) for name, t in tensors.items()}


def operators():
    out = {}

    def case(name, output, inputs, layout=lambda t: t):
        g = torch.randn(*output.shape).double()
        gradients = torch.autograd.grad(output, [t for t, _ in inputs.values()], g)
        out[f"{name}.y"], out[f"{name}.g"] = layout(output), layout(g)
        for (key, (tensor, order)), gradient in zip(inputs.items(), gradients):
            out[f"{name}.{key}"], out[f"{name}.grad_{key}"] = order(tensor), order(gradient)

    plain = lambda t: t
    for kernel, stride in [(3, 1), (3, 2), (1, 1), (1, 2)]:
        x, w = random(2, 3, 7, 6), random(4, 3, kernel, kernel)
        y = F.conv2d(x, w, stride=stride, padding=(kernel - 1) // 2)
        case(f"convolution_{kernel}_{stride}", y, {"x": (x, nhwc), "w": (w, kkio)}, nhwc)

    for training in [True, False]:
        name = "batch_norm_training" if training else "batch_norm_evaluation"
        x, gamma, beta = random(3, 5, 4, 3), random(5), random(5)
        mean, variance = torch.randn(5).double(), torch.rand(5).double() + 0.5
        out[f"{name}.mean"], out[f"{name}.variance"] = mean.clone(), variance.clone()
        y = F.batch_norm(x, mean, variance, gamma, beta, training=training, momentum=0.1, eps=1e-5)
        out[f"{name}.mean_after"], out[f"{name}.variance_after"] = mean, variance
        case(name, y, {"x": (x, nhwc), "gamma": (gamma, plain), "beta": (beta, plain)}, nhwc)

    functions = {"relu": F.relu, "relu6": F.relu6, "elu": F.elu, "swish": F.silu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
    for name, function in functions.items():
        x = (4 * torch.randn(64)).float().double().requires_grad_()
        case(name, function(x), {"x": (x, plain)})

    x = random(2, 3, 5, 4)
    case("max_pool", F.max_pool2d(x, 2, ceil_mode=True), {"x": (x, nhwc)}, nhwc)
    x = random(2, 3, 5, 4)
    case("global_average_pool", x.mean((2, 3)), {"x": (x, nhwc)})
    x, y = random(2, 3), random(2, 3)
    case("add", x + y, {"x": (x, plain), "z": (y, plain)})
    x = random(2, 3, 5, 4)
    case("shortcut_pad", shortcut_a(x, 7), {"x": (x, nhwc)}, nhwc)
    x, w, b = random(4, 6), random(5, 6), random(5)
    case("linear", F.linear(x, w, b), {"x": (x, plain), "w": (w, torch.t), "b": (b, plain)})

    logits, labels = random(6, 4), torch.randint(4, (6,))
    case("cross_entropy", F.cross_entropy(logits, labels, reduction="none"), {"x": (logits, plain)})
    out["cross_entropy.labels"] = labels
    save_file(single(out), OUT / "operators.safetensors")


def shortcut_a(x, width):
    new = width - x.shape[1]
    return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, new // 2, new - new // 2))


class Norms(torch.nn.Module):
    """A convolution and its batch normalisation, under the names that topolens gives them."""

    def __init__(self, state, conv, norm, n_in, n_out, kernel=3, stride=1):
        super().__init__()
        self.conv = torch.nn.Conv2d(n_in, n_out, kernel, stride, (kernel - 1) // 2, bias=False)
        self.norm = torch.nn.BatchNorm2d(n_out)
        with torch.no_grad():
            self.norm.weight.uniform_(0.5, 1.5)
            self.norm.bias.normal_(std=0.3)
            self.norm.running_mean.normal_(std=0.3)
            self.norm.running_var.uniform_(0.5, 2.0)
        state.append((conv, self.conv))
        state.append((norm, self.norm))

    def forward(self, x):
        return self.norm(self.conv(x))


class Block(torch.nn.Module):
    def __init__(self, state, name, n_in, n_out, stride, option):
        super().__init__()
        self.first = Norms(state, f"{name}.conv1", f"{name}.norm1", n_in, n_out, stride=stride)
        self.second = Norms(state, f"{name}.conv2", f"{name}.norm2", n_out, n_out)
        self.n_out = n_out
        self.past = None
        self.changes = stride != 1
        if self.changes and option == "b":
            self.past = Norms(state, f"{name}.shortcut.conv", f"{name}.shortcut.norm", n_in, n_out, 1, stride)

    def forward(self, x):
        inner = self.second(F.relu(self.first(x)))
        if self.past is not None:
            x = self.past(x)
        elif self.changes:
            x = shortcut_a(x, self.n_out)
        return F.relu(inner + x)


class ResNet8(torch.nn.Module):
    def __init__(self, width, n_in, n_classes, option):
        super().__init__()
        self.state = []
        self.stem = Norms(self.state, "stem.conv", "stem.norm", n_in, width)
        widths = [width, width, 2 * width, 4 * width]
        blocks = [Block(self.state, f"block{i}", widths[i - 1], widths[i], 1 if i == 1 else 2, option) for i in (1, 2, 3)]
        self.blocks = torch.nn.Sequential(*blocks)
        self.output = torch.nn.Linear(4 * width, n_classes)
        self.state.append(("output", self.output))

    def forward(self, x):
        return self.output(self.blocks(F.relu(self.stem(x))).mean((2, 3)))


class SmallCnn(torch.nn.Module):
    def __init__(self, width, n_in, n_classes):
        super().__init__()
        self.state = []
        widths = [n_in, width, width, 2 * width, 2 * width, 4 * width, 4 * width]
        names = [f"block{i}" for i in range(1, 7)]
        self.blocks = torch.nn.ModuleList(
            Norms(self.state, f"{name}.conv", f"{name}.norm", widths[i], widths[i + 1]) for i, name in enumerate(names)
        )
        self.output = torch.nn.Linear(4 * width, n_classes)
        self.state.append(("output", self.output))

    def forward(self, x):
        for index, block in enumerate(self.blocks):
            x = F.relu(block(x))
            if index in (1, 3):
                x = F.max_pool2d(x, 2, ceil_mode=True)
        return self.output(x.mean((2, 3)))


def network(name, model):
    model.float().double()
    x, labels = torch.randn(4, 3, 9, 8).double().requires_grad_(), torch.randint(5, (4,))
    x = x.detach().float().double().requires_grad_()
    named = lambda: {f"{prefix}.{key}": t for prefix, m in model.state for key, t in m.state_dict(keep_vars=True).items()
                     if not key.endswith("num_batches_tracked")}
    out = {f"before.{key}": t.clone() for key, t in named().items()}
    out["x"], out["labels"] = nhwc(x), labels
    model.eval()
    logits = model(x)
    out["evaluation.logits"] = logits
    losses = F.cross_entropy(logits, labels, reduction="none")
    out["evaluation.losses"] = losses
    out["evaluation.grad_x"] = nhwc(torch.autograd.grad(losses.sum(), x)[0])
    model.train()
    loss = F.cross_entropy(model(x), labels)
    loss.backward()
    out["training.loss"] = loss.reshape(1)
    for key, t in named().items():
        if key.endswith(("running_mean", "running_var")):
            out[f"after.{key}"] = t
        else:
            out[f"grad.{key}"] = t.grad
    save_file(single(out), OUT / f"{name}.safetensors")


operators()
network("resnet8_a", ResNet8(4, 3, 5, "a"))
network("resnet8_b", ResNet8(4, 3, 5, "b"))
network("small_cnn", SmallCnn(4, 3, 5))
