"""The parts of a REFI-QDA project that all its sources share: identities, codes and variables."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from uuid import NAMESPACE_URL, uuid5

from app.accounts.avatars import Colour
from app.annotations.tags import Tag
from app.frozen import frozen
from app.text.xml_text import element, escape, text_element
from app.themes.models import Theme
from app.themes.tree import Branch, tree_of

# As static/css/tokens.css and avatars.css have them on a light page.
TAG_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        Tag.CLAIM: "#0a6aa8",
        Tag.DEMAND: "#ac4500",
        Tag.ASSUMPTION: "#8a3f86",
        Tag.CITATION: "#00755a",
    }
)
THEME_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        Colour.BLUE: "#1f4e8c",
        Colour.TEAL: "#0b6363",
        Colour.GREEN: "#2f6b2a",
        Colour.OCHRE: "#775700",
        Colour.RUST: "#9c4310",
        Colour.ROSE: "#a32a55",
        Colour.PLUM: "#6f3c8c",
        Colour.SLATE: "#4d5663",
    }
)

VARIABLES = {
    "author": "Text",
    "publication": "Text",
    "published on": "Date",
    "source URL": "Text",
}
"""What is said of each article, with its type (Project.xsd, typeOfVariableType)."""


@frozen
class Guids:
    """Makes the GUIDs of one installation: the same for the same thing in every file."""

    base: str

    def of(self, path: str) -> str:
        """Return the GUID of what a path names, such as "annotations/12"."""
        return str(uuid5(NAMESPACE_URL, f"{self.base}/{path}"))

    def tag(self, tag: str) -> str:
        """Return the GUID of a tag's code."""
        return self.of(f"tags/{tag}")

    def theme(self, theme_id: int) -> str:
        """Return the GUID of a theme's code."""
        return self.of(f"themes/{theme_id}")

    def account(self, account_id: int) -> str:
        """Return the GUID of an annotator."""
        return self.of(f"accounts/{account_id}")


def users(guids: Guids, names: Mapping[int, str]) -> str:
    """Return the annotators, whose names are by their ids; "" where there are none."""
    written = (
        element("User", {"guid": guids.account(account_id), "name": name})
        for account_id, name in sorted(names.items())
    )
    return _some("Users", "".join(written))


def codebook(guids: Guids, themes: Iterable[Theme], carried: Collection[int]) -> str:
    """Return the tags and the themes as codes, each kind in a group that codes nothing.

    The themes are those in use, and of the archived those that are `carried`.
    """
    tags = [_code(guids.tag(tag), tag, TAG_COLOURS[tag], "") for tag in Tag]
    groups = _group(guids, "Tags", tags)
    groups += _group(guids, "Themes", _theme_codes(guids, tree_of(themes, also=carried)))
    return element("CodeBook", {}, element("Codes", {}, groups))


def variables(guids: Guids) -> str:
    """Return what can be said of articles."""
    written = (
        element("Variable", {"guid": _variable(guids, name), "name": name, "typeOfVariable": kind})
        for name, kind in VARIABLES.items()
    )
    return element("Variables", {}, "".join(written))


def variable_values(guids: Guids, values: Mapping[str, str]) -> str:
    """Return what is said of an article, by the names of the variables; "" is left out."""
    return "".join(
        element(
            "VariableValue",
            {},
            element("VariableRef", {"targetGUID": _variable(guids, name)})
            + element(f"{VARIABLES[name]}Value", {}, escape(value)),
        )
        for name, value in values.items()
        if value
    )


def _variable(guids: Guids, name: str) -> str:
    return guids.of(f"variables/{name}")


def _theme_codes(guids: Guids, branches: Sequence[Branch]) -> list[str]:
    codes = []
    for branch in branches:
        theme = branch.theme
        words = "\n\n".join(filter(None, (theme.definition, theme.example)))
        content = text_element("Description", words) + "".join(_theme_codes(guids, branch.below))
        colour = THEME_COLOURS[theme.colour]
        codes.append(_code(guids.theme(theme.id), theme.name, colour, content))
    return codes


def _code(guid: str, name: str, colour: str, content: str) -> str:
    attributes = {"guid": guid, "name": name, "isCodable": "true", "color": colour}
    return element("Code", attributes, content)


def _group(guids: Guids, name: str, codes: Sequence[str]) -> str:
    if not codes:
        return ""
    attributes = {"guid": guids.of(f"codes/{name}"), "name": name, "isCodable": "false"}
    return element("Code", attributes, "".join(codes))


def _some(name: str, content: str) -> str:
    return element(name, {}, content) if content else ""
