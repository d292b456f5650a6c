"""Formulas as MathML: browsers draw it by themselves, with no script, no font, nothing to fetch."""

import re

_SIGN = re.compile(r"<mo[^>]*>(?=&#x0002F;|&#x0007C;)")  # / and |, which TeX sets tight
_NAMED = re.compile(r"(</m(?:i|n|sqrt)>)?(<mi>(?:cos|ln)</mi>)(?=<m[in])")


def mathml(formula: str, *, block: bool = False) -> str:
    """Write a LaTeX formula as MathML, inline or as a block of its own."""
    # Imported late: reading Markdown is of use without it, and not every machine that tests has it.
    from latex2mathml.converter import convert

    written = str(convert(formula.strip(), display="block" if block else "inline"))
    written = _SIGN.sub('<mo lspace="0" rspace="0" stretchy="false">', written)
    return _NAMED.sub(_thin_spaces, written).replace(r"\%", "%")  # \text{} leaves it escaped


def _thin_spaces(found: "re.Match[str]") -> str:
    """Set cos and ln apart as TeX does: from what follows, and from a factor before."""
    space = '<mspace width="0.167em"/>'
    return f"{found[1]}{space}{found[2]}{space}" if found[1] else f"{found[2]}{space}"
