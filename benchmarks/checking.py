"""A class handed in: `momentum-edu check` beside plain nbval, on the same notebooks in the same run.

    python benchmarks/checking.py [NUMBER]

Half of the submissions of exercise 03 (200, or another number) are solved and half are as they were
handed out. Plain nbval runs the cells that the learner saved; the check grafts the answers, runs them and
judges them on other inputs too.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
EXERCISE = "03_overshoot.ipynb"
CHECK = ["-m", "momentum_edu.cli", "check", "--jobs", "2", "--output", "results.csv"]
NBVAL = ["-m", "pytest", "--nbval", "--nbval-current-env", "-q", "-n", "2", "--dist", "loadfile", "--tb=no"]


def hand_in(folder: Path, number: int) -> None:
    """Write the submissions, one folder a learner."""
    for i in range(number):
        learner = folder / f"learner{i:03d}"
        learner.mkdir(parents=True)
        shutil.copy(NOTEBOOKS / ("solutions" if i % 2 else "exercises") / EXERCISE, learner)


def timed(words: list[str], folder: Path) -> float:
    """Run Python with these words; return the seconds. Unsolved notebooks make both fail: exit code 1."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    return time.perf_counter() - begun


def main(number: int = 200) -> int:
    """Hand in, check in both ways, and print the two times."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        hand_in(folder / "submissions", number)
        check = timed([*CHECK, "submissions"], folder)
        results = (folder / "results.csv").read_text(encoding="utf-8")
        nbval = timed([*NBVAL, "submissions"], folder)
    print(f"{number} submissions, two at a time: check {check:.0f} s, {check / number:.2f} s each")
    print(f"plain nbval on the same notebooks {nbval:.0f} s: {nbval / check:.2f} times as long")
    print(f"correct answers found: {results.count('correct')}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
