"""Images per second of a network elsewhere; prints a JSON object.

    inference_peer.py export NET FILE
    inference_peer.py onnxruntime FILE BATCH THREADS PASS
    inference_peer.py torch NET BATCH THREADS PASS [channels-last]
"""

import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

import training_torch

LONG_ENOUGH = 3.0
EXTENTS = {"resnet18": 224, "mobilenet_v2": 224, "resnet20": 32}


def network(name):
    """Random weights; times do not depend on them."""
    torch.manual_seed(0)
    model = training_torch.build(name, 0) if EXTENTS[name] == 32 else getattr(torchvision.models, name)(weights=None)
    return model.eval().requires_grad_(False)


def export(name, path):
    extent = EXTENTS[name]
    image, axes = torch.zeros(1, 3, extent, extent), {"input": {0: "N"}, "output": {0: "N"}}
    names = {"input_names": ["input"], "output_names": ["output"], "dynamic_axes": axes}
    torch.onnx.export(network(name), image, path, dynamo=False, **names)


def of_onnxruntime(path, n_images, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    wanted = session.get_inputs()[0]
    images = np.random.default_rng(0).normal(size=(n_images, *wanted.shape[1:])).astype("f4")
    return lambda: session.run(None, {wanted.name: images})


def of_torch(name, n_images, threads, what, layout):
    torch.set_num_threads(threads)
    model, images = network(name), torch.randn(n_images, 3, EXTENTS[name], EXTENTS[name])
    if layout == "channels-last":
        model, images = model.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
    labels = torch.zeros(n_images, dtype=torch.long)

    def forward():
        with torch.inference_mode():
            model(images)

    def input_gradient():
        x = images.detach().requires_grad_()
        torch.autograd.grad(F.cross_entropy(model(x), labels, reduction="sum"), x)

    return {"forward": forward, "input_gradient": input_gradient}[what]


def main():
    who, what, *rest = sys.argv[1:]
    if who == "export":
        return export(what, rest[0])
    n_images, threads, name, *layout = rest
    if who == "onnxruntime":
        run = of_onnxruntime(what, int(n_images), int(threads))
    else:
        run = of_torch(what, int(n_images), int(threads), name, *(layout or ["default"]))
    run()
    seconds, start = [], time.perf_counter()
    while time.perf_counter() - start < LONG_ENOUGH or len(seconds) < 3:
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    print(json.dumps({"images_per_second": int(n_images) / sorted(seconds)[len(seconds) // 2]}))


main()
