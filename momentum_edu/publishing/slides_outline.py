"""What of a lesson goes on its slides, decided by the lesson's common form; nothing is executed.

On slides stand the title, the objectives, each section's heading, each prediction, formulas, tables, figures,
what begins in bold (an answer, a verdict), the key points, and questions to check oneself. Prose goes to the
speaker notes of the slide that it leads to, with what cells print; code is left out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from momentum_edu.publishing.guards import Notebook
from momentum_edu.publishing.slides_draft import SLIDE_WORDS, Draft, Slide
from momentum_edu.publishing.slides_pages import list_pages, table_pages, without_commas
from momentum_edu.publishing.slides_parts import Part, Picture, Printed, halves, parts, questions
from momentum_edu.publishing.slides_text import Block, inline, lead, sentences, tail, words

ANSWER_WORDS = 45  # of an answer on a slide: the figure has just been seen
STATEMENT_WORDS = 65  # of a verdict, or of what else has a name; cut short, it can say the opposite
BESIDE_WORDS = 30  # of what leads to a formula or a list, and of what follows a formula
POINT_WORDS = 95  # of key points on a slide
TALLEST = 700  # pixels of a picture at its own size that a slide can still show legibly

_LETTER = re.compile(r"\*\*([A-E])\.\*\*\s+")
_OPENER = re.compile(r"\*\*([^*]+)\.\*\*\s+")
_HEADING = re.compile(r"(?:(\d+)\. |(Claim \d+)\. )?(?:(What people say|Look first): )?(.+)")


def outline(notebook: Notebook) -> list[Slide]:
    """Lay out the slides of a lesson.

    Parameters
    ----------
    notebook : NotebookNode
        An executed lesson in the form of ``notebooks/source/template.py``.

    Returns
    -------
    list of Slide
        In the order of the lecture.
    """
    cut = parts(notebook)
    lecture = next((part.text for part in cut if part.heading == "Say it in a lecture"), [])
    further = next((part.text for part in cut if part.heading == "Go deeper"), [])
    draft = Draft()
    for part in cut:
        if part.level <= 2:
            draft.where = part.heading if part.level == 2 else ""
        _add(draft, part, lecture, further)
        draft.finish_part()
    return draft.slides


def _add(draft: Draft, part: Part, lecture: list[Block], further: list[Block]) -> None:
    """Add one part by its heading."""
    if part.level == 1:
        _opening(draft, part, lecture)
    elif part.heading == "Predict":
        draft.new_round()
        _predict(draft, part)
    elif part.heading == "Run":
        _content(draft, part.items)
    elif part.heading == "Explain":
        _explain(draft, part)
    elif part.heading == "Key points":
        _points(draft, part, lecture)
    elif part.heading == "Check yourself":
        for asked, answered in questions(part):
            fragment = f'<div class="fragment">{answered}</div>'
            draft.show(Slide("check", "Check yourself", (asked, fragment), (answered,)))
    elif part.heading == "Exercises":
        draft.show(Slide("end", "Your turn", _html(part.text), _html(further)))
    elif part.heading not in ("Say it in a lecture", "Go deeper"):
        draft.new_round()
        _section(draft, part, lecture)


def _opening(draft: Draft, part: Part, lecture: list[Block]) -> None:
    """Show title and objectives, then what stands before the first section: signs and the rule."""
    fields = {match[1]: block for block in part.text if (match := _OPENER.match(block.source))}
    asked = _OPENER.sub("", fields["Question"].source, count=1)
    draft.show(Slide("title", inline(part.heading), (f"<p>{inline(asked)}</p>",), _html(lecture)))
    goals = next(index for index, item in enumerate(part.items) if _is(item, "list"))
    listed = tuple(map(without_commas, _html(part.items[goals : goals + 1])))
    needs = (fields["Minutes"].html, fields["You need"].html)
    draft.show(Slide("objectives", "After this lecture you can", listed, needs))
    _content(draft, [item for item in part.items[goals + 1 :] if not _bold(item)])


def _section(draft: Draft, part: Part, lecture: list[Block]) -> None:
    """Show a section's heading alone: the claim or question on which the room may say what it thinks."""
    matched = _HEADING.fullmatch(part.heading)
    assert matched is not None, "the last group takes any heading"
    number, claim, manner, rest = matched.groups()
    above = " · ".join(filter(None, (f"Section {number}" if number else claim, manner)))
    advice = list(_advice(lecture, number)) or [b.source for b in lecture if "In a short hour" in b.source]
    notes = tuple(f"<p>{inline(each)}</p>" for each in advice)
    kind = "section" if part.level == 2 else "claim"
    draft.show(Slide(kind, inline(rest[0].upper() + rest[1:]), (f"<p>{above}</p>",) if above else (), notes))
    _content(draft, part.items)


def _advice(lecture: list[Block], number: str | None) -> Iterator[str]:
    """Give the sentences of the lecturer's notes that name a section, each with the topic it stands under."""
    for block in lecture:
        topic = ""
        for sentence in sentences(block.source):
            opens = sentence.startswith("**")
            topic = f"{sentence} " if opens else topic
            named = re.findall(r"\bsections? ((?:\d+(?:, | and | to )?)+)", sentence, re.IGNORECASE)
            if number in [each for listed in named for each in _numbers(listed)]:
                yield sentence if opens else topic + sentence


def _numbers(listed: str) -> list[str]:
    if span := re.match(r"(\d+) to (\d+)", listed):
        return [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
    return re.findall(r"\d+", listed)


def _predict(draft: Draft, part: Part) -> None:
    """Show the question with its answers to choose from; what stands after the guess follows."""
    stop = next((n for n, item in enumerate(part.items) if not isinstance(item, Block)), len(part.items))
    asked = [item for item in part.items[:stop] if isinstance(item, Block)]
    # A long run-up is said; the paragraph before the answers is the question, and stays.
    while len(asked) > 2 and asked[1].kind == "paragraph" and words("".join(_html(asked))) > SLIDE_WORDS:
        draft.say(asked.pop(0).html)
    body = tuple(map(without_commas, _html(asked)))
    draft.show(Slide("predict", "Predict", body, ("<p>Let the room vote before you go on.</p>",)))
    _content(draft, part.items[stop:])


def _explain(draft: Draft, part: Part) -> None:
    """Show the answer, then the rest."""
    first = next((item for item in part.items if _is(item, "paragraph")), None)
    _content(draft, part.items, answer=first)


def _points(draft: Draft, part: Part, lecture: list[Block]) -> None:
    """Show the key points, as many on a slide as there is room for."""
    wrong = [block.html for block in lecture if "What goes wrong" in block.source]
    pages = list_pages(part.text[0], POINT_WORDS)
    for number, page in enumerate(pages, start=1):
        more = f" ({number} of {len(pages)})" if len(pages) > 1 else ""
        draft.show(Slide("points", f"Key points{more}", (page,), tuple(wrong)))


def _content(draft: Draft, items: Sequence[object], answer: object = None) -> None:
    """Show what is to be seen, and the paragraph that answers; what is to be said goes to the notes."""
    before: object = None
    for item in items:
        if isinstance(item, Picture):
            _picture(draft, item)
        elif isinstance(item, Block) and (_bold(item) or item is answer):
            _statement(draft, item)
        elif isinstance(item, Printed):
            draft.say(item.html)
            draft.evidence.append(item)
        elif isinstance(item, Block):
            _text(draft, item, before)
        before = item


def _picture(draft: Draft, picture: Picture) -> None:
    """Show a picture; one that is far taller than a slide in two halves."""
    for part in halves(picture) if picture.height > TALLEST else (picture,):
        draft.show(Slide("figure", part.finding, notes=(f"<p>{escape(part.alt)}</p>",), picture=part))
    draft.pictured = True


def _text(draft: Draft, block: Block, before: object) -> None:
    if block.kind == "formula":
        _shown(draft, block.html, before)
    elif block.kind == "list":
        first, *others = list_pages(block, SLIDE_WORDS)
        _shown(draft, first, before)
        for page in others:
            _shown(draft, page, None)
    elif block.kind == "table":
        for rows in table_pages(block):
            draft.show(Slide("table", inline(draft.where) or "Signs", (rows,)))
    elif block.kind == "paragraph":
        draft.say(block.html)
        announces = block.source.endswith(":")  # a list or a cell, not what the formula means
        if _is(before, "formula") and not announces and draft.has_room_for(after := _first_words(block)):
            draft.extend(after)


def _shown(draft: Draft, html: str, before: object) -> None:
    """Show a formula or a list beneath the last words of the paragraph that leads to it."""
    body: tuple[str, ...] = (html,)
    if isinstance(before, Block) and before.kind == "paragraph":
        # Of a paragraph that a slide has shown, the sentence that announces this is enough, if there is one.
        shown = _bold(before)
        last = tail(_OPENER.sub("", before.source, count=1), 1 if shown else BESIDE_WORDS)
        if not shown or last.endswith(":") or not draft.has_room_for(html):
            body = (f"<p>{inline(last)}</p>", html)
    if draft.has_room_for("".join(body)):
        draft.extend(*(each for each in body if each not in draft.slides[-1].body))
    else:
        draft.show(Slide("formula", inline(draft.where) or "The rule", body), still_open=True)


def _first_words(block: Block) -> str:
    return f"<p>{inline(lead(block.source, BESIDE_WORDS))}</p>"


def _statement(draft: Draft, item: Block) -> None:
    """Show the first sentences of an answer or verdict; the notes have all of it."""
    room = ANSWER_WORDS
    if letter := _LETTER.match(item.source):
        heading, source = f"Answer: {letter[1]}", item.source[letter.end() :]
    elif opener := _OPENER.match(item.source):
        heading, source, room = inline(opener[1]), item.source[opener.end() :], STATEMENT_WORDS
    else:
        heading, source = "Answer", item.source
    shown = lead(source, room)
    text = f"<p>{inline(shown)}</p>"
    if shown != " ".join(source.split()):
        draft.say(item.html)
    evidence = draft.take_evidence()
    if draft.has_room_for(text) and not evidence:
        draft.extend(f"<h3>{heading}</h3>", text)
    else:
        draft.show(Slide("statement", heading, (*evidence, text)), still_open=True)


def _is(item: object, kind: str) -> bool:
    return isinstance(item, Block) and item.kind == kind


def _bold(item: object) -> bool:
    return isinstance(item, Block) and item.kind == "paragraph" and item.source.startswith("**")


def _html(items: Iterable[object]) -> tuple[str, ...]:
    return tuple(item.html for item in items if isinstance(item, Block))
