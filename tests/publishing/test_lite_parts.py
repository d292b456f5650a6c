"""What the course in the browser is put together from; tests/browser/test_lite.py runs the whole."""

import base64
import csv
import hashlib
import io
import json
import shutil
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from momentum_edu.publishing.kernel import BuildError
from momentum_edu.publishing.lite import CORE, LOCK, PACKAGES, build_lite, leave_out, repack


@pytest.mark.parametrize("name", ["comm", "ipywidgets"])
def test_a_repacked_wheel_holds_the_files_as_they_were_published(name, tmp_path):
    with zipfile.ZipFile(repack(distribution(name), tmp_path)) as wheel:
        (record,) = [file for file in wheel.namelist() if file.endswith(".dist-info/RECORD")]
        published = [row for row in csv.reader(io.StringIO(wheel.read(record).decode())) if row[1]]
        code = [row for row in published if row[0].endswith(".py")]
        assert f"{name}/__init__.py" in [path for path, *_ in code]
        for path, digest, _ in code:
            sha = hashlib.sha256(wheel.read(path)).digest()
            assert digest == f"sha256={base64.urlsafe_b64encode(sha).decode().rstrip('=')}"
        assert not [file for file in wheel.namelist() if file.startswith("..") or file.endswith(".pyc")]


def test_the_page_is_not_sent_the_notebooks_twice(wheel, tmp_path):
    smaller = Path(shutil.copy(wheel, tmp_path))
    leave_out(smaller, "momentum_edu/course/")
    with zipfile.ZipFile(wheel) as before, zipfile.ZipFile(smaller) as after:
        (record,) = [name for name in after.namelist() if name.endswith(".dist-info/RECORD")]
        listed = {row[0] for row in csv.reader(io.StringIO(after.read(record).decode()))}
        gone = set(before.namelist()) - set(after.namelist())
        assert listed == set(after.namelist())
        assert "momentum_edu/course/notebooks/solutions/03_overshoot.ipynb" in gone
        assert all(name.startswith("momentum_edu/course/") for name in gone)
        for name in listed - {record}:
            assert after.read(name) == before.read(name)


def test_a_folder_that_is_no_whole_pyodide_is_refused_before_anything_is_deleted(tmp_path):
    output, pyodide = tmp_path / "lite", tmp_path / "pyodide"
    for folder in (output, pyodide):
        folder.mkdir()
    (output / "kept.txt").touch()

    def refused(because):
        with pytest.raises(BuildError, match=because):
            build_lite(output, pyodide)
        assert (output / "kept.txt").exists()

    refused(f"has no {LOCK}")
    packages = {name: {"file_name": f"{name}.whl", "depends": ["six"]} for name in PACKAGES}
    (pyodide / LOCK).write_text(json.dumps({"packages": packages}))
    refused("must hold six")
    packages["six"] = {"file_name": "six.whl", "depends": []}
    (pyodide / LOCK).write_text(json.dumps({"packages": packages}))
    refused(f"must hold {CORE[0]}")
