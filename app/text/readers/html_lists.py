"""The bullets and numbers of HTML lists."""

from app.text.readers.markup import Element

_BULLET = "\u2022"
_LETTERS = 26
_MAX_NUMBER = 100_000
_MAX_ROMAN = 3_999
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


def markers(element: Element) -> dict[Element, str]:
    """Return what a browser shows before each item of a list."""
    items = [child for child in element.elements if child.tag == "li"]
    if element.tag != "ol":
        return dict.fromkeys(items, _BULLET)
    is_reversed = "reversed" in element.attributes
    number = _whole(element.get("start"), len(items) if is_reversed else 1)
    found = {}
    for item in items:
        number = _whole(item.get("value"), number)
        found[item] = _written(number, item.get("type") or element.get("type")) + "."
        number += -1 if is_reversed else 1
    return found


def _whole(written: str, otherwise: int) -> int:
    try:
        number = int(written)
    except ValueError:
        return otherwise
    return number if abs(number) <= _MAX_NUMBER else otherwise


def _written(number: int, style: str) -> str:
    if number > 0 and style in {"a", "A"}:
        letters = ""
        while number > 0:
            number, rest = divmod(number - 1, _LETTERS)
            letters = chr(ord("a") + rest) + letters
        return letters.upper() if style == "A" else letters
    if 0 < number <= _MAX_ROMAN and style in {"i", "I"}:
        roman = ""
        for value, letters in _ROMAN:
            count, number = divmod(number, value)
            roman += letters * count
        return roman.upper() if style == "I" else roman
    return str(number)
