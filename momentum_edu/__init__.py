"""Momentum in gradient descent, measured: the helper library of the course.

The public names load on first use, so that ``import momentum_edu`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "1.0.0"

_NAMES = {
    "rules": ("Rule", "ema", "heavy_ball", "classical_momentum", "nesterov", "gradient_descent"),
    "descent": ("Trajectory", "descend"),
    "diagnostics": ("StepInfo", "step_info", "draw_up", "zigzag", "escape_step", "energy"),
    "diagnosis": ("Diagnosis", "diagnose"),
    "conventions": ("convert",),
    "digits": ("Digits", "load_digits"),
    "networks": ("History", "train"),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}
_MODULES = ("schedules", "theory", "landscapes", "networks", "explorers")

__all__ = ["__version__", *_HOME, *_MODULES]

if TYPE_CHECKING:
    from momentum_edu import explorers as explorers
    from momentum_edu import landscapes as landscapes
    from momentum_edu import networks as networks
    from momentum_edu import schedules as schedules
    from momentum_edu import theory as theory
    from momentum_edu.descent import Trajectory as Trajectory
    from momentum_edu.descent import descend as descend
    from momentum_edu.diagnostics import StepInfo as StepInfo
    from momentum_edu.diagnostics import draw_up as draw_up
    from momentum_edu.diagnostics import energy as energy
    from momentum_edu.diagnostics import escape_step as escape_step
    from momentum_edu.diagnostics import step_info as step_info
    from momentum_edu.diagnostics import zigzag as zigzag
    from momentum_edu.digits import Digits as Digits
    from momentum_edu.digits import load_digits as load_digits
    from momentum_edu.networks import History as History
    from momentum_edu.networks import train as train
    from momentum_edu.rules import Rule as Rule
    from momentum_edu.rules import classical_momentum as classical_momentum
    from momentum_edu.rules import ema as ema
    from momentum_edu.rules import gradient_descent as gradient_descent
    from momentum_edu.rules import heavy_ball as heavy_ball
    from momentum_edu.rules import nesterov as nesterov


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    elif name in _MODULES:
        value = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
