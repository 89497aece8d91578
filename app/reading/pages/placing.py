"""What the page shows on which an annotation gets a place by hand, in whichever text."""

from bisect import bisect_right
from collections.abc import Sequence

from flask import request
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.accounts.views.current_account import current_account
from app.annotations.models import QUOTE_LIMIT, Annotation
from app.annotations.queries.names import Says, say
from app.annotations.state import AnnotationState
from app.articles.models import Article, Revision
from app.core.errors import GlossError
from app.frozen import frozen
from app.projects.models import Member
from app.reading.pages.article_ref import (
    ArticleRef,
    PlaceChoice,
    article_ref,
    suggestions_in,
    words_around,
)
from app.reading.pages.rendering.blocks import TELLING, DrawnBlock
from app.reading.pages.rendering.html import render_sections
from app.text.anchoring import differences, offset_in_new
from app.text.direction import Direction, direction_of_all


@frozen
class PlacingPage:
    """A text in which a passage is selected for an annotation that was made in another one.

    `before` and `after` are the words around the quote where it stood, in the revision with the
    number `revision`, and `near` is the number of the block that stands there now; `says` is what
    the annotation says beside its `tag`, and `fields` are what the form sends beside the passage.
    """

    article: ArticleRef
    language: str
    direction: Direction
    tag: str
    says: Says
    annotator: str
    quote: str
    before: str
    after: str
    revision: int
    near: int
    action: str
    fields: Sequence[tuple[str, str]]
    back: str
    back_label: str
    letter_keys: bool
    sections: Markup
    typed: str = ""
    problem: str = ""
    choices: tuple[PlaceChoice, ...] = ()
    nearest: PlaceChoice | None = None
    quote_limit: int = QUOTE_LIMIT


@frozen
class Form:
    """Where a placing page sends the passage, with what beside it, and where it leads back."""

    action: str
    back: str
    back_label: str
    fields: Sequence[tuple[str, str]] = ()


def placing_page(
    session: Session,
    member: Member,
    annotation: Annotation,
    *,
    text: str,
    blocks: Sequence[DrawnBlock],
    form: Form,
    error: GlossError | None,
) -> PlacingPage:
    """Build the page on which an annotation gets a place in a text, which is drawn as `blocks`."""
    article = session.get_one(Article, annotation.article_id)
    home = session.get_one(Revision, annotation.revision_id)
    start, end = annotation.start, annotation.end
    starts = [block.start for block in blocks]
    choices, nearest = suggestions_in(text, starts, error)
    near = offset_in_new(differences(home.text, text), start)
    before, after = words_around(home.text, start, end)
    return PlacingPage(
        article=article_ref(member, article),
        language=article.language,
        direction=direction_of_all(
            [block.direction for block in blocks[:TELLING]], article.language
        ),
        tag=annotation.tag,
        says=say(session, AnnotationState.of(annotation)),
        annotator=annotation.annotator.name,
        quote=annotation.quote,
        before=before,
        after=after,
        revision=home.number,
        near=max(1, bisect_right(starts, near)),
        action=form.action,
        fields=form.fields,
        back=form.back,
        back_label=form.back_label,
        letter_keys=current_account().letter_keys,
        sections=render_sections(blocks),
        typed=request.form.get("quote", ""),
        problem=error.message if error else "",
        choices=choices,
        nearest=nearest,
    )
