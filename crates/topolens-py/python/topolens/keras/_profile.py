"""A Keras model, read out and measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from topolens._activations import Activations
from topolens._profile import Profile, classes_of, ensure_memory, profile_layers, read_out, to_numpy
from topolens.keras._batches import batches
from topolens.keras._graph import choose, ensure_graph


def activations(
    model: Any,
    inputs: Any,
    layers: str | Sequence[str] | None = None,
    *,
    labels: Any = None,
    class_names: Sequence[str] | None = None,
    readout: str = "avg-pool",
    layout: str = "auto",
    points: int = 1000,
    batch_size: int = 128,
) -> Activations:
    """One row per sample of the layers of a Keras model.

    The model is run for inference through ``keras.Model(model.inputs, ...)``, which shares its weights, on any backend. Only rows are kept.

    Parameters
    ----------
    model : keras.Model
        A functional or sequential one. A model that is a layer of another is one layer here; give it alone to look inside.
    inputs : array_like, one for each input in a list or mapping by name, or iterable of batches
        A batch is an input, or a tuple of inputs and classes, as of ``tf.data.Dataset`` and ``DataLoader``.
    layers : str or sequence of str, optional
        Names or glob patterns of layers; ``"output"`` is what the model returns; ``"!name"`` leaves layers out. A layer that is called
        again is ``name#2``. By default the ends of nine equal parts of the hidden layers and the last one: where blocks join (``Add``, ``Concatenate``) if six or more do, with
        the first nonlinearity before and the last behind them; else layers with a nonlinearity; all where there are fewer than three.
    labels : array_like of shape (n_samples,) or False, optional
        The class of each sample; by default from batches that hold whole numbers. False for none.
    class_names : sequence of str, optional
        Names of the classes 0, 1, ...; by default the labels themselves.
    readout : {"avg-pool", "flatten", "max", "cls", "last"}
        How an output with positions becomes a row.
    layout : {"auto", "channels-first", "channels-last"}
        Where images have their channels; by default as ``keras.config.image_data_format()`` says.
    points : int, default 1000
        Samples to keep: the first ones; of arrays with labels the first of every class, as many of each.
    batch_size : int, default 128
        Samples of an array that are given to the model at once.

    Returns
    -------
    Activations

    Raises
    ------
    TypeError
        If the model has no symbolic graph, as subclassed ones, or inputs are not arrays or batches.
    ValueError
        If a pattern matches no layer, inputs are empty or differ in length, or a setting is out of its range.
    MemoryError
        If measuring takes more memory than is left.

    Examples
    --------
    >>> import keras, numpy as np, topolens.keras
    >>> stack = [keras.Input((6, 6, 1)), keras.layers.Conv2D(4, 3, name="conv"), keras.layers.Flatten(), keras.layers.Dense(2, name="logits")]
    >>> found = topolens.keras.activations(keras.Sequential(stack), np.ones((8, 6, 6, 1)), layers=["conv", "logits"])
    >>> [(name, rows.shape) for name, depth, rows in found.layers]
    [('conv', (8, 4)), ('logits', (8, 2))]
    """
    for argument, value in [("points", points), ("batch_size", batch_size)]:
        if value < 1:
            raise ValueError(f"{argument} must be 1 or more, not {value}")
    if layout == "auto":
        layout = keras.config.image_data_format().replace("_", "-")
    ensure_graph(model)
    chosen = choose(model, layers)
    taps = keras.Model(model.inputs, [layer.tensor for layer in chosen])
    rows: list[list[np.ndarray]] = [[] for _ in chosen]
    classes: list[Any] = []
    n_kept = 0
    for given, found in batches(model, inputs, labels, points, batch_size):
        outputs = taps.predict_on_batch(given)
        parts = [to_numpy(output) for output in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]
        read = [read_out(layer.name, part, readout, layout)[: points - n_kept] for layer, part in zip(chosen, parts, strict=True)]
        if n_kept == 0:
            ensure_memory(points, [part.shape[1] for part in read])
        for kept, part in zip(rows, read, strict=True):
            kept.append(np.asarray(part, dtype=np.float32))
        classes += [] if found is None else found[: len(read[0])].tolist()
        n_kept += len(read[0])
        if n_kept >= points:
            break
    if n_kept == 0:
        raise ValueError("inputs holds no sample")
    if classes and len(classes) != n_kept:
        raise ValueError("inputs: labels are needed for every sample, or labels=False")
    numbers, names = classes_of(np.asarray(classes), class_names) if classes else (None, None)
    joined = [(layer.name, layer.depth, np.concatenate(kept)) for layer, kept in zip(chosen, rows, strict=True)]
    return Activations(joined, numbers, names, f"{model.name} of Keras, {model.count_params():,} parameters")


def profile(
    model: Any,
    inputs: Any,
    layers: str | Sequence[str] | None = None,
    *,
    labels: Any = None,
    class_names: Sequence[str] | None = None,
    readout: str = "avg-pool",
    layout: str = "auto",
    points: int = 1000,
    batch_size: int = 128,
    data: str = "",
    **settings: Any,
) -> Profile:
    """Measures the layers of a Keras model, as ``topolens profile`` measures networks.

    Parameters
    ----------
    model, inputs, layers, labels, class_names, readout, layout, points, batch_size
        As for ``topolens.keras.activations``.
    data : str
        What the report calls the data.
    **settings
        Of ``topolens.profile_layers``: ``protocol``, ``n_half_samples``, ``seed``, ``epoch``, ``n_jobs``, ``executor``, ``progress``, ...

    Returns
    -------
    Profile

    Raises
    ------
    TypeError, ValueError, MemoryError
        As ``topolens.keras.activations`` and ``topolens.profile_layers``.

    Examples
    --------
    >>> import keras, numpy as np, topolens.keras
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(2)])
    >>> x = np.random.default_rng(0).normal(size=(60, 4))
    >>> found = topolens.keras.profile(model, x, labels=np.arange(60) % 2, n_half_samples=0)
    >>> [row["n_features"] for row in found.curve("two-nn")]
    [8, 2]
    """
    found = activations(
        model, inputs, layers, labels=labels, class_names=class_names, readout=readout, layout=layout, points=points, batch_size=batch_size
    )
    return Profile(
        profile_layers(
            found.layers,
            labels=found.labels,
            class_names=found.class_names,
            points=min(points, len(found.layers[0][2])),
            network=f"{found.network}, readout {readout}",
            data=data,
            **settings,
        )
    )
