"""Annotations as linked data: one at its permalink, and those of a project a page at a time.

Addresses and headers are those that the Web Annotation Protocol (W3C Recommendation of 23 February
2017) has for reading.
"""

from collections.abc import Mapping, Sequence

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.annotations.models import Annotation
from app.annotations.service.annotations import NO_ANNOTATION
from app.annotations.views.recording import record_download
from app.core.arguments import refuse_unknown
from app.core.errors import NotFound
from app.exports.file_types import JSON, LINKED_DATA, MEDIA_TYPES, PROFILE
from app.exports.queries.annotation_pages import NO_PAGE, find_collection, find_page
from app.exports.queries.json_ld import find_annotations, to_json
from app.exports.queries.rows import Selection
from app.findings.queries.matching import is_seen
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.web.responses import read_number
from app.web.session import get_session

ANNOTATION = ('<http://www.w3.org/ns/ldp#Resource>; rel="type"',)
CONTAINER = (
    '<http://www.w3.org/ns/ldp#BasicContainer>; rel="type"',
    '<http://www.w3.org/TR/annotation-protocol/>; rel="http://www.w3.org/ns/ldp#constrainedBy"',
)
"""What the protocol lets the header Link say of each kind of resource."""

PAGES = "JSON-LD pages"  # as the audit calls them


def show_annotation(annotation: Annotation, member: Member) -> ResponseReturnValue:
    """Answer a permalink with the annotation itself.

    Raises: NotFound (it is in the trash).
    """
    found = find_annotations(get_session(), _selection(member), [annotation.id])
    if not found:
        raise NotFound(NO_ANNOTATION)
    response = _answer({"@context": PROFILE, **found[0]})
    _link(response, ANNOTATION)
    return response


def collection(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.EXPORT)
    refuse_unknown(request.args, ("after",))
    return answer_collection(member, url_for("web_annotations.collection", slug=slug))


def answer_collection(member: Member, path: str) -> Response:
    """Answer with the collection that is at a path, or with the page of it that is asked for.

    Pages are an export; what the collection says of itself is none.

    Raises: NotFound.
    """
    selection = _selection(member)
    address = selection.permalink_base + path
    asked = request.args.get("after")
    if asked is None:
        response = _answer(find_collection(get_session(), selection, address))
        response.headers["Content-Location"] = address
        return response
    after = read_number(asked)
    if after is None:
        raise NotFound(NO_PAGE)
    page = find_page(get_session(), selection, address, after)
    record_download(member, file_format=PAGES, is_piece=True)
    return _answer(page)


def say_what_it_is(response: Response) -> Response:
    """Say on each answer of the collection, refusals too, that it is one; a page is not."""
    if "after" not in request.args:
        _link(response, CONTAINER)
    return response


def _link(response: Response, links: Sequence[str]) -> None:
    for link in links:
        response.headers.add("Link", link)


def _selection(member: Member) -> Selection:
    return Selection(
        member.project_id,
        current_app.config["GLOSS"].permalink_base,
        conditions=is_seen(member),
        seen=is_seen(member, by_project=False),
    )


def _answer(said: Mapping[str, object]) -> Response:
    asked = request.accept_mimetypes.best_match(MEDIA_TYPES, default=LINKED_DATA)
    response = Response(to_json(said), mimetype=JSON if asked == JSON else LINKED_DATA)
    response.headers["Allow"] = ", ".join(sorted(current_app.make_default_options_response().allow))
    response.headers["Cache-Control"] = "private, no-cache"  # kept, and asked for by its ETag
    response.vary.add("Accept")
    response.add_etag()
    response.make_conditional(request)
    return response
