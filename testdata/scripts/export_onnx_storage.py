"""Writes one small network four times: weights inside, in a file beside it, in half precision, with channels last; and what PyTorch makes of a batch.

    pip install torch onnx safetensors
    python testdata/scripts/export_onnx_storage.py testdata/onnx
"""

import pathlib
import sys

import onnx
import torch
from safetensors.torch import save_file
from torch import nn


class ChannelsLast(nn.Module):
    """A network that takes images as TensorFlow has them."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        return self.network(images.permute(0, 3, 1, 2))


def main(folder):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4)).eval()
    # Weights that half precision holds: all three files are the same network.
    network = network.half().float()
    images = torch.randn(5, 3, 6, 6)
    settings = {"dynamo": False, "input_names": ["images"], "output_names": ["output"]}
    settings["dynamic_axes"] = {"images": {0: "n"}, "output": {0: "n"}}
    torch.onnx.export(network, images, folder / "stored-inside.onnx", **settings)
    model = onnx.load(folder / "stored-inside.onnx")
    (folder / "stored-beside.data").unlink(missing_ok=True)
    onnx.save_model(
        model, folder / "stored-beside.onnx", save_as_external_data=True, location="stored-beside.data", size_threshold=0
    )
    with torch.no_grad():
        save_file({"images": images, "output": network(images)}, folder / "stored.safetensors")
    last = ChannelsLast(network)
    torch.onnx.export(last, images.permute(0, 2, 3, 1), folder / "stored-channels-last.onnx", **settings)
    torch.onnx.export(network.half(), images.half(), folder / "stored-half.onnx", **settings)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
