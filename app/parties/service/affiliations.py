"""What must be true of the organisations that a person speaks for."""

from datetime import date
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Invalid
from app.parties.models import Affiliation, Party
from app.parties.state import PartyState

MOST_AFFILIATIONS = 20  # of a person
FIELD = "affiliations"


def check_affiliations(session: Session, party: Party, wanted: PartyState) -> None:
    """Do nothing if a party may be what is wanted of it.

    Raises: Invalid (others speak for a person, an organisation speaks for another one, there is no
    such organisation, the days of two overlap or end before they begin, there are too many).
    """
    affiliations = wanted.affiliations
    spoken_for = select(Affiliation.id).where(Affiliation.organization_id == party.id).limit(1)
    if wanted.kind == "person" and session.scalar(spoken_for) is not None:
        message = (
            "Others speak for this party, so it cannot be a person. Take that away from them first."
        )
        raise Invalid("kind", message)
    if not affiliations:
        return
    if wanted.kind == "organization":
        message = "An organisation speaks for itself: say that it is a person, or take these away."
        raise Invalid(FIELD, message)
    if len(affiliations) > MOST_AFFILIATIONS:
        message = (
            f"A person has at most {MOST_AFFILIATIONS} organisations; these are "
            f"{len(affiliations):,}. Take some away."
        )
        raise Invalid(FIELD, message)
    if any(one.since and one.until and one.until < one.since for one in affiliations):
        raise Invalid(FIELD, "The last day is before the first. Put them the other way round.")
    for one, following in pairwise(affiliations):
        if (one.until or date.max) >= (following.since or date.min):
            message = (
                "On some days this person would speak for two organisations. Let each end on the "
                "day before the next begins."
            )
            raise Invalid(FIELD, message)
    ids = {one.organization for one in affiliations}
    there = select(Party.id).where(
        Party.project_id == party.project_id,
        Party.id.in_(sorted(ids - {party.id})),
        Party.kind != "person",
    )
    if set(session.scalars(there)) != ids:
        message = "Choose an organisation of this project, and not a person or the party itself."
        raise Invalid(FIELD, message)
