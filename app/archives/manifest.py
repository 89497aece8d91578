"""The manifest of a project archive: what is in it, and how to see that it is whole."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from app.frozen import frozen

FORMAT = "gloss-project-archive"
VERSION = 1
MANIFEST = "manifest.json"
DICTIONARY = "README.md"
MANIFEST_LIMIT = 1_000_000  # bytes


@frozen
class ArchivedFile:
    """What is known of a file: its rows, its length in bytes, its SHA-256 in hexadecimal."""

    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveManifest:
    """What is in an archive: its files by name, and the project as it was called.

    `revisions` are those of the tables, as Alembic notes them. `permalinks` is what the addresses
    of annotations began with, which stand in the guidelines.
    """

    format: str
    version: int
    made_at: str
    revisions: list[str]
    slug: str
    name: str
    permalinks: str
    files: Mapping[str, ArchivedFile]

    def to_json(self) -> str:
        """Write the manifest as JSON that people can read, too."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, written: bytes) -> Self:
        """Read a manifest.

        Raises: ValueError, TypeError, KeyError, AttributeError, RecursionError (it is none).
        """
        given: dict[str, Any] = dict(json.loads(written))
        files = {str(name): ArchivedFile(**fact) for name, fact in given.pop("files").items()}
        made = cls(files=files, **given)
        words = (made.format, made.made_at, made.slug, made.name, made.permalinks, *made.revisions)
        hashes = (fact.sha256 for fact in files.values())
        numbers = [made.version, *(n for fact in files.values() for n in (fact.rows, fact.size))]
        if not all(isinstance(each, str) for each in (*words, *hashes)) or not all(
            type(each) is int and each >= 0 for each in numbers
        ):
            message = "a value of another kind"
            raise TypeError(message)
        return made
