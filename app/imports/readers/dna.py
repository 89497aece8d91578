"""Statements in a CSV of Discourse Network Analyzer (DNA): its own event list, or one made for it.

DNA 3 names its columns `statement ID`, `document title`, `author` … and writes `,` for a semicolon
and `'` for a quotation mark (leifeld/dna, Exporter.java, eventCSV). What Gloss writes for it
(app/exports/queries/dna_file.py) keeps both, with underscores in the names.
"""

from collections.abc import Iterable, Mapping

_DOCUMENT = {"title": "document_title", "author": "document_author", "source": "document_source"}
_SIDES = {"1": "for", "true": "for", "yes": "for", "0": "against", "false": "against"}
_SIDES |= {"no": "against", "": ""}
_NEEDED = {"text", "concept", "agreement"}
_SAID = {
    "document_id": "article_id",
    "document_title": "article_title",
    "document_author": "article_author",
    "document_source": "publication",
    "text": "quote",
    "start_position": "start",
    "stop_position": "end",
    "coder": "annotator",
    "concept": "position",
}
"""What is read as it stands, with our columns."""
TAG = "claim"  # of a statement, which has no tag there


def columns_of(heading: Iterable[str]) -> list[str] | None:
    """Return the columns that a heading names, None where it is none of DNA."""
    folded = ["_".join(name.strip().casefold().split()) for name in heading]
    names = [_DOCUMENT.get(name, name) for name in folded]
    is_of_dna = set(names) >= _NEEDED and "tag" not in names
    return names if is_of_dna and {"person", "organization"} & set(names) else None


def is_written_by_dna(heading: Iterable[str]) -> bool:
    """Say whether DNA itself wrote a heading of its own: then no cell has our apostrophe."""
    return "statement ID" in heading


def cells_of(said: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of our columns from those of DNA, by its names.

    A person speaks for the organization beside them; an organization alone is the party.
    """
    cells = {ours: said[name] for name, ours in _SAID.items() if name in said}
    if "time" in said:
        cells["published_on"] = said["time"].strip()[:10]
    person = said.get("person", "").strip()
    organization = said.get("organization", "").strip()
    agreement = said["agreement"].strip()
    return cells | {
        "tag": TAG,
        "party": person or organization,
        "party_kind": "person" if person else "organization" if organization else "",
        "party_organization": organization if person else "",
        "side": _SIDES.get(agreement.casefold(), agreement),
    }
