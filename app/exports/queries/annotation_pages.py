"""All annotations of a project as a collection with pages, by the Web Annotation Data Model.

Pages follow one another by the ids of annotations: what is added, deleted or moved while somebody
goes through them neither doubles nor hides another one.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.errors import NotFound
from app.exports.file_types import PROFILE
from app.exports.queries.columns import moment_text
from app.exports.queries.json_ld import ProjectRef, find_annotations
from app.exports.queries.rows import Selection

PAGE_SIZE = 500  # annotations; about half a megabyte
NO_PAGE = "There are no annotations on this page. Begin with the first page of the collection."

_id = Annotation.__table__.c.id
_Object = Mapping[str, object]


def find_collection(session: Session, selection: Selection, address: str) -> _Object:
    """Return what a collection is: how many annotations it has, its first and its last page.

    `address` is where it is; those of its pages begin with it.

    It says when an annotation was last changed, and so is another one after each change.
    """
    total, _before = _count(session, selection, 0)
    said: dict[str, object] = {
        "@context": PROFILE,
        "id": address,
        "type": "AnnotationCollection",
        "label": ProjectRef.of(session, selection).name,
        "total": total,
    }
    if total:
        on_last = total % PAGE_SIZE or PAGE_SIZE
        before_last = _ids(session, selection, _id > 0, is_back=True, limit=on_last + 1)[on_last:]
        said["first"] = _page(address, 0)
        said["last"] = _page(address, before_last[0] if before_last else 0)
    changed_at = session.scalar(
        select(func.max(Annotation.updated_at)).where(*selection.conditions)
    )
    if changed_at is not None:
        said["modified"] = moment_text(changed_at)
    return said


def find_page(session: Session, selection: Selection, address: str, after: int) -> _Object:
    """Return the page with the annotations that follow an id, 0 for the first page.

    Raises: NotFound (none follows).
    """
    ids = _ids(session, selection, _id > after, limit=PAGE_SIZE + 1)
    items = find_annotations(session, selection, ids[:PAGE_SIZE])
    if not items:
        raise NotFound(NO_PAGE)
    total, before = _count(session, selection, after)
    said: dict[str, object] = {
        "@context": PROFILE,
        "id": _page(address, after),
        "type": "AnnotationPage",
        "partOf": {
            "id": address,
            "type": "AnnotationCollection",
            "label": ProjectRef.of(session, selection).name,
            "total": total,
        },
        "startIndex": before,
    }
    if before:
        earlier = _ids(session, selection, _id <= after, is_back=True, limit=PAGE_SIZE + 1)
        said["prev"] = _page(address, earlier[PAGE_SIZE] if len(earlier) > PAGE_SIZE else 0)
    if len(ids) > PAGE_SIZE:
        said["next"] = _page(address, ids[PAGE_SIZE - 1])
    return {**said, "items": items}


def _page(address: str, after: int) -> str:
    return f"{address}?after={after}"


def _ids(
    session: Session,
    selection: Selection,
    condition: ColumnElement[bool],
    *,
    limit: int,
    is_back: bool = False,
) -> Sequence[int]:
    """Return the first ids, or the last ones if it goes back, for which a condition is true."""
    query = select(_id).where(condition, *selection.seen)
    return session.scalars(query.order_by(_id.desc() if is_back else _id).limit(limit)).all()


def _count(session: Session, selection: Selection, after: int) -> tuple[int, int]:
    """Return how many annotations there are, and how many up to an id."""
    query = select(func.count(), func.count().filter(_id <= after))
    row = session.execute(query.select_from(Annotation.__table__).where(*selection.conditions))
    total, before = row.one()
    return total, before
