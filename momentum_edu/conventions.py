"""The same optimiser in the words of PyTorch, Keras and Optax."""

from typing import Any

from momentum_edu import checks

SOURCES = ("ema", "heavy_ball", "classical_momentum", "nesterov", "gradient_descent")
TARGETS = ("pytorch", "keras", "optax")


class Conversion(dict[str, Any]):
    """Keyword arguments for another library's SGD, with `notes` on what they can't carry over.

    A plain dict otherwise: ``torch.optim.SGD(parameters, **conversion)``.
    """

    def __init__(self, arguments: dict[str, Any], notes: tuple[str, ...]) -> None:
        super().__init__(arguments)
        self.notes = notes


def convert(learning_rate: float, beta: float, source: str = "ema", target: str = "pytorch") -> Conversion:
    """Say how another library must be called to walk the same path.

    The EMA form at eta is the heavy ball at eta (1 - beta): its velocity is (1 - beta) times the other's.

    Parameters
    ----------
    learning_rate : float
        In the source's convention, positive.
    beta : float
        Momentum coefficient in [0, 1); ignored for "gradient_descent".
    source : {"ema", "heavy_ball", "classical_momentum", "nesterov", "gradient_descent"}
        The rule the numbers are for.
    target : {"pytorch", "keras", "optax"}
        ``torch.optim.SGD``, ``keras.optimizers.SGD`` or ``optax.sgd``.

    Returns
    -------
    Conversion
        A dict of the target's own keyword arguments; its ``notes`` say where the equality ends.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range; schedules can't be converted, since they are no numbers.

    Examples
    --------
    >>> convert(1.0, 0.75)
    {'lr': 0.25, 'momentum': 0.75, 'dampening': 0.0, 'nesterov': False}
    >>> for note in convert(1.0, 0.75).notes:
    ...     print(note)
    a schedule for the learning rate is to be multiplied by (1 - beta) too
    under a schedule for beta the paths part: the EMA's velocity is a mean, theirs a sum
    """
    checks.choice("source", source, SOURCES)
    checks.choice("target", target, TARGETS)
    for name, value in (("learning_rate", learning_rate), ("beta", beta)):
        if callable(value):
            raise TypeError(f"{name} must be a number; got a schedule, which has no one value to convert")
    rate = checks.number("learning_rate", learning_rate, lambda x: x > 0, "be finite and positive")
    momentum = checks.number("beta", beta, lambda x: (x >= 0) & (x < 1), "lie in [0, 1)")
    if source == "gradient_descent":
        momentum = 0.0
    if source == "ema":
        rate *= 1 - momentum
    # PyTorch refuses Nesterov at momentum 0, where it is plain descent anyway.
    common = {"momentum": momentum, "nesterov": source == "nesterov" and momentum > 0}
    if target == "pytorch":
        common = {"momentum": momentum, "dampening": 0.0, "nesterov": common["nesterov"]}
    name = "lr" if target == "pytorch" else "learning_rate"
    return Conversion({name: rate, **common}, _notes(source, target) if momentum else ())


def _notes(source: str, target: str) -> tuple[str, ...]:
    notes = []
    if source == "ema" and target == "keras":
        notes.append("under a schedule for beta Keras's rate is to follow it: eta (1 - beta) at each step")
    elif source == "ema":
        notes.append("a schedule for the learning rate is to be multiplied by (1 - beta) too")
        notes.append("under a schedule for beta the paths part: the EMA's velocity is a mean, theirs a sum")
    if (source == "classical_momentum") != (target == "keras"):
        whose = "Keras's velocity" if target == "keras" else "the source's velocity"
        notes.append(f"under a schedule for the learning rate the paths part: {whose} holds the rate")
    return tuple(notes)
