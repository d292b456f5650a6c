"""Judge the diagnosis on the shipped logs: ``python -m validation.report``.

Prints the confusion matrix (known cause down, diagnosis across) for the runs that thresholds were chosen on
and for those kept apart, and how often the curvature from the ringing's period agrees with the measured
sharpness. The diagnosis sees the losses only; for the curvature it is told rate and beta as well.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from momentum_edu.diagnosis import KINDS, diagnose
from momentum_edu.diagnosis.shipped_logs import ShippedLog, load_logs

CAUSES = ("smooth", "ringing", "noise", "instability", "several")
CLOSE = 0.25


class Score(NamedTuple):
    """How a set of logs was diagnosed."""

    counts: Counter[tuple[str, str]]
    """(cause, kind) to number of logs."""
    curvature_ratios: list[float]
    """Curvature from the period over sharpness, for ringing full-batch runs; nan where none was found."""

    def share(self, right: bool) -> float:
        """Return the share of logs of known cause diagnosed rightly, or wrongly; "unclear" is neither."""
        known = [(key, count) for key, count in self.counts.items() if key[0] != "several"]
        hits = sum(n for (cause, kind), n in known if kind != "unclear" and (cause == kind) == right)
        return hits / max(1, sum(n for _, n in known))

    def close(self) -> float:
        """Return the share of those whose curvature is within a quarter of the sharpness."""
        return float(np.mean(np.abs(np.array(self.curvature_ratios) - 1) < CLOSE))


def score(logs: Sequence[ShippedLog]) -> Score:
    """Diagnose all logs."""
    counts: Counter[tuple[str, str]] = Counter()
    ratios = []
    for log in logs:
        counts[log.cause, diagnose(log.losses, diverged=log.diverged).kind] += 1
        if log.cause == "ringing" and log.batch == 0:
            told = diagnose(log.losses, learning_rate=log.rate, beta=log.beta, diverged=log.diverged)
            ratios.append(told.curvature / log.sharpness)
    return Score(counts, ratios)


def table(result: Score) -> str:
    """Write the confusion matrix as text."""
    lines = ["cause \\ diagnosis".ljust(20) + "".join(kind.rjust(13) for kind in KINDS)]
    for cause in CAUSES:
        lines.append(cause.ljust(20) + "".join(str(result.counts[cause, kind]).rjust(13) for kind in KINDS))
    lines.append(
        f"right {result.share(True):.1%}, wrong (and not 'unclear') {result.share(False):.1%}; curvature "
        f"within {CLOSE:.0%} of the sharpness in {result.close():.0%} of {len(result.curvature_ratios)} "
        "ringing full-batch runs"
    )
    return "\n".join(lines)


def main() -> None:
    """Print both halves of the report."""
    logs = load_logs()
    print("Runs on which the thresholds were chosen\n" + table(score([g for g in logs if not g.held_out])))
    print("\nRuns kept apart\n" + table(score([log for log in logs if log.held_out])))


if __name__ == "__main__":
    main()
