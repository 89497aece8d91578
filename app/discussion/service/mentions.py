"""Naming members by `@Name`: who is meant, and keeping it by account."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.annotations import who_may_see
from app.core.errors import Invalid
from app.core.names import disambiguate_names
from app.discussion.models import Mention
from app.discussion.texts import calls_in
from app.projects.models import Member
from app.web.filters import utc

MOST_NAMED = 20  # in one text


class Mentionable(NamedTuple):
    """Someone who can be named; `label` is how a text names them and nobody else.

    `joined_at` tells those of one name apart, None where there is nobody else of theirs.
    """

    account_id: int
    name: str
    label: str
    role: str
    joined_at: datetime | None = None


def people_for(session: Session, annotation: Annotation) -> list[Mentionable]:
    """Return who can be named where an annotation is discussed: those who may see it, by name.

    Of several with one name each is called by name and number: "Ines Kaya (12)".
    """
    members = who_may_see(session, annotation)
    labels = dict(
        disambiguate_names((member.account_id, member.account.name) for member in members)
    )
    return [_person(member, labels[member.account_id]) for member in members]


def _person(member: Member, label: str) -> Mentionable:
    name = member.account.name
    joined_at = member.joined_at if label != name else None
    return Mentionable(member.account_id, name, label, member.role, joined_at)


def find_names(
    text: str, people: Sequence[Mentionable], *, field: str, known: Mapping[str, int]
) -> dict[str, int]:
    """Return the accounts that a text names, by how it calls them after the @.

    A whole name wins over the beginning of a longer one. Whoever cannot be meant is left as text.
    `known` are those whom the text named before it was edited, by whatever name they go now.

    Raises: Invalid (several are meant, or too many are named).
    """
    meant = _labels(people)
    named: dict[str, int] = {}
    former = {written.casefold(): account_id for written, account_id in known.items()}
    for call in calls_in(text, {*meant, *former}):
        written = text[call.start + 1 : call.end]
        if call.label in former:
            named[written] = former[call.label]
            continue
        found = meant.get(call.label, [])
        if len(found) > 1:
            several = "; ".join(map(_disambiguated, found[:MOST_NAMED]))
            message = f"“@{written}” could be several people. Write one of these: {several}."
            raise Invalid(field, message)
        if found:
            named[written] = found[0].account_id
    if len(set(named.values())) > MOST_NAMED:
        raise Invalid(field, f"This names more than {MOST_NAMED} people. Name fewer of them.")
    return named


def _labels(people: Sequence[Mentionable]) -> Mapping[str, list[Mentionable]]:
    """Return who is meant by each label, by each whole name, and by the words that begin one.

    The full stop at the end of a name or word may be left out.
    """
    whole: dict[str, list[Mentionable]] = defaultdict(list)
    begun: dict[str, list[Mentionable]] = defaultdict(list)
    for person in people:
        name = person.name.casefold()
        for label in {person.label.casefold(), name}:
            whole[label].append(person)
        words = name.split(" ")
        beginnings = {" ".join(words[:count]) for count in range(1, len(words) + 1)}
        for label in (beginnings | {label.rstrip(".") for label in beginnings}) - {name, ""}:
            begun[label].append(person)
    return {**begun, **whole}


def _disambiguated(person: Mentionable) -> str:
    joined = f", joined {utc(person.joined_at)}" if person.joined_at else ""
    return f"@{person.label}, {person.role}{joined}"


def names_nobody(text: str, named: Iterable[str]) -> list[str]:
    """Return the words after an @ by which a text calls nobody, each once.

    `named` is how it calls those whom it does name.
    """
    calls = calls_in(text, {written.casefold() for written in named})
    return list(dict.fromkeys(text[each.start + 1 : each.end] for each in calls if not each.label))


def keep(
    session: Session,
    *,
    annotation_id: int,
    author_id: int,
    comment_id: int | None,
    named: Mapping[str, int],
    event_id: int,
) -> set[int]:
    """Keep whom a text names, in place of those before; return whom it did not name before."""
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
