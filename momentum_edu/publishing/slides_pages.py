"""Long lists and tables shared out among slides."""

from collections.abc import Sequence

from momentum_edu.publishing.slides_text import Block, words

FORMULA_WORDS = 12  # that a formula takes the room of
TABLE_ROWS = 8


def list_pages(block: Block, room: int) -> list[str]:
    """Share a list out among as few slides as there must be, each about as full as the others.

    Parameters
    ----------
    block : Block
        A list.
    room : int
        Words that a slide has room for; a single longer item still gets a slide.

    Returns
    -------
    list of str
        Lists as HTML; numbers go on from one to the next.
    """
    fewest = len(_filled(block.parts, room))
    even = sum(map(_weight, block.parts)) // fewest
    pages = next(
        pages for limit in range(even, 10 * room) if len(pages := _filled(block.parts, limit)) <= fewest
    )
    tag, done, made = block.html[1:3], 1, []
    for page in pages:
        start = f' start="{done}"' if tag == "ol" and done > 1 else ""
        made.append(without_commas(f"<{tag}{start}>{''.join(page)}</{tag}>"))
        done += len(page)
    return made


def _filled(points: Sequence[str], room: int) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    for point in points:
        if pages[-1] and sum(map(_weight, pages[-1])) + _weight(point) > room:
            pages.append([])
        pages[-1].append(point)
    return pages


def _weight(html: str) -> int:
    return words(html) + FORMULA_WORDS * html.count('display="block"')


def table_pages(block: Block) -> list[str]:
    """Cut a table into pages of about the same length, each with its head."""
    head, *rows = block.parts
    count = -(-len(rows) // TABLE_ROWS)
    each = -(-len(rows) // count)
    return [
        f"<table><thead>{head}</thead><tbody>{''.join(rows[start : start + each])}</tbody></table>"
        for start in range(0, len(rows), each)
    ]


def without_commas(html: str) -> str:
    """Take the commas between the items of a list away."""
    return html.replace(",</li>", "</li>")
