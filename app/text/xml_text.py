"""Writing XML 1.0 as text, an element at a time."""

import re
from collections.abc import Mapping

# What would be read as markup or as another white space, and what XML has no character for (2.2).
_SPECIAL = re.compile('[&<>"\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_REFERENCES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


def escape(text: str) -> str:
    """Return a text as it stands in an element or an attribute.

    U+FFFD stands for each character that XML does not have.
    """
    return _SPECIAL.sub(lambda found: _REFERENCES.get(found[0], "\ufffd"), text)


def start_tag(name: str, attributes: Mapping[str, object]) -> str:
    """Return the tag that begins an element; attributes with "" are left out."""
    written = (f' {key}="{escape(str(value))}"' for key, value in attributes.items() if value != "")
    return f"<{name}{''.join(written)}>"


def element(name: str, attributes: Mapping[str, object], content: str = "") -> str:
    """Return an element; its content is XML."""
    begun = start_tag(name, attributes)
    return f"{begun}{content}</{name}>" if content else f"{begun[:-1]}/>"


def text_element(name: str, text: str) -> str:
    """Return an element that holds a text, "" for no text."""
    return element(name, {}, escape(text)) if text else ""
