"""Explorers: one live picture for each lesson, to be moved by hand.

``explorers.overshoot()`` opens one; ``explorers.overshoot.compute(...)`` is the pure function behind it.
"""

from momentum_edu.explorers.acceleration import acceleration
from momentum_edu.explorers.conventions import conventions
from momentum_edu.explorers.diagnosis import diagnosis
from momentum_edu.explorers.early_epochs import early_epochs
from momentum_edu.explorers.local_minimum import local_minimum
from momentum_edu.explorers.overshoot import overshoot
from momentum_edu.explorers.saddle import saddle
from momentum_edu.explorers.schedules import schedules
from momentum_edu.explorers.smoothing import smoothing

__all__ = [
    "acceleration",
    "conventions",
    "diagnosis",
    "early_epochs",
    "local_minimum",
    "overshoot",
    "saddle",
    "schedules",
    "smoothing",
]
