"""What the forms of parties and positions send, as it was typed."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.core.choosing import Chosen
from app.core.errors import Invalid
from app.core.names import SEPARATOR
from app.frozen import frozen
from app.parties import queries
from app.parties.fields import CALLED, read_affiliations
from app.parties.models import Named, Party
from app.parties.service.affiliations import FIELD
from app.parties.service.choosing import UnknownNamed, choose
from app.parties.state import Affiliated
from app.projects.models import Member
from app.web.responses import read_number

_FIELDS = ("kind", "note")


class AffiliationTyped(NamedTuple):
    """A row of the form: the name of an organisation, and two days, as they were typed."""

    organization: str = ""
    since: str = ""
    until: str = ""


@frozen
class NamedChangeForm:
    """What is to be said of a party or a position that is still at `version`.

    `affiliations` is None where the form has none.
    """

    version: int
    typed: Mapping[str, str]
    affiliations: Sequence[AffiliationTyped] | None

    @classmethod
    def read(cls, form: MultiDict[str, str], model: type[Named]) -> "NamedChangeForm":
        """Read a form as it was sent: what one is called is sent as `called`."""
        typed = {name: form[name] for name in _FIELDS if name in form}
        if "called" in form:
            typed[CALLED[model.SUBJECT]] = form["called"]
        rows = None
        if model is Party and "organization" in form:
            columns = (form.getlist(name) for name in AffiliationTyped._fields)
            rows = [AffiliationTyped(*row) for row in zip_longest(*columns, fillvalue="")]
        return cls(read_number(form.get("version")) or 0, typed, rows)


def find_affiliations(
    session: Session, member: Member, rows: Sequence[AffiliationTyped] | None
) -> tuple[Affiliated, ...] | None:
    """Return the affiliations that rows of the form mean, None for None; an empty row is none.

    Raises: Invalid (there is no party of such a name, or a day is none).
    """
    if rows is None:
        return None
    named = [row for row in rows if row.organization.strip()]
    for row in rows:
        if row not in named and (row.since.strip() or row.until.strip()):
            message = "A day stands without an organisation. Name it, or take the day away."
            raise Invalid(FIELD, message)
    names = [row.organization for row in named]
    found = queries.find_called(session, Party, member.project_id, names)
    for name in names:
        if Party.key_of(name) not in found:
            message = (
                f"There is no party “{name}” in this project. Make it first, or choose another."
            )
            raise Invalid(FIELD, message)
    ids = [str(found[Party.key_of(row.organization)].main_id) for row in named]
    try:
        return read_affiliations(
            (party_id, row.since, row.until) for party_id, row in zip(ids, named, strict=True)
        )
    except Invalid as error:
        raise Invalid(FIELD, error.message) from None


def find_other(
    session: Session, member: Member, model: type[Named], typed: str, *, than: int
) -> int | None:
    """Return the id of what a typed name or sentence means, of the main one, None for no words.

    Raises: Invalid (there is none such; the nearest are named, others `than` the one of that id).
    """
    try:
        ids = choose(session, model, actor=member, chosen=Chosen("", names=typed), field="main")
    except UnknownNamed as error:
        near = [
            f"“{row.called}”"
            for row in error.unknown[0].nearest
            if isinstance(row, Named) and row.id != than
        ]
        message = f"There is no {model.SUBJECT} “{error.unknown[0].name}”."
        advice = f"Near to it: {', '.join(near)}." if near else "Choose an existing one."
        raise Invalid("main", f"{message} {advice}") from None
    if SEPARATOR in ids:
        raise Invalid("main", f"These are several. Name the one {model.SUBJECT} that you mean.")
    row_id = read_number(ids)
    if row_id is None:
        return None
    return queries.find(session, model, project_id=member.project_id, row_id=row_id).main_id
