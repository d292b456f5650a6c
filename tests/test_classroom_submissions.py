"""Who handed in what: rosters and folders as teachers have them."""

import os
import unicodedata
from pathlib import Path

import pytest

from momentum_edu.classroom.submissions import collect, read_roster

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SOLVED = (NOTEBOOKS / "solutions" / "03_overshoot.ipynb").read_bytes()
UNTOUCHED = (NOTEBOOKS / "exercises" / "03_overshoot.ipynb").read_bytes()


def hand_in(folder, **contents):
    for learner, content in contents.items():
        (folder / learner).mkdir(parents=True, exist_ok=True)
        if content is not None:
            (folder / learner / "03_overshoot.ipynb").write_bytes(content)


def test_rosters(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes("\ufeffname\nada\n\nbjørk\n".encode())
    assert read_roster(path) == ["ada", "bjørk"]
    path.write_text("ada,1\nbob,2\n")
    assert read_roster(path) == ["ada", "bob"]
    path.write_bytes("id;name\r\n1;Lovelace, Ada\r\n2;bob\r\n".encode("utf-8-sig"))
    assert read_roster(path) == ["Lovelace, Ada", "bob"]
    path.write_text("name\tgroup\nada\tA; early\n")
    assert read_roster(path) == ["ada"]
    path.write_text('id,note,name\n1,"late,\nagain",ada\n2,,bob\n')
    assert read_roster(path) == ["ada", "bob"]
    for text, reason in (("name\n", "names nobody"), ("ada\nada\n", "names 'ada' twice")):
        path.write_text(text)
        with pytest.raises(ValueError, match=reason):
            read_roster(path)
    path.write_bytes("name\nZoë\n".encode("cp1252"))
    with pytest.raises(ValueError, match="must be saved as CSV in UTF-8"):
        read_roster(path)


def test_accents_may_be_written_in_either_form(tmp_path):
    """A Mac's folder holds e and its accent apart (Unicode's form D); a roster has them as one."""
    hand_in(tmp_path, **{unicodedata.normalize("NFD", "Renée"): SOLVED})
    (tmp_path / "roster.csv").write_text("name\nRenée\n", encoding="utf-8")
    found = collect(tmp_path, read_roster(tmp_path / "roster.csv"))
    assert [(one.learner, one.state) for one in found] == [("Renée", "handed in")]


def test_what_lies_there_instead_is_said_and_archives_own_folders_are_nobody(tmp_path):
    hand_in(tmp_path, ada=SOLVED, bob=None, cy=None, __MACOSX=None, **{".git": None})
    (tmp_path / "bob" / "03_overshoot.ipynb.txt").write_bytes(SOLVED)
    (tmp_path / "bob" / ".DS_Store").write_bytes(b"")
    found = {one.learner: (one.state, one.reason) for one in collect(tmp_path, ["ada", "bob", "cy", "dan"])}
    assert found == {
        "ada": ("handed in", ""),
        "bob": ("missing", "no .ipynb in the folder, but 03_overshoot.ipynb.txt"),
        "cy": ("missing", ""),
        "dan": ("missing", ""),
    }


def test_links_pipes_folders_and_strangers_files_are_rows_not_crashes(tmp_path):
    hand_in(tmp_path, ada=SOLVED, bob=None, cy=None, dan=None, eve=None)
    (tmp_path / "bob" / "03_overshoot.ipynb").symlink_to(tmp_path / "ada" / "03_overshoot.ipynb")
    os.mkfifo(tmp_path / "cy" / "03_overshoot.ipynb")
    (tmp_path / "dan" / "03_overshoot.ipynb").mkdir()
    (tmp_path / "eve" / "shopping.ipynb").write_text("milk")
    (tmp_path / "frank").symlink_to(tmp_path / "ada")
    found = {(one.learner, one.lesson): (one.state, one.reason) for one in collect(tmp_path, None)}
    assert found == {
        ("ada", "03_overshoot"): ("handed in", ""),
        ("bob", "03_overshoot"): ("unreadable", "this is a link, and links are not followed"),
        ("cy", "03_overshoot"): ("unreadable", "this is no file"),
        ("dan", "03_overshoot"): ("unreadable", "this is no file"),
        ("eve", "03_overshoot"): ("missing", ""),
        ("eve", ""): ("unreadable", found["eve", ""][1]),
    }
    assert found["eve", ""][1].startswith("shopping.ipynb: the file is no notebook")


def test_an_exact_name_beats_a_copy_and_another_name_is_recognised(tmp_path):
    hand_in(tmp_path, ada=SOLVED, bob=None)
    (tmp_path / "ada" / "03_overshoot-Copy1.ipynb").write_bytes(UNTOUCHED)
    (tmp_path / "bob" / "my homework.ipynb").write_bytes(SOLVED)
    (tmp_path / "cyd").mkdir()
    (tmp_path / "cyd" / "03_overshoot (1).IPYNB").write_bytes(SOLVED)
    found = collect(tmp_path, None)
    assert {one.learner: one.content for one in found} == dict.fromkeys(("ada", "bob", "cyd"), SOLVED)
    assert [one.beside for one in found] == [("03_overshoot-Copy1.ipynb",), (), ()]
    (tmp_path / "cyd" / "03_overshoot.ipynb").write_bytes(b"{")
    (found,) = (one for one in collect(tmp_path, None) if one.learner == "cyd")
    assert (found.state, found.content) == ("handed in", SOLVED)
    assert found.beside == ("03_overshoot.ipynb",)
