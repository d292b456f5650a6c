"""What is shipped: the wheel, the pins, and the environment file, held against pyproject.toml."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DEPENDENCIES = PROJECT["project"]["dependencies"]
TEST = PROJECT["project"]["optional-dependencies"]["test"]
SITE = PROJECT["project"]["optional-dependencies"]["site"]
GROUPS = PROJECT["dependency-groups"]


def pins(layer):
    """Name -> version of each pin."""
    text = (ROOT / "requirements" / f"{layer}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("layer", "wanted"),
    [
        ("course", DEPENDENCIES + GROUPS["build"]),
        ("test", DEPENDENCIES + TEST),
        ("site", DEPENDENCIES + TEST + SITE),
        ("develop", DEPENDENCIES + TEST + SITE + GROUPS["develop"]),
    ],
)
def test_pins_are_hashed_fit_the_bounds_and_name_no_index(layer, wanted):
    text = (ROOT / "requirements" / f"{layer}.txt").read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9-]+==\S+ (; .+ )?\\\n    --hash=sha256:[0-9a-f]{64}", entry), entry
    assert not re.search(r"://|--(extra-)?index|--find-links", text)
    for requirement in map(Requirement, wanted):
        assert Version(pins(layer)[requirement.name]) in requirement.specifier


def test_each_layer_holds_the_one_before_it():
    course, test, site, develop = (pins(layer).items() for layer in ("course", "test", "site", "develop"))
    assert course <= test <= site <= develop


def test_a_learner_is_asked_for_nothing_heavy():
    assert not pins("test").keys() & {"torch", "playwright", "jax", "tensorflow", "sphinx"}
    assert not pins("course").keys() & {"scipy", "hypothesis", "mypy", "ruff"}


def test_the_environment_file_has_the_same_bounds():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *plain, by_pip = environment["dependencies"]
    assert by_pip == {"pip": ["--editable ."]}
    assert environment["channels"] == ["conda-forge"]
    python = f"python{PROJECT['project']['requires-python']}"
    assert sorted(plain) == sorted([python, *DEPENDENCIES, "pip"])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return path


def test_the_wheel_carries_the_data_its_attribution_and_the_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        information = next(name.split("/")[0] for name in names if ".dist-info/" in name)
        scripts = archive.read(f"{information}/entry_points.txt").decode()
    assert "momentum-edu = momentum_edu.cli:main" in scripts
    assert {
        "momentum_edu/py.typed",
        "momentum_edu/data/digits.csv.gz",
        "momentum_edu/data/README.md",
        "momentum_edu/lab_settings/jupyter_server_config.json",
        "momentum_edu/lab_settings/labconfig/default_setting_overrides.json",
        f"{information}/licenses/LICENSE",
    } <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


def test_the_wheel_works_away_from_the_repository(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = "import momentum_edu as m; print(m.__file__); print(m.load_digits().train_images.shape[1])"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    where, pixels = run.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert pixels == "64"


def test_the_versions_agree():
    import momentum_edu

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["project"]["version"] == momentum_edu.__version__ == citation["version"]
    assert f"## [{citation['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
