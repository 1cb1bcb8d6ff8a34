"""Writes the same activations in every format that is read, and what NumPy makes of each readout.

    pip install numpy h5py pyarrow safetensors
    python testdata/scripts/export_activations.py testdata/activations
"""

import pathlib
import sys
import zipfile

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save_file

N = 12


def arrays():
    generator = np.random.default_rng(0)
    return {
        "conv1": generator.normal(size=(N, 3, 4, 5)).astype("<f4"),
        "block2": generator.normal(size=(N, 5, 6)).astype("<f2"),
        "block10": generator.normal(size=(N, 7)).astype("<f4"),
        "output": generator.normal(size=(N, 3)).astype("<f8"),
    }


def readouts(array):
    """Rows of each readout: channels are the second axis of images, else the last."""
    channels_last = np.moveaxis(array, 1, -1) if array.ndim == 4 else array
    items = channels_last.astype("f8").reshape(N, -1, channels_last.shape[-1])
    positions = [(2 * k + 1) * items.shape[1] // 4 for k in range(2)]
    rows = {
        "avg-pool": items.mean(axis=1),
        "flatten": items.reshape(N, -1),
        "max": items.max(axis=1),
        "cls": items[:, 0],
        "last": items[:, -1],
    }
    if items.shape[1] > 1:
        rows["tokens-2"] = items[:, positions].reshape(N, -1)
    return rows


def write_names(folder, layer):
    """Classes by name: as NumPy, HDF5 (of any and of one length) and Parquet hold texts."""
    names = np.array(["dog", "kočka", "owl"])[np.arange(N) % 3]
    rows = pa.array(list(layer), type=pa.list_(pa.float32()))
    np.savez(folder / "names.npz", layer=layer, labels=names.astype(">U7"), note=names)
    np.savez_compressed(folder / "names-packed.npz", layer=layer, labels=np.array([name.encode() for name in names]))
    np.save(folder / "names.npy", names)
    with h5py.File(folder / "names.h5", "w") as file:
        file.create_dataset("layer", data=layer)
        file.create_dataset("labels", data=names.tolist(), dtype=h5py.string_dtype())
        file.create_dataset("fixed", data=[name.encode() for name in names], dtype="S6")
    pq.write_table(pa.table({"layer": rows, "label": pa.array(names)}), folder / "names.parquet", row_group_size=5)


def write_packed(folder, layers):
    """The compressions of Parquet but snappy, with half precision; LZ4 as older writers have it is another."""
    columns = {
        "block10": pa.array(list(layers["block10"]), type=pa.list_(pa.float32())),
        "half": pa.array(list(layers["block10"].astype("<f2")), type=pa.list_(pa.float16())),
    }
    for compression in ["gzip", "lz4", "none", "zstd"]:
        pq.write_table(pa.table(columns), folder / f"packed-{compression}.parquet", compression=compression)


def write_others(folder, layer):
    """What is no layer beside one, and classes as rows with a single 1."""
    labels = np.arange(N) % 3 + 4
    one_hot = np.eye(7, dtype="<f4")[labels]
    unlike = {"spectrum": (layer * 1j).astype("<c8"), "when": np.arange(N).astype("<M8[s]"), "epoch": np.array(7)}
    np.savez(folder / "others.npz", layer=layer, labels=one_hot, targets=layer, **unlike)
    with h5py.File(folder / "others.h5", "w") as file:
        file.create_dataset("layer", data=layer)
        file.create_dataset("labels", data=one_hot)
        file.create_dataset("spectrum", data=unlike["spectrum"])
        file.create_dataset("flags", data=labels > 4)
        file.create_dataset("records", data=np.zeros(N, dtype=[("x", "<f4"), ("y", "<i4")]))
    rows = pa.array(list(layer), type=pa.list_(pa.float32()))
    columns = {
        "layer": rows,
        "labels": pa.array(list(one_hot), type=pa.list_(pa.float32())),
        "tokens": pa.array([[row.tolist()] * 2 for row in layer]),
        "place": pa.array([{"x": 1.0, "y": 2.0}] * N),
        "flag": pa.array(labels > 4),
    }
    pq.write_table(pa.table(columns), folder / "others.parquet")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    layers, labels = arrays(), np.arange(N) % 3 + 4
    np.savez(folder / "stored.npz", **layers, labels=labels, epoch=np.array(7))
    np.savez_compressed(folder / "compressed.npz", **layers, labels=labels)

    (folder / "folder").mkdir(exist_ok=True)
    np.save(folder / "folder/conv1.npy", np.asfortranarray(layers["conv1"]))
    np.save(folder / "folder/block2.npy", layers["block2"].astype(">f2"))
    np.save(folder / "folder/block10.npy", layers["block10"].astype(">f4"))
    np.save(folder / "folder/output.npy", layers["output"])
    np.save(folder / "folder/labels.npy", labels.astype("u1"))

    save_file({**layers, "labels": labels}, folder / "all.safetensors")

    with h5py.File(folder / "all.h5", "w") as file:
        file.create_dataset("conv1", data=layers["conv1"], chunks=(5, 3, 4, 5), compression="gzip", shuffle=True)
        file.create_dataset("deep/block2", data=layers["block2"])
        file.create_dataset("deep/block10", data=layers["block10"].astype(">f4"))
        file.create_dataset("output", data=layers["output"], chunks=(4, 3), maxshape=(None, 3), fletcher32=True)
        file.create_dataset("labels", data=labels)

    width = layers["block10"].shape[1]
    columns = {
        "block10": pa.array(list(layers["block10"]), type=pa.list_(pa.float32())),
        "output": pa.array(list(layers["output"]), type=pa.list_(pa.float64())),
        "fixed": pa.FixedSizeListArray.from_arrays(pa.array(layers["block10"].ravel()), width),
        "label": pa.array(labels),
        "note": pa.array(["x"] * N),
    }
    pq.write_table(pa.table(columns), folder / "all.parquet", row_group_size=5, compression="snappy")

    expected = {f"{name} {key}": rows for name, array in layers.items() for key, rows in readouts(array).items()}
    np.savez_compressed(folder / "expected.npz", **expected)

    write_names(folder, layers["block10"])
    write_packed(folder, layers)
    write_others(folder, layers["block10"])

    hostile = folder / "hostile"
    hostile.mkdir(exist_ok=True)
    np.save(hostile / "objects.npy", np.array([{"a": 1}, None]), allow_pickle=True)
    np.savez(hostile / "objects.npz", layer=np.array([[{"a": 1}], [None]]))
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000), }"
    text = header.ljust(117) + "\n"
    claims = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()
    (hostile / "claims.npy").write_bytes(claims + bytes(64))
    with zipfile.ZipFile(hostile / "claims.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("layer.npy", claims + bytes(64))
    with zipfile.ZipFile(hostile / "bomb.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        wide = header.replace("1000000000, 1000000000", "3, 16777216").ljust(117) + "\n"
        start = b"\x93NUMPY\x01\x00" + len(wide).to_bytes(2, "little") + wide.encode()
        archive.writestr("layer.npy", start + bytes(3 * 4 * 16777216))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
