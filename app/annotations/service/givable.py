"""What may be given to an annotation: themes, parties and positions of its project, in use."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from app.parties.models import Party, Position
from app.parties.service import names
from app.themes.service import themes


def require_givable(
    session: Session,
    project_id: int,
    wanted: Mapping[str, Any],
    before: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Do nothing if all that is newly given can be, and stays so until the end.

    Both are fields of app/annotations/content.py as they are kept: what was there `before` may stay
    though it was archived since. Whoever merges or archives what is given holds it before the
    articles, and so must the caller.

    Raises: Invalid (something is archived, or none of the project's).
    """

    def new(name: str) -> set[int]:
        return _ids(wanted.get(name)) - _ids(before.get(name))

    themes.require_usable(session, project_id, new("themes"))
    for name, model in _MODELS.items():
        names.require_usable(session, model, project_id, new(name), field=name)


_MODELS = {"party": Party, "addressees": Party, "position": Position}


def _ids(value: int | tuple[int, ...] | None) -> set[int]:
    if value is None:
        return set()
    return {value} if isinstance(value, int) else set(value)
