"""Break the mathematics on purpose, line by line, and tell what no test noticed (docs/mutation.md).

    python -m validation.mutants

runs mutmut as `pyproject.toml` says, one mutant at a time, then prints a table and the survivors. It fails
if a survivor is not explained in `docs/mutation.md`.
"""

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from hypothesis import Phase, settings

ROOT = Path(__file__).parents[1]
NOTICED = ("killed", "timeout")  # a test failed; or ran for ever, which is noticed too

# For pytest inside mutmut: the same examples each time; the smallest failing one is not looked for.
settings.register_profile(
    "mutants", derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate]
)


def mutmut(*words: str, capture: bool = True) -> str:
    """Run mutmut in the project's folder and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=ROOT,
        check=True,
        text=True,
        stdout=subprocess.PIPE if capture else None,
    )
    return done.stdout or ""


def statuses(listing: str) -> dict[str, str]:
    """Read `mutmut results --all True`: mutant -> "killed", "timeout", "survived", ..."""
    lines = (line.strip().rsplit(": ", 1) for line in listing.splitlines() if "__mutmut_" in line)
    return dict(lines)  # type: ignore[arg-type]


def table(found: dict[str, str]) -> str:
    """Count by module, as a Markdown table."""
    modules = Counter(name.split(".")[1] for name in found)
    noticed = Counter(name.split(".")[1] for name, status in found.items() if status in NOTICED)
    rows = ["| module | mutants | killed | rest |", "|---|---|---|---|"]
    for module, count in [*sorted(modules.items()), ("all", modules.total())]:
        killed = noticed[module] if module != "all" else noticed.total()
        rows.append(f"| {module} | {count} | {killed} | {count - killed} |")
    return "\n".join(rows)


def change(name: str) -> tuple[str, str]:
    """Return a mutant's line before and after."""
    lines = mutmut("show", name).splitlines()
    old = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
    new = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
    return " ".join(old), " ".join(new)


def main() -> int:
    """Run, report, and say whether every survivor is explained."""
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    mutmut("run", "--max-children", "1", capture=False)
    found = statuses(mutmut("results", "--all", "True"))
    print(table(found))
    explained = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
    unexplained = 0
    for name, status in sorted(found.items()):
        if status not in NOTICED:
            old, new = change(name)
            known = f"- {old}\n" in explained and f"+ {new}\n" in explained
            unexplained += not known
            print(f"{'explained' if known else 'NOT EXPLAINED'}: {name} ({status})\n    - {old}\n    + {new}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
