"""Profiles of PyTorch modules, and attacks on them: hooks, readouts and measures in one call.

>>> import torch, topolens.torch
>>> _ = torch.manual_seed(0)
>>> model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
>>> found = topolens.torch.profile(model, torch.randn(60, 4), n_half_samples=0)
>>> found.layers
['0', '1', '2']
"""

from topolens._activations import Activations
from topolens.torch._activations import activations
from topolens.torch._attack import attack
from topolens.torch._monitor import Monitor
from topolens.torch._profile import profile

__all__ = ["Activations", "Monitor", "activations", "attack", "profile"]
