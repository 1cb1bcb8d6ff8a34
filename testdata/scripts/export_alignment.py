"""Similarity transforms of five points onto the template of 112 x 112 faces, by scikit-image.

Writes testdata/faces/alignment.json. Needs numpy and scikit-image:
    python testdata/scripts/export_alignment.py
"""

import json
from pathlib import Path

import numpy as np
import skimage
from skimage.transform import SimilarityTransform

TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)


def main():
    random = np.random.default_rng(0)
    cases = []
    for _ in range(20):
        angle, scale = random.uniform(-1.2, 1.2), random.uniform(0.4, 6.0)
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        points = TEMPLATE @ turn.T + random.uniform(-50, 400, 2) + random.normal(0, 3 * scale, (5, 2))
        transform = SimilarityTransform.from_estimate(points, TEMPLATE)
        corners = transform.inverse([[0, 0], [111, 0], [0, 111], [111, 111]])
        cases.append({"points": points.tolist(), "corners": corners.tolist()})
    document = {
        "made_by": f"scikit-image {skimage.__version__}",
        "template": TEMPLATE.tolist(),
        "corners_of": "where the corner pixels of the aligned face lie on the image",
        "cases": cases,
    }
    path = Path(__file__).parent.parent / "faces" / "alignment.json"
    path.write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
