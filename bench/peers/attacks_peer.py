"""Attacks of foolbox and torchattacks on a network of topolens rebuilt in PyTorch; prints a JSON object.

    attacks_peer.py prepare CHECKPOINT CIFAR10 N IMAGES
    attacks_peer.py attack CHECKPOINT IMAGES OUT METHOD NORM EPSILON STEPS STEP_SIZE THREADS
    attacks_peer.py judge CHECKPOINT IMAGES OURS THEIRS NORM EPSILON

The files between are safetensors with `images`, N × height × width × channels from 0 to 1, and `labels` or `logits`.
"""

import json
import pathlib
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file
from torch import nn

import training_torch

BATCH, LONG_ENOUGH, NO_DIFFERENCE = 100, 2.0, 1e-5


class Normalization(nn.Module):
    def __init__(self, card):
        super().__init__()
        self.mean, self.std = (torch.tensor(card[key]).reshape(-1, 1, 1) for key in ("mean", "std"))

    def forward(self, pixels):
        return (pixels - self.mean) / self.std


def network(checkpoint):
    """A ResNet with its preprocessing: it takes pixels from 0 to 1."""
    card = json.loads(pathlib.Path(checkpoint).with_suffix(".json").read_text())
    spec, state = card["model"], load_file(checkpoint)
    depth = int(spec["architecture"].removeprefix("resnet"))
    model = training_torch.resnet(depth, spec["width"])
    parts = [part for part in model.modules() if isinstance(part, nn.Conv2d | nn.BatchNorm2d | nn.Linear)]
    for name, part in zip(part_names((depth - 2) // 2), parts, strict=True):
        own = {key: torch.from_numpy(state[f"{name}.{key}"]) for key in part.state_dict() if key != "num_batches_tracked"}
        part.load_state_dict(own, strict=False)
    return nn.Sequential(Normalization(card["normalization"]), model).eval().requires_grad_(False)


def part_names(n_blocks):
    blocks = [f"block{block}.{part}{at}" for block in range(1, n_blocks + 1) for at in (1, 2) for part in ("conv", "norm")]
    return ["stem.conv", "stem.norm", *blocks, "output"]


def read_images(path):
    """Images N × channels × height × width, and labels if there are any."""
    file = load_file(path)
    images = torch.from_numpy(file["images"]).permute(0, 3, 1, 2).contiguous()
    return images, torch.from_numpy(file["labels"]).long() if "labels" in file else None


def write_images(path, images, **others):
    save_file({"images": np.ascontiguousarray(images.permute(0, 2, 3, 1).numpy()), **others}, path)


def prepare(checkpoint, folder, n_images, path):
    """The first images of the test set that the network gets right."""
    records = np.fromfile(pathlib.Path(folder) / "test_batch.bin", np.uint8).reshape(-1, 3073)[: 4 * int(n_images)]
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).astype("f4") / np.float32(255))
    labels = torch.from_numpy(records[:, 0].astype(np.int64))
    right = (network(checkpoint)(images).argmax(1) == labels).nonzero().flatten()[: int(n_images)]
    write_images(path, images[right], labels=labels[right].numpy().astype("f4"))
    return {"n_images": len(right)}


def of_foolbox(name, model, epsilon, **settings):
    import foolbox

    attack = getattr(foolbox.attacks, name)(**settings)
    bounded = foolbox.PyTorchModel(model, bounds=(0, 1))
    return lambda images, labels: attack(bounded, images, labels, epsilons=epsilon)[1]


def of_torchattacks(name, model, epsilon, **settings):
    import torchattacks

    attack = getattr(torchattacks, name)(model, eps=epsilon, **settings)

    def run(images, labels):
        # The L2 form of Square asks for the usual layout.
        perturbed = attack(images.contiguous(), labels)
        model(perturbed)
        return perturbed

    return run


def attack_of(method, norm, model, epsilon, steps, step_size):
    prefix = {"linf": "Linf", "l2": "L2"}[norm]
    climb = {"steps": steps, "rel_stepsize": step_size}
    auto = {"norm": prefix, "steps": steps}
    fool = {"steps": steps, "candidates": 10, "overshoot": 0.02}
    carlini = {"binary_search_steps": 5, "steps": steps, "stepsize": step_size, "confidence": 0, "initial_const": 1.0}
    made = {
        "fgsm": lambda: of_foolbox(f"{prefix}FastGradientAttack", model, epsilon),
        "bim": lambda: of_foolbox(f"{prefix}BasicIterativeAttack", model, epsilon, **climb),
        "pgd": lambda: of_foolbox(f"{prefix}ProjectedGradientDescentAttack", model, epsilon, **climb),
        "mi-fgsm": lambda: of_torchattacks("MIFGSM", model, epsilon, alpha=step_size * epsilon, steps=steps),
        "apgd-ce": lambda: of_torchattacks("APGD", model, epsilon, loss="ce", **auto),
        "apgd-dlr": lambda: of_torchattacks("APGD", model, epsilon, loss="dlr", **auto),
        "deepfool": lambda: of_foolbox(f"{prefix}DeepFoolAttack", model, None, **fool),
        "cw": lambda: of_foolbox("L2CarliniWagnerAttack", model, None, **carlini),
        "square": lambda: of_torchattacks("Square", model, epsilon, norm=prefix, n_queries=steps),
    }
    return made[method]()


def attack(checkpoint, path, out, method, norm, epsilon, steps, step_size, threads):
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    images, labels = read_images(path)
    model, images = (what.to(memory_format=torch.channels_last) for what in (network(checkpoint), images))
    run = attack_of(method, norm, model, number(epsilon), number(steps), number(step_size))
    model(images[:BATCH])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, start, worked = [], time.perf_counter(), time.process_time()
    while not seconds or time.perf_counter() - start < LONG_ENOUGH:
        begun = time.perf_counter()
        perturbed = [run(*batch) for batch in zip(images.split(BATCH), labels.split(BATCH), strict=True)]
        seconds.append(time.perf_counter() - begun)
    worked = (time.process_time() - worked) / len(seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write_images(out, torch.cat(perturbed).detach())
    return {"seconds": sorted(seconds)[len(seconds) // 2], "processor_seconds": worked, "peak_kib": peak - before}


def number(word):
    """None for `-`."""
    return None if word == "-" else int(word) if word.isdigit() else float(word)


def judge(checkpoint, path, ours, theirs, norm, epsilon):
    """One network and one ruler for both."""
    model, (images, labels) = network(checkpoint), read_images(path)
    sides = [read_images(side)[0] for side in (ours, theirs)]
    success = [model(side).argmax(1) != labels for side in sides]
    both = success[0] & success[1]
    order = {"linf": torch.inf, "l2": 2}[norm]
    sizes = [(side.double() - images.double()).flatten(1).norm(order, 1) for side in sides]
    if epsilon != "-":
        assert all(bool((size <= float(epsilon) * (1 + 1e-4)).all()) for size in sizes), "a perturbation is outside the ball"
    logits, own = model(images), torch.from_numpy(load_file(ours)["logits"])
    return {
        "success": [100 * float(met.double().mean()) for met in success],
        "median": [float(size[both].median()) for size in sizes],
        "mean": [float(size[both].mean()) for size in sizes],
        "logits": float((logits - own).abs().max() / logits.abs().max()),
        **differences(model, images, labels, sides),
    }


def differences(model, images, labels, sides):
    """Pixels that are not the same, how large their slopes are beside the largest of the image, and how far apart the others are."""
    apart = (sides[0] - sides[1]).abs()
    differ = apart > NO_DIFFERENCE
    pixels = images.clone().requires_grad_()
    slopes = torch.autograd.grad(F.cross_entropy(model(pixels), labels, reduction="sum"), pixels)[0].abs()
    shares = slopes / slopes.flatten(1).max(1).values.clamp_min(1e-30)[:, None, None, None]
    return {
        "n_pixels": images.numel(),
        "n_differ": int(differ.sum()),
        "slope_where_differ": float(shares[differ].max()) if differ.any() else 0.0,
        "largest_elsewhere": float(apart[~differ].max()),
    }


if __name__ == "__main__":
    print(json.dumps({"prepare": prepare, "attack": attack, "judge": judge}[sys.argv[1]](*sys.argv[2:])))
