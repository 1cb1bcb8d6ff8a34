"""Writes small image sets in the formats of others: SVHN's MATLAB files, Keras' arrays, WebP.

    pip install numpy scipy pillow
    python testdata/scripts/export_image_sets.py testdata/images
"""

import pathlib
import sys

import numpy as np
from PIL import Image
from scipy.io import savemat


def images(n, height=4, width=5):
    """Pixel (y, x, c) of image n is 60 n + 20 c + 5 y + x."""
    n, y, x, c = np.ogrid[:n, :height, :width, :3]
    return (60 * n + 20 * c + 5 * y + x).astype("u1")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    pixels, digits = images(3), np.array([[1], [10], [9]])
    for part, packed in [("train", True), ("test", False)]:
        arrays = {"X": pixels.transpose(1, 2, 3, 0), "y": digits.astype("u1" if packed else "f8")}
        savemat(folder / f"{part}_32x32.mat", arrays, do_compression=packed)
    x, y = images(4), np.array([3, 5, 3, 5])
    keras = {"x_train": x, "y_train": y, "x_test": x[:2], "y_test": y[:2, None]}
    np.savez_compressed(folder / "keras.npz", **keras)
    np.savez_compressed(folder / "torch.npz", images=np.repeat(x, 5, 0).transpose(0, 3, 1, 2), labels=np.repeat(y, 5))
    np.savez_compressed(folder / "floats.npz", images=x / 255, labels=y)
    Image.fromarray(x[0]).save(folder / "one.webp", lossless=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
