"""The package as a whole: its names, what importing it loads, which way imports point."""

import ast
import subprocess
import sys
from pathlib import Path

import momentum_edu

PACKAGE = Path(momentum_edu.__file__).parent
CONTRACT = (
    "ema heavy_ball classical_momentum nesterov gradient_descent descend step_info draw_up zigzag "
    "escape_step energy diagnose convert load_digits train schedules theory landscapes networks explorers"
)


def test_every_name_of_the_contract_is_there():
    for name in CONTRACT.split():
        assert getattr(momentum_edu, name) is not None
        assert name in dir(momentum_edu)


def loaded_by(code):
    script = f"import sys\n{code}\nprint(*sorted(sys.modules))"
    return set(
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_importing_loads_nothing_heavy_and_the_mathematics_no_pictures():
    assert not loaded_by("import momentum_edu") & {"numpy", "matplotlib", "ipywidgets"}
    mathematics = loaded_by(
        "from momentum_edu import ema, descend, step_info, schedules, convert, load_digits, train, diagnose"
    )
    assert "numpy" in mathematics
    assert not mathematics & {"matplotlib", "ipywidgets", "scipy", "IPython", "torch"}


LEVELS = [
    {"checks"},
    {"rules", "schedules", "plateau", "landscapes"},
    {"descent", "theory", "modes", "diagnostics"},
    {"digits", "backprop", "curvature", "networks", "training", "conventions"},
]


def test_imports_point_one_way():
    level = {name: i for i, names in enumerate(LEVELS) for name in names}
    for name, height in level.items():
        for node in ast.walk(ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("momentum_edu"):
                inside = node.module.split(".")[1:] or [alias.name for alias in node.names]
                assert all(level[other] <= height for other in inside), f"{name} imports {inside}"
