"""Writes vit.onnx, vit-one.onnx, swin.onnx and convnext.onnx in testdata/onnx: torchvision's networks, made small, with random weights; and beside each a
safetensors file: images, labels, the gradient of the cross entropy in the images by PyTorch in double precision, and by onnxruntime the
output and, under `layer.` and their names, normalised tokens and attention, as the file has them.

Swin's windows do not fill its images and are shifted, and its batches of three are as many as query, key and value; ViT is written by PyTorch's older exporter at an opset at which it writes
layer normalisation and GELU out, and by the newer one for one image only, ConvNeXt with a mean
as indices that count through the batch.

Needs torch, torchvision, onnx, onnxruntime, onnxscript, numpy and safetensors.
"""

import copy
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from torchvision.models import SwinTransformer, VisionTransformer
from torchvision.models.convnext import CNBlockConfig, ConvNeXt

OUT = Path(__file__).resolve().parents[1] / "onnx"
NETWORKS = {
    "vit": lambda: VisionTransformer(image_size=24, patch_size=6, num_layers=2, num_heads=2, hidden_dim=12, mlp_dim=20, num_classes=5),
    "vit-one": lambda: NETWORKS["vit"](),
    "swin": lambda: SwinTransformer(patch_size=[4, 4], embed_dim=8, depths=[2, 1], num_heads=[2, 4], window_size=[4, 4], num_classes=5),
    "convnext": lambda: ConvNeXt([CNBlockConfig(8, 12, 1), CNBlockConfig(12, None, 2)], num_classes=5),
}
LAYERS = {"LayerNormalization", "Softmax", "MatMul", "Sqrt", "Erf"}


def network(name):
    torch.manual_seed(20261130)
    model = NETWORKS[name]().eval()
    for weights in model.parameters():
        # Nothing may be 0 or 1 for every channel: what is left out would not be seen.
        if weights.ndim < 2 or not weights.any() or weights.shape[-1] in (2, 4) or weights[0].numel() == 1:
            torch.nn.init.normal_(weights, std=0.3)
    return model


def store(model, images, path):
    """Without the exporters' notes: they hold paths of the machine it ran on."""
    names = {"input_names": ["images"], "output_names": ["logits"]}
    if path.stem == "vit":
        torch.onnx.export(model, images, path, dynamo=False, opset_version=14, dynamic_axes={"images": {0: "n"}}, **names)
        proto = onnx.load(path)
    else:
        shapes = ({0: torch.export.Dim("n")},) if path.stem == "convnext" else None
        images = images[:1] if path.stem == "vit-one" else images
        proto = torch.onnx.export(model, (images,), dynamo=True, verbose=False, dynamic_shapes=shapes, **names).model_proto
    graph = proto.graph
    del graph.value_info[:]
    for item in [proto, graph, *graph.node, *graph.input, *graph.output]:
        del item.metadata_props[:]
        item.doc_string = ""
    onnx.save(proto, path)


def layers(path, images):
    """The output and some layers that have one item per image."""
    model = onnx.load(path)
    names = [node.output[0] for node in model.graph.node if node.op_type in LAYERS]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    parts = images.split(1 if path.stem == "vit-one" else len(images))
    runs = [session.run(["logits", *names], {"images": part.numpy()}) for part in parts]
    output, *values = [np.concatenate(part) for part in zip(*runs)]
    own = [(name, value) for name, value in zip(names, values) if len(value) == len(images)]
    return output, dict(own[:: max(1, len(own) // 6)])


def main():
    warnings.filterwarnings("ignore")
    for name in NETWORKS:
        model, path = network(name), OUT / f"{name}.onnx"
        images, labels = torch.randn(3, 3, 24, 24), torch.tensor([4, 0, 2])
        store(model, images, path)
        exact = images.double().requires_grad_()
        F.cross_entropy(copy.deepcopy(model).double()(exact), labels, reduction="sum").backward()
        output, inner = layers(path, images)
        arrays = {"images": images.permute(0, 2, 3, 1).numpy(), "labels": labels.float().numpy(), "output": output,
                  "gradient": exact.grad.permute(0, 2, 3, 1).float().numpy()}
        # Values of four axes are shown with channels last.
        arrays.update({f"layer.{key}": value.transpose(0, 2, 3, 1) if value.ndim == 4 else value for key, value in inner.items()})
        save_file({key: np.ascontiguousarray(array) for key, array in arrays.items()}, path.with_suffix(".safetensors"))


if __name__ == "__main__":
    main()
