"""Profiles of Keras models: layers tapped in the graph, read out batch by batch, and measured in one call.

>>> import keras, numpy as np, topolens.keras
>>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="relu", name="hidden"), keras.layers.Dense(2, name="logits")])
>>> found = topolens.keras.profile(model, np.random.default_rng(0).normal(size=(60, 4)), n_half_samples=0)
>>> found.layers
['hidden', 'logits']
"""

from topolens._activations import Activations
from topolens.keras._profile import activations, profile

__all__ = ["Activations", "activations", "profile"]
