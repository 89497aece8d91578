"""The parties and positions that rows of a file name: found by any name, made where missing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.events.service import NewEvent
from app.imports.outcomes import Who
from app.parties import queries
from app.parties.kinds import KINDS
from app.parties.models import Affiliation, Named, Party, Position
from app.parties.service.names import MOST, PLURALS
from app.parties.state import state_of

Model = TypeVar("Model", bound=Named)


class NamedIds(NamedTuple):
    """The ids of parties and of positions, by what their names are found by."""

    parties: Mapping[str, int]
    positions: Mapping[str, int]

    def fields_of(self, who: Who) -> dict[str, Any]:
        """Return who says what to whom as an annotation keeps it."""
        addressees = {self.parties[Party.key_of(name)] for name in who.addressees}
        return {
            "party": self.parties[Party.key_of(who.party)] if who.party else None,
            "addressees": tuple(sorted(addressees)),
            "position": self.positions[Position.key_of(who.position)] if who.position else None,
            "side": who.side,
        }


def find_or_make(
    session: Session, project_id: int, whos: Sequence[Who]
) -> tuple[NamedIds, list[NewEvent]]:
    """Return all that rows name, and how those came to be that were made for them.

    An archived one is given as it is: what is imported had it before. A party that is made has the
    kind and the organisation that the first row with one says; one that is here keeps its own.

    Raises: Conflict (there would be too many, or someone made one of them at this moment).
    """
    parties = _find(session, Party, project_id, (name for who in whos for name in who.names))
    positions = _find(session, Position, project_id, (who.position for who in whos if who.position))
    made: list[Named] = [*parties.made, *positions.made]
    _describe(parties, whos)
    try:
        with session.begin_nested():
            session.add_all(made)
            session.flush()
            _affiliate(parties, whos)
    except IntegrityError:
        message = (
            "Someone made one of these parties or positions at this moment. "
            "Nothing was imported: try again."
        )
        raise Conflict(message) from None
    changes = [
        NewEvent(KINDS[row.SUBJECT].created, row.subject, None, state_of(row).to_json())
        for row in made
    ]
    return NamedIds(parties.ids, positions.ids), changes


class _Found(NamedTuple):
    rows: Mapping[str, Named]
    made: Sequence[Named]

    @property
    def ids(self) -> Mapping[str, int]:
        return {key: row.id for key, row in self.rows.items()}


def _find(session: Session, model: type[Model], project_id: int, names: Iterable[str]) -> _Found:
    missing: dict[str, str] = {}
    for name in names:
        missing.setdefault(model.key_of(name), name)
    known = queries.find_called(session, model, project_id, missing.values())
    made = [
        model(project_id=project_id, called=name, note="", archived_at=None, version=1)
        for key, name in missing.items()
        if key not in known
    ]
    if made and len(made) + queries.count(session, model, project_id) > MOST[model.SUBJECT]:
        plural = PLURALS[model.SUBJECT]
        message = f"A project has at most {MOST[model.SUBJECT]:,} {plural}. Merge some of them."
        raise Conflict(message)
    return _Found({**known, **{row.folded: row for row in made}}, made)


def _describe(parties: _Found, whos: Sequence[Who]) -> None:
    """Say of those that are made whether they are persons or organisations."""
    kinds = {Party.key_of(who.organization): "organization" for who in whos if who.organization}
    for who in whos:
        kind = who.kind or ("person" if who.speaks_for_another else "")
        if kind:
            kinds.setdefault(Party.key_of(who.party), kind)
    for row in parties.made:
        if isinstance(row, Party):
            row.kind, row.affiliations = kinds.get(row.folded, ""), []


def _affiliate(parties: _Found, whos: Sequence[Who]) -> None:
    """Let persons that are made speak for the organisation that is named first beside them."""
    made = {row.folded: row for row in parties.made if isinstance(row, Party)}
    for who in whos:
        person = made.get(Party.key_of(who.party)) if who.speaks_for_another else None
        if person is not None and person.kind == "person" and not person.affiliations:
            organization = parties.rows[Party.key_of(who.organization)]
            person.affiliations = [
                Affiliation(organization_id=organization.main_id, since=None, until=None)
            ]
