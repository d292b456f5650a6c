"""``momentum-edu start FOLDER``: put the course into a folder of the learner's own.

The installed package carries the notebooks and guides in ``momentum_edu/course``. In the repository they
stand at the top, once.
"""

import contextlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
FIRST_LESSON = Path("notebooks") / "00_start_here.ipynb"
NO_COURSE = f"no {FIRST_LESSON} here: go to the course's folder, or make one: momentum-edu start FOLDER"
# Solutions too: lessons and exercises send the solitary learner there. pyproject.toml names the same files.
CARRIED = (
    "notebooks/[0-9]*.ipynb",
    "notebooks/exercises/[0-9]*.ipynb",
    "notebooks/solutions/[0-9]*.ipynb",
    "docs/diagnosis.md",
    "docs/teachers_guide.md",
)
# The notebooks say `python3 course.py check`, as in the repository; whoever reads them here can do so too.
DOOR = '''\
"""The course's commands, in any terminal: python3 course.py lab, check, diagnose LOG, --help."""

import sys

try:
    from momentum_edu.cli import main
except ImportError:
    sys.exit("This Python has no momentum_edu: activate the environment that it was installed in.")
sys.exit(main())
'''
USAGE = "momentum-edu start FOLDER"


def main(words: Sequence[str]) -> int:
    """Copy the course into the folder that is named; add what is missing, keep what is there.

    Returns
    -------
    int
        0, or 2 where the folder can't be used: then nothing has been written.
    """
    if words in (["-h"], ["--help"]):
        print(f"usage: {USAGE}\nCopies the course into FOLDER. What is there already is kept as it is.")
        return 0
    if len(words) != 1 or not words[0] or words[0].startswith("-"):
        return _complain(f"say which folder the course is to be put into: {USAGE}")
    folder = Path(words[0])
    try:
        if folder.exists() and not folder.is_dir():
            return _complain(f"FOLDER must be a folder, there already or new; {folder} is a file")
        wanted = course_files()
        there = {name: (folder / name).read_bytes() for name in wanted if _is_there(folder / name)}
        new = {folder / name: content for name, content in wanted.items() if name not in there}
        write_all(new)
    except OSError as error:
        return _complain(f"{error.filename or folder}: {error.strerror or error}")
    differing = [name for name in there if there[name] != wanted[name]]
    print("\n".join(_report(folder, len(new), differing, fresh=not there)))
    return 0


def shipped() -> Path:
    """Return the folder that holds the course's own files: in the package, or the repository around it."""
    inside = PACKAGE / "course"
    return inside if inside.is_dir() else PACKAGE.parent


def course_files() -> dict[str, bytes]:
    """Return all that a learner's folder gets, as name -> content."""
    root = shipped()
    found = [path for pattern in CARRIED for path in sorted(root.glob(pattern))]
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in found}
    return {**files, "course.py": DOOR.encode()}


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write new files and the folders they need; where one fails, take away again what was written.

    No file is ever seen half-written under its own name, not even after a power cut.
    """
    made: list[Path] = []
    try:
        for path, content in files.items():
            for folder in reversed([path.parent, *path.parent.parents]):
                if not folder.exists():
                    folder.mkdir()
                    made.append(folder)
            half = path.with_name(f"{path.name}.part")
            made.append(half)
            half.write_bytes(content)
            half.rename(path)
            made[-1] = path
    except BaseException:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()  # a link that leads nowhere is the learner's too


def _report(folder: Path, new: int, differing: Sequence[str], *, fresh: bool) -> list[str]:
    """Return what is said at the end: what was done, what was kept, what to do next."""
    name = f'"{folder}"' if " " in str(folder) else str(folder)
    count = "1 file is" if new == 1 else f"{new} files are"
    lines = [f"{count} new in {name}" if new else f"{name} has every file of the course already"]
    if fresh:
        lines = [f"The course is in {name}: lessons, exercises with solutions, guides"]
    if differing:
        lines.append("Kept as they are, though this version's differ (move one away, and it comes anew):")
        lines += [f"  {one}" for one in differing]
    go = [] if folder.resolve() == Path.cwd() else [f"  cd {name}"]
    return [*lines, "Go on with", *go, "  momentum-edu lab"]


def _complain(message: str) -> int:
    print(f"momentum-edu start: {message}", file=sys.stderr)
    return 2
