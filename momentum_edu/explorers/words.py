"""Numbers as the findings write them: short, without an exponent, and never rounded into a falsehood."""


def percent(part: float) -> str:
    """Write a share in per cent: two digits, or whole numbers from 100 % on.

    Examples
    --------
    >>> percent(0.604), percent(0.0123), percent(1.0), percent(23.34), percent(1e-7), percent(0)
    ('60 %', '1.2 %', '100 %', '2334 %', 'less than 0.01 %', '0 %')
    """
    if 0 < part < 1e-4:
        return "less than 0.01 %"
    return f"{100 * part:.2g} %" if part < 0.995 else f"{100 * part:.0f} %"


def short(number: float, digits: int = 3) -> str:
    """Write a positive number with so many digits, those of a large one filled up with zeros.

    Examples
    --------
    >>> short(0.02637), short(999.9), short(1988.4), short(148.0, 2)
    ('0.0264', '1000', '1990', '150')
    """
    words = f"{number:.{digits}g}"
    return f"{float(words):.0f}" if number >= 1 and "e" in words else words


def apart(number: float, other: float) -> tuple[str, str]:
    """Write two numbers with the digits that tell them apart, three at least.

    Examples
    --------
    >>> apart(40.0, 38.0), apart(398.107, 398.0)
    (('40', '38'), ('398.1', '398'))
    """
    for digits in range(3, 12):
        one, two = short(number, digits), short(other, digits)
        if one != two:
            break
    return one, two
