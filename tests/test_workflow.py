"""The workflow file says only what this repository has: commands, files, extras, Pythons."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.specifiers import SpecifierSet

from momentum_edu import cli

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / ".github" / "workflows" / "site.yml").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(TEXT)
JOBS = WORKFLOW["jobs"]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETTINGS["project"]
MARKS = [words.partition(":")[0] for words in SETTINGS["tool"]["pytest"]["ini_options"]["markers"]]
RUNS = [step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step]


def test_it_runs_at_each_change_and_every_week():
    triggers = WORKFLOW[True]  # YAML 1.1 reads the key "on" as a truth value
    assert {"push", "pull_request", "schedule"} <= triggers.keys()
    [when] = triggers["schedule"]
    minute, hour, day, month, weekday = when["cron"].split()
    assert (day, month) == ("*", "*")
    assert minute.isdigit()
    assert hour.isdigit()
    assert weekday in set("0123456")


def test_three_systems_meet_the_oldest_and_the_newest():
    matrix = JOBS["course"]["strategy"]["matrix"]
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "macos", "windows"}
    rows = {row["dependencies"]: row for row in matrix["include"]}
    assert rows.keys() == set(matrix["dependencies"])
    supported = SpecifierSet(PROJECT["requires-python"])
    oldest = rows["oldest"]["python"]
    assert f">={oldest}" == PROJECT["requires-python"]
    assert all(row["python"] in supported for row in rows.values())
    assert [rows[name]["resolution"] for name in ("oldest", "newest")] == ["lowest-direct", "highest"]


def test_every_command_and_every_file_in_it_exists():
    called = [words.split() for run in RUNS for words in re.findall(r"(?:course\.py|momentum-edu) (.+)", run)]
    assert {"test", "build"} == {words[0] for words in called} <= cli.COMMANDS.keys()
    assert (ROOT / "momentum_edu" / "publishing" / "site.py").is_file()
    for run in RUNS:
        for path in re.findall(r"(?<![\w/.])(?:tests|requirements)/[\w/.]+|course\.py", run):
            assert (ROOT / path).exists(), path
        for extras in re.findall(r"\.\[([^]]+)\]", run):
            assert set(extras.split(",")) <= PROJECT["optional-dependencies"].keys()
    required = [step["env"]["MOMENTUM_EDU_REQUIRE"] for step in JOBS["site"]["steps"] if "env" in step]
    assert {f"needs_{group}" for group in ",".join(required).split(",")} <= set(MARKS)


def test_only_what_was_tested_is_published_and_nobody_else_is_asked():
    publish = JOBS["publish"]
    assert set(publish["needs"]) == JOBS.keys() - {"publish"}
    assert "refs/heads/main" in publish["if"]
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "://" not in TEXT
    [built] = re.findall(r"build site --output (\S+)", TEXT)
    uploads = [step["with"]["path"] for step in JOBS["site"]["steps"] if "pages" in step.get("uses", "")]
    assert uploads == [built]
