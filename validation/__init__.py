"""How `momentum_edu.diagnose` is judged: logs of known cause, made by PyTorch. Not part of the package."""
