"""Where the files of some annotations are: one link for each format."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from app.exports.queries.formats import FORMATS
from app.frozen import frozen


@frozen
class FileLink:
    """A file: how its format is called, what it is good for, and its address."""

    name: str
    purpose: str
    address: str


@frozen
class FileLinks:
    """What some annotations can be exported as, each by its address."""

    csv: str
    csv_with_semicolons: str
    others: Sequence[FileLink]
    brief: str
    dna: str


def file_links(scope: str, query: str = "", **values: Any) -> FileLinks:  # noqa: ANN401  (as url_for takes them)
    """Return where the files are of a "project", an "article" or "passages", for templates.

    `query` is the rest of their addresses, "" or "?…"; `values` are those of the path. The brief of
    a project is one of its passages. `dna` is where statements are exported for DNA.
    """
    # All end in the extension: one address is built, and not one for each format.
    csv = url_for(f"exports.{scope}_file", extension="csv", **values)
    stem = csv.removesuffix("csv")
    brief = "exports.article_brief" if scope == "article" else "exports.passages_brief"
    of_article = f"?article={values['article_id']}" if scope == "article" else query
    return FileLinks(
        csv=csv + query,
        csv_with_semicolons=f"{csv}{query}{'&' if query else '?'}sep=semicolon",
        others=[
            FileLink(each.name, each.purpose, stem + extension + query)
            for extension, each in FORMATS.items()
            if extension != "csv" and each.omissions is None
        ],
        brief=url_for(brief, **values) + query,
        dna=url_for("exports.statements_for_dna", slug=values["slug"]) + of_article,
    )
