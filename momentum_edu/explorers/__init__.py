"""Explorers: one live picture for each lesson, to be moved by hand.

``explorers.overshoot()`` opens one; ``explorers.overshoot.compute(...)`` is the pure function behind it.
"""

from momentum_edu.explorers.early_epochs import early_epochs
from momentum_edu.explorers.overshoot import overshoot
from momentum_edu.explorers.saddle import saddle
from momentum_edu.explorers.smoothing import smoothing

__all__ = ["early_epochs", "overshoot", "saddle", "smoothing"]
