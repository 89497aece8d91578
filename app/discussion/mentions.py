"""Naming members by `@Name`: who is meant, and keeping it by account."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries import who_may_see
from app.core.errors import Invalid
from app.discussion.models import Mention
from app.discussion.texts import BEFORE

MOST_NAMED = 20  # in one text


class Person(NamedTuple):
    """Someone who can be named; `label` is how a text names them and nobody else."""

    account_id: int
    name: str
    label: str
    role: str


def people_for(session: Session, annotation: Annotation) -> list[Person]:
    """Return who can be named where an annotation is discussed: those who may see it, by name.

    Of several with one name each is called by name and number: "Ines Kaya (12)".
    """
    members = who_may_see(session, annotation)
    taken: dict[str, int] = defaultdict(int)
    for member in members:
        taken[member.account.name.lower()] += 1
    return [
        Person(
            member.account_id,
            member.account.name,
            member.account.name
            if taken[member.account.name.lower()] == 1
            else f"{member.account.name} ({member.account_id})",
            member.role,
        )
        for member in members
    ]


def find_names(
    text: str, people: Sequence[Person], *, field: str, known: Mapping[str, int]
) -> dict[str, int]:
    """Return the accounts that a text names, by how it calls them after the @.

    A whole name wins over the beginning of a longer one. Whoever cannot be meant is left as text.
    `known` are those whom the text named before it was edited, by whatever name they go now.

    Raises: Invalid (several are meant, or too many are named).
    """
    if "@" not in text:
        return {}
    meant = _labels(people)
    longest_first = sorted({*meant, *known}, key=len, reverse=True)
    labels = "|".join(map(re.escape, longest_first))
    named: dict[str, int] = {}
    for match in re.finditer(rf"{BEFORE}@({labels})(?!\w)", text, re.IGNORECASE):
        if match[1] in known:
            named[match[1]] = known[match[1]]
            continue
        found = meant.get(match[1].lower(), [])
        if len(found) > 1:
            several = "; ".join(f"@{person.label}, {person.role}" for person in found[:MOST_NAMED])
            message = f"“@{match[1]}” could be several people. Write one of these: {several}."
            raise Invalid(field, message)
        if found:
            named[match[1]] = found[0].account_id
    if len(set(named.values())) > MOST_NAMED:
        raise Invalid(field, f"This names more than {MOST_NAMED} people. Name fewer of them.")
    return named


def _labels(people: Sequence[Person]) -> Mapping[str, list[Person]]:
    """Return who is meant by each label, by each whole name, and by the words that begin one."""
    whole: dict[str, list[Person]] = defaultdict(list)
    begun: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for label in {person.label.lower(), person.name.lower()}:
            whole[label].append(person)
        words = person.name.lower().split(" ")
        for count in range(1, len(words)):
            begun[" ".join(words[:count])].append(person)
    return {**begun, **whole}


def keep(
    session: Session,
    *,
    annotation_id: int,
    author_id: int,
    comment_id: int | None,
    named: Mapping[str, int],
    event_id: int,
) -> set[int]:
    """Keep whom a text names, in place of whom it named before; return whom it names anew."""
    before = _of(session, annotation_id, author_id, comment_id)
    known = {mention.account_id: mention.event_id for mention in before}
    session.execute(delete(Mention).where(Mention.id.in_([mention.id for mention in before])))
    session.add_all(
        Mention(
            annotation_id=annotation_id,
            author_id=author_id,
            comment_id=comment_id,
            account_id=account_id,
            written=written,
            event_id=known.get(account_id, event_id),
        )
        for written, account_id in named.items()
    )
    return set(named.values()) - set(known)


def named_in(
    session: Session, *, annotation_id: int, author_id: int, comment_id: int | None
) -> dict[str, int]:
    """Return the accounts that a comment or a reason names now, by how it calls them."""
    mentions = _of(session, annotation_id, author_id, comment_id)
    return {mention.written: mention.account_id for mention in mentions}


def _of(
    session: Session, annotation_id: int, author_id: int, comment_id: int | None
) -> list[Mention]:
    query = select(Mention).where(
        Mention.annotation_id == annotation_id,
        Mention.author_id == author_id,
        Mention.comment_id == comment_id,
    )
    return list(session.scalars(query))
