"""Writes testdata/gradients/*.safetensors: operators and small networks with their gradients, by PyTorch in double precision.

Needs torch, numpy and safetensors. Images are NHWC and convolution weights kernel, kernel, in, out in operators.safetensors;
the networks' parameters keep PyTorch's own order of axes.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

from gradient_networks import (
    attention,
    convmixer2,
    imagenet_resnet,
    lenet,
    mlp2,
    mobilefacenet,
    mobilenet,
    plain8,
    prelu_resnet8,
    preresnet8,
    ResNet8,
    se_resnet8,
    shortcut_a,
    SmallCnn,
    vgg6,
    vit2,
)

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

    for stride in [1, 2]:
        x, w = random(2, 18, 7, 6), random(18, 1, 3, 3)
        y = F.conv2d(x, w, stride=stride, padding=1, groups=18)
        case(f"depthwise_3_{stride}", y, {"x": (x, nhwc), "w": (w, kkio)}, nhwc)
    x, w = random(2, 5, 6, 7), random(5, 1, 5, 5)
    case("depthwise_5_1", F.conv2d(x, w, padding=2, groups=5), {"x": (x, nhwc), "w": (w, kkio)}, nhwc)
    x, w = random(2, 3, 6, 8), random(4, 3, 2, 2)
    case("convolution_2_2_unpadded", F.conv2d(x, w, stride=2), {"x": (x, nhwc), "w": (w, kkio)}, nhwc)
    x, w = random(2, 3, 7, 6), random(4, 3, 5, 5)
    case("convolution_5_1_unpadded", F.conv2d(x, w), {"x": (x, nhwc), "w": (w, kkio)}, nhwc)
    x, b = random(2, 3, 5, 4), random(3)
    case("bias", x + b[None, :, None, None], {"x": (x, nhwc), "b": (b, plain)}, nhwc)
    x, s = random(2, 3, 5, 4), random(2, 3)
    case("channel_scale", x * s[:, :, None, None], {"x": (x, nhwc), "s": (s, plain)}, nhwc)
    x = random(2, 3, 5, 4)
    case("flatten", x.flatten(1), {"x": (x, nhwc)})
    x, w = random(2, 5, 6), random(7, 6)
    case("linear_tokens", F.linear(x, w), {"x": (x, plain), "w": (w, torch.t)})
    x = (4 * torch.randn(64)).float().double().requires_grad_()
    case("gelu", F.gelu(x), {"x": (x, plain)})

    logits, labels = random(6, 4), torch.randint(4, (6,))
    case("cross_entropy", F.cross_entropy(logits, labels, reduction="none"), {"x": (logits, plain)})
    out["cross_entropy.labels"] = labels
    with torch.random.fork_rng():
        torch.manual_seed(20261127)
        added_operators(case)
    save_file(single(out), OUT / "operators.safetensors")


def added_operators(case):
    """Have a seed of their own, so that the numbers before and after them stay."""
    plain = lambda t: t
    logits = random(6, 4)
    labels = torch.tensor([0, 3, 1, 2, 1, 3])
    smoothed = F.cross_entropy(logits, labels, reduction="none", label_smoothing=0.2)
    case("cross_entropy_smoothed", smoothed, {"x": (logits, plain)})
    x, gamma, beta = random(2, 3, 5), random(5), random(5)
    case("layer_norm", F.layer_norm(x, (5,), gamma, beta), {"x": (x, plain), "gamma": (gamma, plain), "beta": (beta, plain)})
    x = random(2, 3, 7, 6)
    case("max_pool_3_2", F.max_pool2d(x, 3, 2, 1), {"x": (x, nhwc)}, nhwc)
    x, w = random(2, 6, 7, 6), random(4, 3, 3, 3)
    case("grouped", F.conv2d(x, w, stride=2, padding=1, groups=2), {"x": (x, nhwc), "w": (w, kkio)}, nhwc)
    x = random(2, 5, 3 * 6)
    case("attention", attention(x, 2), {"x": (x, plain)})


def network(name, model, shape=(9, 8)):
    model.float().double()
    x, labels = torch.randn(4, 3, *shape).double().requires_grad_(), torch.randint(5, (4,))
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
network("plain8", plain8(4))
network("preresnet8_a", preresnet8(4, "a"))
network("preresnet8_b", preresnet8(4, "b"))
network("se_resnet8", se_resnet8(4))
network("vgg6", vgg6(4))
network("mobilenetv2", mobilenet(4), (24, 20))
network("lenet", lenet(3), (14, 12))
network("mlp2", mlp2(4))
network("convmixer2", convmixer2(4))
network("vit2", vit2(4))
network("imagenet_resnet18", imagenet_resnet(4, [2, 2, 2, 2], 1, False, F.relu), (33, 30))
network("imagenet_resnext_uniform", imagenet_resnet(8, [3, 2, 3, 2], 32, True, torch.tanh, True), (33, 30))
network("mobilefacenet", mobilefacenet(8, (3, 2)), (33, 30))
network("resnet8_prelu", prelu_resnet8(4))
