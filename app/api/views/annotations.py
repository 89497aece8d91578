"""What programs do with annotations: list, make, change, delete and restore them."""

from dataclasses import replace
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations import content
from app.annotations.forms import KEY_LIMIT, read_key
from app.annotations.models import Annotation
from app.annotations.queries.anchors import (
    NO_WORDS,
    NowhereFound,
    OtherPlaces,
    PassageQuery,
    SeveralPlaces,
)
from app.annotations.service import annotations as service
from app.annotations.service.annotations import IN_TRASH, EditConflict
from app.annotations.service.duplicates import KEY_USED, DuplicateAnnotation
from app.api.operations import Operation, Parameter, describes
from app.api.pages.resources import Json, annotation_json
from app.api.parameters import AFTER, ASKED, LIMIT
from app.api.queries import list_annotations, with_ids
from app.api.schemas import ID, PASSAGE
from app.api.views.answers import (
    address_of,
    answer_json,
    base,
    draw_annotation,
    next_address,
    read_limit,
)
from app.api.views.bodies import as_typed, read_body
from app.api.views.caller import current_caller
from app.articles.models import Article
from app.articles.queries import articles
from app.core.arguments import refuse_ignored
from app.core.errors import Conflict, GlossError, Invalid
from app.events.service import last_recorded
from app.findings.asked import Asked, Grouping, ask
from app.findings.queries.passages import list_places, read_place
from app.projects.models import Member
from app.projects.roles import Act
from app.reading.views.reading_page import new_key
from app.text.anchoring import CONTEXT_READ
from app.web.access import by_token
from app.web.problems import Problem
from app.web.responses import read_number
from app.web.session import get_session

VERSION = Parameter("version", "The version that is to be deleted.", ID, is_required=True)
EXAMPLE = {"quote": "The council must close the road.", "tag": "demand", "note": "By when?"}
REFUSED = (400, 403, 404, 409, 413, 415, 422)

CHANGED = "It was changed since that version: `current` is the annotation as it is now."
DUPLICATE = "The same person has tagged the same passage so already: see `duplicate`."
SEVERAL = "These words occur several times: say by start, prefix or suffix which of `places`."
OTHER_WORDS = "The article has other words at this place: `places` are where yours occur."
NOWHERE = "These words do not occur in the article as they are written here."
FOR_PROGRAMS = {
    IN_TRASH: "The annotation is in the trash. Restore it first.",
    KEY_USED: "This key was sent before, for something else. Send another one.",
    NO_WORDS: "Say the passage by its quote, or by start, end and revision.",
}
"""What programs are told otherwise than people, by what people are told."""


@by_token
@describes(
    Operation(
        "list_annotations",
        "List the passages that an address asks for, as the page Passages does",
        {200: "Annotations"},
        refusals=(404, 422),
        parameters=(*ASKED, LIMIT, AFTER),
        words="Of one facet any of the values has to fit, of different ones each.",
    )
)
def passages(slug: str) -> ResponseReturnValue:
    member = current_caller().member(slug)
    asked = replace(read_asked(), group=Grouping.NOTHING)
    limit = read_limit()
    written = request.args.get(AFTER.name)
    after = read_place(written)
    if written is not None and after is None:
        raise Invalid(AFTER.name, "Follow `next` as it is: it says where a page begins.")
    session = get_session()
    places = list_places(session, member, asked, after=after, limit=limit + 1)
    shown = places[:limit]
    rows = list_annotations(session, member, [place.id for place in shown])
    following = next_address(shown[-1].written) if len(places) > limit else None
    items = [annotation_json(row, slug, base()) for row in rows]
    return answer_json({"items": items, "next": following})


def read_asked() -> Asked:
    """Return what the address asks of the passages.

    Raises: Invalid (a value that nobody knows: it would pass for everything).
    """
    asked, ignored = ask(request.args)
    refuse_ignored(ignored)
    return asked


@by_token
@describes(Operation("get_annotation", "Get an annotation", {200: "Annotation"}, (404, 422)))
def get(annotation_id: int) -> ResponseReturnValue:
    annotation, member = current_caller().annotation(annotation_id)
    return answer_json(draw_annotation(member, annotation))


@by_token
@describes(
    Operation(
        "create_annotation",
        "Tag a passage, by its words or by its offsets",
        {200: "Annotation", 201: "Annotation"},
        refusals=REFUSED,
        body="NewAnnotation",
        words="200 where the same key or the same act made it before.",
        example=EXAMPLE,
    )
)
def create(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_caller().member(slug, Act.TAG)
    session = get_session()
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    body = read_body("NewAnnotation")
    corrected: Conflict | None = None
    asked: PassageQuery | None
    try:
        asked = _passage(session, article, body)
    except Conflict as conflict:  # what the key has made before it was corrected is still made
        corrected, asked = conflict, None
    try:
        annotation = service.create(
            session,
            actor=member,
            article_id=article.id,
            asked=asked or PassageQuery(""),
            client_key=_key(body),
            **_typed(session, member, body),
        )
    except (Invalid, Conflict) as error:
        raise _refusal(member, corrected or error) from None
    is_new = last_recorded(session) is not None
    drawn = draw_annotation(member, annotation)
    session.commit()
    answer = answer_json(drawn, 201 if is_new else 200)
    answer.headers["Location"] = address_of("api_annotations.get", annotation_id=annotation.id)
    return answer


@by_token
@describes(
    Operation(
        "change_annotation",
        "Change what is given of an annotation",
        {200: "Annotation"},
        refusals=REFUSED,
        body="AnnotationChange",
        words="Where its version is another by now: 409, with the annotation as it is.",
        example={"version": 1, "note": "By the spring."},
    )
)
def change(annotation_id: int) -> ResponseReturnValue:
    annotation, member = current_caller().annotation(annotation_id)
    session = get_session()
    body = read_body("AnnotationChange")
    article = session.get_one(Article, annotation.article_id)
    try:
        changed = service.change(
            session,
            actor=member,
            annotation_id=annotation_id,
            version=body["version"],
            asked=_passage(session, article, body),
            **_typed(session, member, body),
        )
    except (Invalid, Conflict) as error:
        raise _refusal(member, error) from None
    return _commit(session, member, changed)


@by_token
@describes(
    Operation(
        "delete_annotation",
        "Move an annotation to the trash; a second time changes nothing",
        {200: "Annotation"},
        refusals=(403, 404, 409, 422),
        parameters=(VERSION,),
    )
)
def delete(annotation_id: int) -> ResponseReturnValue:
    _annotation, member = current_caller().annotation(annotation_id)
    version = read_number(request.args.get(VERSION.name))
    if version is None:
        raise Invalid(VERSION.name, "Say which version is to be deleted, as “?version=1”.")
    session = get_session()
    try:
        deleted = service.delete(
            session, actor=member, annotation_id=annotation_id, version=version
        )
    except Conflict as error:
        raise _refusal(member, error) from None
    return _commit(session, member, deleted)


@by_token
@describes(
    Operation(
        "restore_annotation",
        "Take an annotation out of the trash; a second time changes nothing",
        {200: "Annotation"},
        refusals=(403, 404, 409, 422),
    )
)
def restore(annotation_id: int) -> ResponseReturnValue:
    _annotation, member = current_caller().annotation(annotation_id)
    session = get_session()
    try:
        restored = service.restore(session, actor=member, annotation_id=annotation_id)
    except Conflict as error:
        raise _refusal(member, error) from None
    return _commit(session, member, restored)


def _commit(session: Session, member: Member, annotation: Annotation) -> ResponseReturnValue:
    drawn = draw_annotation(member, annotation)
    session.commit()
    return answer_json(drawn)


def _typed(session: Session, member: Member, body: Json) -> dict[str, str]:
    """Return the fields that were sent, as a form has them.

    Raises: Invalid.
    """
    sent = with_ids(session, member.project_id, body)
    return {name: as_typed(sent[name]) for name in content.RULES if name in sent}


def _key(body: Json) -> str:
    """Return the key of a create, made here where none was sent.

    Raises: Invalid.
    """
    if "client_key" not in body:
        return new_key()
    try:
        return read_key(body["client_key"])
    except Invalid:
        message = f"A key has 1 to {KEY_LIMIT} characters, all of them printable."
        raise Invalid("client_key", message) from None


def _passage(session: Session, article: Article, body: Json) -> PassageQuery | None:
    """Return the passage that is meant, by its words or by offsets alone; None where none is.

    Raises: Invalid (offsets that the text has not), Conflict (another revision is meant).
    """
    if not PASSAGE.keys() & body.keys():
        return None
    is_by_offsets = "quote" not in body
    needed = ("start", "end", "revision") if is_by_offsets else ()
    for name in needed:
        if name not in body:
            raise Invalid(name, "Without a quote, start, end and revision are all needed.")
    revision = articles.current_revision_slim(session, article.id)
    if body.get("revision", revision.number) != revision.number:
        message = f"The article is at revision {revision.number} now. Read its text again."
        raise Conflict(message)
    if not is_by_offsets:
        return PassageQuery(
            quote=body["quote"],
            start=body.get("start"),
            prefix=body.get("prefix", "")[-CONTEXT_READ:],
            suffix=body.get("suffix", "")[:CONTEXT_READ],
        )
    text = articles.current_revision(session, article.id).text
    start, end = body["start"], body["end"]
    if not start < end <= len(text):
        message = f"The text has {len(text):,} characters, and a passage begins before it ends."
        raise Invalid("end", message)
    return PassageQuery(quote=text[start:end], start=start)


def _refusal(member: Member, error: GlossError) -> GlossError:
    """Return a refusal in words for a program, with what helps it to go on."""
    message = FOR_PROGRAMS.get(error.message, error.message)
    more: dict[str, Any] = {}
    if isinstance(error, EditConflict):
        message = CHANGED
        more["current"] = draw_annotation(member, error.annotation)
    elif isinstance(error, DuplicateAnnotation):
        message = DUPLICATE
        more["duplicate"] = draw_annotation(member, error.annotation)
    elif isinstance(error, SeveralPlaces):
        message = OTHER_WORDS if isinstance(error, OtherPlaces) else SEVERAL
        more["places"] = [{"start": start, "end": end} for start, end in error.places]
    elif isinstance(error, NowhereFound):
        message = NOWHERE
        if error.nearest is not None:
            more["nearest"] = dict(zip(("start", "end"), error.nearest, strict=True))
    if isinstance(error, Invalid):
        more["errors"] = {error.field: [message]}
    return Problem(error.status, message, **more)
