"""What is wrong with a training log, told from its losses alone, and what helps.

`finding` holds `diagnose`: it gathers `evidence` (the swings of `ripple`, the fit of `ringing`), reaches a
`verdict` and gives `advice`. `logs` reads the files that people have; `picture` and `command` show what is
found.
"""

from momentum_edu.diagnosis.finding import KINDS, Diagnosis, curvature_from_period, diagnose

__all__ = ["KINDS", "Diagnosis", "curvature_from_period", "diagnose"]
