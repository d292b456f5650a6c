"""Markdown as blocks of HTML for slides and handouts; formulas become MathML, which needs no script."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from momentum_edu.publishing.formulas import mathml

KINDS = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "math_block": "formula",
    "html_block": "html",
}
_SENTENCE_END = re.compile(r"[.!?][\"”)*]*\s+(?=[\w\"“*$`(\[])")
_FORMULA = re.compile(r'\(?<span class="math inline">.*?</span>[.,;:!?%)]*', re.DOTALL)
_LINK = re.compile(r'<a href="(?!https?:)[^"]*">(.*?)</a>', re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One paragraph, list, table, formula or heading.

    ``source`` is the Markdown of a paragraph or heading; ``parts`` holds the items of a list, or the rows of
    a table, its head first.
    """

    kind: str
    html: str
    source: str = ""
    level: int = 0
    parts: tuple[str, ...] = ()


def blocks(markdown: str) -> list[Block]:
    r"""Cut Markdown into its blocks.

    >>> [block.kind for block in blocks("# Title\n\nOne line.\n\n- a\n- b")]
    ['heading', 'paragraph', 'list']
    >>> blocks("- a\n- b")[0].parts
    ('<li>a</li>', '<li>b</li>')
    """
    tokens = _parser().parse(markdown)
    return [_block(tokens[start:stop]) for start, stop in _top_level(tokens)]


def inline(markdown: str) -> str:
    """Turn the Markdown of one paragraph into HTML without the paragraph around it.

    >>> inline("a *b*")
    'a <em>b</em>'
    """
    return _tidy(str(_parser().renderInline(markdown)))


def lead(source: str, words: int) -> str:
    """Return as many whole first sentences as `words` allow, one at least.

    None announces what is left out, and none asks what is not answered.

    >>> lead("**B.** One two three. Four five.", words=5)
    '**B.** One two three.'
    >>> lead("One two. Three and four:", words=9)
    'One two.'
    >>> lead("One two. And three? Four five.", words=4)
    'One two.'
    """
    taken: list[str] = []
    for sentence in sentences(source):
        if taken and (sentence.endswith(":") or len(" ".join([*taken, sentence]).split()) > words):
            while len(taken) > 1 and taken[-1].endswith("?"):
                taken.pop()
            break
        taken.append(sentence)
    return " ".join(taken)


def tail(source: str, words: int) -> str:
    """Return as many whole last sentences as `words` allow, one at least.

    >>> tail("One two three. Four five.", words=3)
    'Four five.'
    """
    taken = ""
    for sentence in reversed(sentences(source)):
        if taken and len(f"{sentence} {taken}".split()) > words:
            break
        taken = f"{sentence} {taken}".strip()
    return taken


def sentences(source: str) -> list[str]:
    """Cut a paragraph into sentences; emphasis, code, formulas, quotations and brackets stay whole.

    >>> sentences('**Verdict.** *True.* Ask: "Less? More?" Then run. It is 0.5 here.')
    ['**Verdict.**', '*True.*', 'Ask: "Less? More?"', 'Then run.', 'It is 0.5 here.']
    """
    found, start = [], 0
    for end in _SENTENCE_END.finditer(source):
        piece = source[start : end.end()]
        if piece.count("(") == piece.count(")") and all(piece.count(mark) % 2 == 0 for mark in '*`$"'):
            found.append(" ".join(piece.split()))
            start = end.end()
    return [*found, rest] if (rest := " ".join(source[start:].split())) else found


def words(html: str) -> int:
    """Count the words that HTML shows."""
    return len(re.sub(r"<[^>]*>", " ", html).split())


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    return parser.use(dollarmath_plugin, allow_labels=False, double_inline=True, renderer=_mathml)


def _mathml(tex: str, options: dict[str, Any]) -> str:
    return mathml(tex, block=options["display_mode"])


def _top_level(tokens: list[Any]) -> Iterator[tuple[int, int]]:
    depth = start = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield start, index + 1
            start = index + 1


def _block(tokens: list[Any]) -> Block:
    first = tokens[0]
    kind = KINDS.get(first.type, "other")
    source = tokens[1].content if kind in ("heading", "paragraph") else ""
    level = int(first.tag[1]) if kind == "heading" else 0
    return Block(kind, _render(tokens), source, level, tuple(_parts(kind, tokens)))


def _parts(kind: str, tokens: list[Any]) -> Iterator[str]:
    opening = {"list": "list_item_open", "table": "tr_open"}.get(kind)
    start = 0
    for index, token in enumerate(tokens):
        if token.type == opening and token.level <= 2:
            start = index
        elif opening and token.type == opening.replace("open", "close") and token.level <= 2:
            yield _render(tokens[start : index + 1])


def _render(tokens: list[Any]) -> str:
    parser = _parser()
    return _tidy(str(parser.renderer.render(tokens, parser.options, {}))).strip()


def _tidy(html: str) -> str:
    """Keep formulas with their points and numbers with % on one line; keep a link's words only."""
    html = re.sub(r"(\d) %", "\\1\N{NO-BREAK SPACE}%", _LINK.sub(r"\1", html))
    return _FORMULA.sub(r'<span class="together">\g<0></span>', html)
