"""What programs get, as values of JSON; the schemas are those of app/api/schemas.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.annotations.content import shown_of
from app.annotations.state import AnnotationState
from app.api.queries import AnnotationRow
from app.articles.models import Article, Revision
from app.articles.queries.content import BlockValues
from app.parties.models import Party, Position
from app.parties.state import PartyState
from app.projects.models import Member
from app.themes.models import Theme

Json = dict[str, Any]


def project_json(member: Member) -> Json:
    """Return a project as one of its members has it."""
    project = member.project
    return {
        "slug": project.slug,
        "name": project.name,
        "role": member.role,
        "mode": project.mode,
        "is_archived": member.is_in_archive,
    }


def article_json(article: Article, revision: Revision, text_url: str) -> Json:
    """Return an article, without its text."""
    return {
        "id": article.id,
        "title": article.title,
        "author": article.author,
        "publication": article.publication,
        "published_on": article.published_on and article.published_on.isoformat(),
        "source_url": article.source_url,
        "language": article.language,
        "revision": revision.number,
        "words": revision.words,
        "is_archived": article.archived_at is not None,
        "created_at": _moment(article.created_at),
        "text_url": text_url,
    }


def text_json(article_id: int, revision: Revision, blocks: Sequence[BlockValues]) -> Json:
    """Return the text of a revision with the ranges of its blocks."""
    return {
        "article": article_id,
        "revision": revision.number,
        "text": revision.text,
        "blocks": [
            {
                "number": block.number,
                "kind": block.kind,
                "level": block.level,
                "start": block.start,
                "end": block.end,
            }
            for block in blocks
        ],
    }


def theme_json(theme: Theme) -> Json:
    """Return a theme."""
    return {
        "id": theme.id,
        "name": theme.name,
        "definition": theme.definition,
        "parent": theme.parent_id,
        "is_archived": theme.archived_at is not None,
    }


def party_json(party: Party) -> Json:
    """Return a party."""
    state = PartyState.of(party)
    return {
        "id": party.id,
        "name": party.name,
        "kind": party.kind,
        "note": party.note,
        "alias_of": party.alias_of_id,
        "affiliations": [
            {
                "organization": each.organization,
                "since": each.since and each.since.isoformat(),
                "until": each.until and each.until.isoformat(),
            }
            for each in state.affiliations
        ],
        "is_archived": party.archived_at is not None,
    }


def position_json(position: Position) -> Json:
    """Return a position."""
    return {
        "id": position.id,
        "sentence": position.sentence,
        "note": position.note,
        "alias_of": position.alias_of_id,
        "is_archived": position.archived_at is not None,
    }


def annotation_json(row: AnnotationRow, slug: str, permalink_base: str) -> Json:
    """Return an annotation of a project; its permalink begins with `permalink_base`."""
    annotation = row.annotation
    state = AnnotationState.of(annotation)
    return {
        "id": annotation.id,
        "project": slug,
        "article": annotation.article_id,
        "revision": row.revision,
        "is_placed": bool(row.is_placed),
        "block": annotation.first_block,
        "start": annotation.start,
        "end": annotation.end,
        "quote": annotation.quote,
        "prefix": annotation.prefix,
        "suffix": annotation.suffix,
        **shown_of(state),
        "annotator": {"id": annotation.account_id, "name": annotation.annotator.name},
        "version": annotation.version,
        "created_at": _moment(annotation.created_at),
        "updated_at": _moment(annotation.updated_at),
        "deleted_at": annotation.deleted_at and _moment(annotation.deleted_at),
        "made_blind": annotation.made_blind,
        "permalink": f"{permalink_base}/annotations/{annotation.id}",
    }


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")
