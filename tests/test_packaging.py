"""What is shipped: the wheel, the pins, and the environment file, held against pyproject.toml."""

import re
import subprocess
import sys
import tarfile
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


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [path] = folder.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")
    [unpacked] = [path for path in folder.iterdir() if path.is_dir()]
    return unpacked


def files_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_source_archive_is_what_git_holds(sdist):
    files = files_below(sdist) - {"PKG-INFO"}
    assert {"pyproject.toml", "course.py", "notebooks/source/03_overshoot.py", "tests/conftest.py"} <= files
    assert {"requirements/test.txt", "validation/runs.py", "tests/logs/keras.csv", "environment.yml"} <= files
    assert not [name for name in files if name.startswith((".venv", ".git/", "site/", "artifacts/"))]
    if (ROOT / ".git").exists():
        words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        assert files == {name for name in listed.split("\0") if (ROOT / name).is_file()}


def test_the_source_archive_makes_the_same_wheel(sdist, wheel, tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=sdist, check=True, capture_output=True)
    [again] = tmp_path.glob("*.whl")
    assert again.name == wheel.name
    records = []
    for path in (wheel, again):
        with zipfile.ZipFile(path) as archive:
            [record] = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
            records.append(sorted(archive.read(record).decode().splitlines()))
    assert records[0] == records[1]  # names, digests, sizes


def test_the_versions_agree():
    import momentum_edu

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["project"]["version"] == momentum_edu.__version__ == citation["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{citation['version']}] - {citation['date-released']}\n" in changes
