"""Numbers as the findings write them."""


def percent(part: float) -> str:
    """Write a part of 1 as a percentage of two digits, and from 100 % on of whole numbers.

    Examples
    --------
    >>> percent(0.604), percent(0.0096), percent(0.996), percent(2.16)
    ('60 %', '0.96 %', '100 %', '216 %')
    """
    return f"{100 * part:.2g} %" if part < 0.995 else f"{100 * part:.0f} %"  # never 1e+02
