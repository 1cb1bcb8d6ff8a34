"""Writes small networks with several inputs, and what onnxruntime makes of a batch when all but the images are filled with one number.

    pip install torch onnx onnxruntime safetensors
    python testdata/scripts/export_onnx_inputs.py testdata/onnx

`inputs.onnx` takes images, a time and a class per image, a mask, features and a switch; all of it can be lowered. `inputs-where.onnx`
chooses by its switch, which is not lowered. `inputs-open.onnx` has an axis beside that of the batch open. `outputs.onnx` puts out images, logits
and an embedding, in this order.
"""

import pathlib
import sys

import numpy as np
import onnxruntime
import torch
from safetensors.numpy import save_file
from torch import nn

FILLED = {"time": 0.5, "label": 2, "mask": 0.75, "features": -1.0, "switch": True}
BATCHES = {"images": {0: "n"}, "time": {0: "n"}, "label": {0: "n"}, "mask": {0: "m"}}


class Conditioned(nn.Module):
    """Time moves and scales the channels, the class adds to them, the mask darkens, features stand beside the pooled channels."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 8, 3, stride=3), nn.Conv2d(8, 8, 3, padding=1)
        self.time, self.classes, self.last = nn.Linear(1, 16), nn.Embedding(4, 8), nn.Linear(10, 4)

    def forward(self, images, time, label, mask, features, switch):
        scale, shift = self.time(time.unsqueeze(1)).unsqueeze(2).unsqueeze(3).chunk(2, 1)
        hidden = torch.relu(self.first(images * mask)) * scale + shift
        hidden = torch.relu(self.second(hidden) + self.classes(label).unsqueeze(2).unsqueeze(3))
        hidden = torch.cat([hidden.mean((2, 3)), features.expand(images.shape[0], 2)], 1)
        return self.last(hidden) * (1.0 + switch.float())


class Chosen(nn.Module):
    """A switch between two branches that both hang on the images."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Conv2d(1, 4, 3, stride=3), nn.Linear(4, 4)

    def forward(self, images, switch):
        hidden = self.first(images)
        hidden = torch.where(switch, torch.relu(hidden), torch.tanh(hidden))
        return self.last(hidden.mean((2, 3)))


class Tokens(nn.Module):
    """A sequence of any length beside the images."""

    def __init__(self):
        super().__init__()
        self.words, self.last = nn.Embedding(5, 1), nn.Linear(1, 4)

    def forward(self, images, tokens):
        return self.last(images.mean((2, 3)) + self.words(tokens).mean(1))


class Several(nn.Module):
    """Images, logits and what they are made of."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Conv2d(1, 4, 3, stride=3), nn.Linear(4, 6), nn.Linear(6, 3)

    def forward(self, images):
        maps = torch.relu(self.first(images))
        embedding = self.second(maps.mean((2, 3)))
        return maps, self.last(torch.relu(embedding)), embedding


def export(network, inputs, file, axes, outputs=("output",)):
    settings = {"dynamo": False, "opset_version": 17, "input_names": list(inputs), "output_names": list(outputs)}
    axes = {name: axes[name] for name in inputs if name in axes} | {output: {0: "n"} for output in outputs}
    torch.onnx.export(network.eval(), tuple(inputs.values()), file, dynamic_axes=axes, **settings)


def expected(file, inputs):
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(None, {name: value.numpy() for name, value in inputs.items()})[0]


def filled(n):
    """Inputs for n images."""
    return {
        "images": torch.randn(n, 1, 28, 28, generator=torch.Generator().manual_seed(1)),
        "time": torch.full((n,), FILLED["time"]),
        "label": torch.full((n,), FILLED["label"]),
        "mask": torch.full((n, 1, 28, 28), FILLED["mask"]),
        "features": torch.full((1, 2), FILLED["features"]),
        "switch": torch.tensor(FILLED["switch"]),
    }


def write_outputs(folder):
    torch.manual_seed(0)
    inputs, names = {"images": filled(3)["images"]}, ["maps", "logits", "embedding"]
    file = folder / "outputs.onnx"
    export(Several(), inputs, file, BATCHES, names)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    values = dict(zip(names, session.run(None, {"images": inputs["images"].numpy()}), strict=True))
    values = {"images": inputs["images"].numpy(), **values}
    rows = {name: value.transpose(0, 2, 3, 1) if value.ndim == 4 else value for name, value in values.items()}
    save_file({name: np.ascontiguousarray(value) for name, value in rows.items()}, folder / "outputs.safetensors")


def main(folder):
    write_outputs(folder)
    torch.manual_seed(0)
    inputs = filled(3)
    file = folder / "inputs.onnx"
    export(Conditioned(), inputs, file, BATCHES)
    values = {"images": inputs["images"].permute(0, 2, 3, 1).contiguous().numpy(), "inputs": expected(file, inputs)}
    inputs = {name: inputs[name] for name in ["images", "switch"]}
    file = folder / "inputs-where.onnx"
    export(Chosen(), inputs, file, BATCHES)
    values["inputs-where"] = expected(file, inputs)
    tokens = torch.zeros(3, 7, dtype=torch.int64)
    export(Tokens(), {"images": inputs["images"], "tokens": tokens}, folder / "inputs-open.onnx", BATCHES | {"tokens": {0: "n", 1: "words"}})
    save_file({name: np.ascontiguousarray(value) for name, value in values.items()}, folder / "inputs.safetensors")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
