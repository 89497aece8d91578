"""Annotations in a REFI-QDA project (qdasoftware.org, Project.xsd of 18 March 2019).

Passages are the selections of its texts, and their codes the tags and themes. Positions are code
points from the beginning of a text, the end exclusive.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import ZipFile

from app.annotations.tags import TAGS
from app.imports.readers.unreadable import UnreadableImport, refuse_too_many
from app.imports.readers.zip_file import refuse_too_large
from app.imports.rows import MOST_ROWS, FileRow, FileTable, cells_of_place
from app.text.zip_faults import BROKEN_ZIP

PROJECT = "project.qde"
INSIDE = "internal://"
_VARIABLES = {
    "author": "article_author",
    "publication": "publication",
    "published on": "published_on",
    "source URL": "source_url",
}


@dataclass(slots=True)
class _Names:
    """What codes, users and variables are called, by their GUIDs, and how many notes there are."""

    codes: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    notes: int = 0


def read(content: bytes) -> FileTable:
    """Read the selections of the texts of a project; rows are numbered as they stand there.

    A selection with several tags is as many rows, one with none is a row without a tag.

    Raises: UnreadableImport.
    """
    refuse_too_large(content)
    rows: list[FileRow] = []
    names = _Names()
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            project = archive.read(PROJECT)
            _refuse_entities(project)
            for source in _sources(project, names):
                for cells, text in _selections(archive, source, names):
                    rows.append(FileRow(len(rows) + 1, cells, text))
                    if len(rows) > MOST_ROWS:
                        refuse_too_many()
    except (*BROKEN_ZIP, KeyError, ParseError):
        message = "The file cannot be read as a REFI-QDA project: export it once more."
        raise UnreadableImport(message) from None
    return FileTable(rows, [f"notes of the project ({names.notes:,})"] if names.notes else [])


def _refuse_entities(project: bytes) -> None:
    """Refuse what could make a small file large; no such project has it.

    Raises: ValueError.
    """
    if b"<!DOCTYPE" in project or b"<!ENTITY" in project:
        message = "a project has no document type"
        raise ValueError(message)


def _sources(project: bytes, names: _Names) -> Iterator[Element]:
    """Yield each text with what is in it; what names codes and users stands before all of them."""
    for _event, element in iterparse(io.BytesIO(project), ["end"]):  # noqa: S314  (no entities)
        name = _local(element)
        if name == "Code":
            names.codes[_guid(element)] = element.get("name", "")
        elif name == "User":
            names.users[_guid(element)] = element.get("name", "")
        elif name == "Variable":
            names.variables[_guid(element)] = element.get("name", "")
        elif name == "Note":
            names.notes += 1
        elif name == "TextSource":
            yield element
            element.clear()


def _selections(
    archive: ZipFile, source: Element, names: _Names
) -> Iterator[tuple[dict[str, str], str]]:
    text = _text(archive, source)
    about = {"article_title": source.get("name", ""), **_variables(source, names)}
    for selection in _children(source, "PlainTextSelection"):
        start, end = (int(selection.get(f"{name}Position", "")) for name in ("start", "end"))
        note = next((each.text or "" for each in _children(selection, "Description")), "")
        cells = {
            **about,
            **cells_of_place(text, start, end),
            "note": note,
            "updated_at": selection.get("modifiedDateTime", ""),
        }
        for tag, themes, made in _codings(selection, names):
            user = made.get("creatingUser") or selection.get("creatingUser") or ""
            moment = made.get("creationDateTime") or selection.get("creationDateTime") or ""
            said = {"tag": tag, "themes": themes, "created_at": moment}
            yield {**cells, **said, "annotator": names.users.get(user.casefold(), "")}, text


def _codings(selection: Element, names: _Names) -> Iterator[tuple[str, str, Element]]:
    """Yield the tags of a selection with all of its themes, "" for none, and who gave each."""
    codes = [
        (names.codes[ref.get("targetGUID", "").casefold()], coding)
        for coding in _children(selection, "Coding")
        for ref in _children(coding, "CodeRef")
    ]
    themes = ";".join(name for name, _coding in codes if name.strip().casefold() not in TAGS)
    tagged = [(name, coding) for name, coding in codes if name.strip().casefold() in TAGS]
    for name, coding in tagged or [("", selection)]:
        yield name, themes, coding


def _text(archive: ZipFile, source: Element) -> str:
    path = source.get("plainTextPath", "")
    if path.startswith(INSIDE):
        return archive.read(f"sources/{path.removeprefix(INSIDE)}").decode("utf-8-sig")
    return next((each.text or "" for each in _children(source, "PlainTextContent")), "")


def _variables(source: Element, names: _Names) -> dict[str, str]:
    found = {}
    for value in _children(source, "VariableValue"):
        ref, *said = list(value)
        column = _VARIABLES.get(names.variables.get(ref.get("targetGUID", "").casefold(), ""))
        if column and said:
            found[column] = said[0].text or ""
    return found


def _children(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element if _local(each) == name)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _guid(element: Element) -> str:
    return element.get("guid", "").casefold()
