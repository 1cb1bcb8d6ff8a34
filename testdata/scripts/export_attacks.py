"""Writes testdata/attacks/small.onnx: the network of small.safetensors beside it, without its preprocessing.

small.safetensors and small.json are a checkpoint of

    topolens train --net resnet8 --width 4 --data cifar10 --limit 4000 --epochs 6 --seed 3 --schedule cosine --checkpoints 6 --out small

Needs torch, onnx, onnxscript, numpy and safetensors. Run from the root of the repository.
"""

import sys

import torch

sys.path.append("bench/peers")
sys.path.append("testdata/scripts")

import attacks_peer
from export_onnx import store

_, model = attacks_peer.network("testdata/attacks/small.safetensors")
batch = torch.export.Dim("batch", min=1)
store(model, torch.zeros(2, 3, 32, 32), "testdata/attacks/small.onnx", input_names=["x"], dynamic_shapes=({0: batch},))
