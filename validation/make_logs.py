"""Make the shipped logs: ``python -m validation.make_logs`` (needs PyTorch; about half an hour on one core).

Each run of the grid trains a task with ``torch.optim.SGD`` and is written with the measurements of its
control runs and the cause they name (`validation.causes`). Five seeds, each with betas and rates of
its own. The thresholds of `momentum_edu.diagnosis.verdict` and its measurements were chosen on seeds 0 to 2;
seeds 3 and 4 were judged once, when they stood.

Writes ``momentum_edu/data/logs.npz`` (losses) and ``logs.csv``.
"""

import csv
import sys
from functools import cache
from pathlib import Path

import numpy as np
import torch

from validation import causes, runs
from validation.tasks import tasks

STEPS = 300
BATCHES = (0, 128, 32)
BETAS = {
    0: (0.0, 0.5, 0.9, 0.97),
    1: (0.0, 0.8, 0.95, 0.99),
    2: (0.0, 0.7, 0.92, 0.98),
    3: (0.0, 0.6, 0.88, 0.96),
    4: (0.0, 0.85, 0.94, 0.985),
}
RATE_FACTORS = {0: 1.0, 1: 1.7, 2: 0.6, 3: 1.3, 4: 0.8}
SHARP_STEPS = (*range(0, 60, 2), *range(60, STEPS, 20))
FOLDER = Path(__file__).parents[1] / "momentum_edu" / "data"
COLUMNS = ("task", "rate", "beta", "seed", *causes.Controls._fields, "sharpness", "cause")


def main() -> None:
    """Run the grid and write both files."""
    torch.set_num_threads(1)
    rows, logs = [], []
    for seed in BETAS:
        for name, task in tasks().items():
            for rate in task.rates:
                for row, log in runs_at(name, rate * RATE_FACTORS[seed], seed):
                    rows.append(row)
                    logs.append(log)
            print(f"seed {seed}: {name}", file=sys.stderr, flush=True)
    with (FOLDER / "logs.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([[format_cell(cell) for cell in row] for row in rows])
    save(np.array(logs), FOLDER / "logs.npz")


def save(losses: runs.Losses, path: Path) -> None:
    """Write losses as digits (four, as a printed log has) and powers of ten; digits of -1 are nan."""
    there = np.isfinite(losses)
    exponents = np.floor(np.log10(np.where(there & (losses > 0), losses, 1.0))) - 3
    digits = np.where(there, np.round(losses / 10**exponents), -1)
    np.savez_compressed(path, digits=digits.astype(np.int16), exponents=exponents.astype(np.int8))


def runs_at(name: str, rate: float, seed: int) -> list[tuple[tuple[object, ...], runs.Losses]]:
    """Return (row, losses) of every beta and batch at one rate."""
    task = tasks()[name]

    @cache
    def run(factor: float, beta: float, batch: int, shuffle: int = 0) -> runs.Losses:
        return runs.train(task, factor * rate, beta, batch, seed, STEPS, shuffle=shuffle)[0]

    made = []
    for beta in BETAS[seed]:
        full, sharp = runs.train(task, rate, beta, 0, seed, STEPS, sharp_steps=SHARP_STEPS)
        trough, peak = causes.first_extremes(full)
        sharpness = float(np.mean([value for step, value in sharp.items() if step <= peak]))
        for batch in BATCHES:
            log = run(1.0, beta, batch) if batch else full
            spread = np.abs(log - run(1.0, beta, batch, 1)) / np.sqrt(2) if batch else np.zeros(STEPS)
            fails = causes.fails(log)
            controls = causes.Controls(
                batch=batch,
                full_draw_up=causes.draw_up(full),
                plain_draw_up=causes.draw_up(run(1.0, 0.0, 0)),
                limit_share=max(filter(np.isfinite, sharp.values())) * rate / (2 + 2 * beta),
                first_rise=float(full[peak] - full[trough]),
                early_noise=float(np.sqrt(np.mean(spread[:60] ** 2))),
                noise=float(np.sqrt(np.mean(spread**2)) / max(causes.fall(log), 1e-12)),
                fails=fails,
                fails_at_tenth=causes.fails(run(0.1, beta, batch)) if fails else False,
            )
            made.append(((name, rate, beta, seed, *controls, sharpness, causes.cause(controls)), log))
    return made


def format_cell(cell: object) -> object:
    """Write fractions with four significant digits."""
    return f"{cell:.4g}" if isinstance(cell, float) else int(cell) if isinstance(cell, bool) else cell


if __name__ == "__main__":
    main()
