"""A project in which much is tagged, and what can be asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.articles.models import Article
from app.articles.service.articles import archive, reveal, set_mode
from app.assignments.service import assignments
from app.codebook.service import merge
from app.discussion.service import threads
from app.findings.asked import ME, NONE, PLACES, STATES, Asked, Grouping, PassageSort
from app.projects.models import Member
from app.projects.roles import Role
from app.themes.models import Theme
from app.themes.service.themes import archive as archive_theme
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_comment,
    add_member,
    add_party,
    add_position,
    add_room,
    add_stance,
    add_theme,
    correct,
)

QUOTES = (
    "The council must close the road.",
    "It floods every spring",
    "nobody repairs it",
    "We have no money",
    "We have no time",
    "Ask the family",
    "read Dr. Smith’s report",
    "The road floods.",
)
TAGS = ("claim", "demand", "assumption", "citation")
MONTHS = ((2025, 1), (2025, 3), (2025, 11))


@dataclass(frozen=True, slots=True)
class World:
    """A project, its members, and the articles in which something is tagged."""

    room: Room
    zeno: Member
    articles: Sequence[Article]
    themes: Sequence[int]
    parties: Sequence[int]
    positions: Sequence[int]

    @property
    def members(self) -> Sequence[Member]:
        """Return who may ask: each role, and two who tag."""
        room = self.room
        return (room.reader, room.annotator, self.zeno, room.curator, room.owner)


def add_world(session: Session) -> World:
    """Add a project with every kind of annotation, and another project beside it."""
    room = add_room(session)
    zeno = add_member(session, Role.ANNOTATOR, "Zeno")
    elsewhere = add_room(session, "second")
    add_annotation(session, elsewhere.annotator, elsewhere.article)
    named = (
        ("Ada Quill", "The Ledger", date(2025, 1, 31)),
        ("Bo Lind", "The Ledger", date(2025, 2, 1)),
        ("ada quill", "", None),
        ("", "The Signal", date(2025, 12, 31)),
        ("Bo Lind", "The Signal", date(2025, 2, 28)),
    )
    articles = [room.article] + [
        add_article(session, f"{TEXT}\n\nNumber {number}.", title=f"Article {5 - number}")
        for number in range(1, len(named))
    ]
    for article, (author, publication, day) in zip(articles, named, strict=True):
        article.author, article.publication, article.published_on = author, publication, day
    session.commit()
    members = (room.annotator, zeno, room.curator)
    for place, article in enumerate(articles):
        for number, quote in enumerate(QUOTES):
            if (place + number) % 3 == 2:
                continue
            annotation = add_annotation(
                session,
                members[(number + place) % 3],
                article,
                quote,
                tag=TAGS[(number * (place + 1)) % 4],
                note="" if number % 2 else f"A note on {number}.",
            )
            month = MONTHS[(number + 2 * place) % 3]
            annotation.created_at = datetime(*month, 1 + number, 12, place, tzinfo=UTC)
    session.commit()
    named_themes = _add_themes(session, room)
    _discuss(session, room)
    carried = (2, 3, None, 11, 13, 5, 7, 4)  # by the passages whose ids these divide
    for annotation in session.scalars(select(Annotation)):
        if annotation.project_id == room.article.project_id:
            annotation.themes = tuple(
                theme.id
                for number, theme in zip(carried, named_themes, strict=True)
                if number and annotation.id % number == 0
            )
    parties, positions = _say_who(session, room)
    session.commit()
    for one, into in ((3, 4), (4, 0)):  # of themes that some carry
        merge(
            session,
            actor=room.curator,
            theme_id=named_themes[one].id,
            into_id=named_themes[into].id,
        )
    archive_theme(session, actor=room.curator, theme_id=named_themes[1].id)
    session.commit()
    gone = session.scalars(select(Annotation).order_by(Annotation.id.desc())).first()
    assert gone is not None
    annotations.delete(session, actor=room.owner, annotation_id=gone.id, version=gone.version)
    correct(session, room.curator, articles[1], "The council must close the road. Nothing else.")
    set_mode(session, actor=room.curator, article=articles[2], mode="independent")
    set_mode(session, actor=room.curator, article=articles[3], mode="independent")
    session.commit()
    reveal(session, actor=room.curator, article=articles[3])
    assignments.set_progress(session, actor=zeno, article=articles[2], state="done")
    archive(session, actor=room.curator, article=articles[4])
    session.commit()
    session.expire_all()
    themes = [theme.id for theme in named_themes]
    return World(room, zeno, articles, themes, parties, positions)


def _add_themes(session: Session, room: Room) -> Sequence[Theme]:
    """Make themes, of which some stand under the first, one of them under another."""
    themes: list[Theme] = []
    for name, above in (
        ("Water", None),
        ("Money", None),
        ("Time", None),
        ("Brook", None),
        ("River", None),
        ("Rain", 0),
        ("Mist", 5),
        ("Fog", 0),
    ):
        parent = None if above is None else themes[above]
        themes.append(add_theme(session, room.curator, name, parent=parent))
    return themes


def _say_who(session: Session, room: Room) -> tuple[Sequence[int], Sequence[int]]:
    """Give passages parties and positions, of which the last of each is an alias of the first."""
    parties = [add_party(session, room.curator, name) for name in ("Zed", "Ada", "Nobody", "Mr Z")]
    positions = [add_position(session, room.curator, text) for text in ("Spend.", "Dig.", "Pay.")]
    parties[-1].alias_of_id, positions[-1].alias_of_id = parties[0].id, positions[0].id
    for one in session.scalars(select(Annotation).order_by(Annotation.id)):
        if one.project_id != room.article.project_id:
            continue
        one.party_id = (None, parties[0].id, parties[1].id, parties[3].id)[one.id % 4]
        one.position_id = (positions[0].id, None, positions[1].id, None, positions[2].id)[
            one.id % 5
        ]
        one.side = ("", "for", "against")[one.id % 3] if one.position_id else ""
    return [one.id for one in parties], [one.id for one in positions]


def _discuss(session: Session, room: Room) -> None:
    found = session.scalars(
        select(Annotation)
        .where(Annotation.project_id == room.article.project_id)
        .order_by(Annotation.id)
    ).all()
    for number, annotation in enumerate(found):
        if number % 4 == 0:
            add_comment(session, room.curator, annotation, is_question=number % 8 == 0)
        if number % 5 == 0 and annotation.account_id != room.owner.account_id:
            add_stance(session, room.owner, annotation, "It is not so.")
        if number % 12 == 0:
            threads.resolve(session, actor=room.curator, annotation_id=annotation.id)
        if number % 10 == 5:
            annotations.change(
                session,
                actor=room.owner,
                annotation_id=annotation.id,
                version=annotation.version,
                tag="demand" if annotation.tag_name == "claim" else "claim",
            )
        session.commit()


def asked_of(world: World) -> st.SearchStrategy[Asked]:
    """Give what can be asked of a project: mostly of what is there, sometimes of what is not."""

    def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
        chosen = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
        return st.one_of(st.just(()), st.just(()), chosen.map(sorted).map(tuple))

    people = {str(member.account_id) for member in world.members}
    searched = (
        "floods",
        "no*",
        "council OR money",
        '"we have"',
        "road NOT repairs",
        "note",
        "so",
        "not",
    )
    return st.builds(
        Asked,
        q=st.just("") | st.sampled_from(searched),
        within=some(*PLACES),
        tag=some(*TAGS),
        annotator=some(ME, "999", *sorted(people)),
        article=some("999", *(str(article.id) for article in world.articles)),
        author=some("Ada Quill", "Bo Lind", "Nobody", NONE),
        publication=some("The Ledger", "The Signal", NONE),
        published=some("2025-01", "2025-02", "2025-12", "0000-01", "9999-12", NONE),
        tagged=some("2025-01", "2025-03", "2025-04", "2025-11"),
        state=some(*STATES),
        note=some("yes", "no"),
        sort=st.sampled_from(PassageSort),
        theme=some(NONE, "999", *map(str, world.themes), *map(tree, (*world.themes, 999))),
        party=some(NONE, "999", *map(str, world.parties)),
        position=some(NONE, *map(str, world.positions)),
        side=some("for", "against", NONE),
        group=st.sampled_from(Grouping),
    )


def tree(theme_id: int) -> str:
    """Return the value that asks for a theme and all beneath it."""
    return f"{theme_id}-tree"


def lacking_of(world: World) -> st.SearchStrategy[Asked]:
    """Give what can be asked of a project of which the sums tell all but what some lack."""

    def none_or(*values: int | str) -> st.SearchStrategy[tuple[str, ...]]:
        others = st.sampled_from([(), *((str(value),) for value in values)])
        return st.just(()) | others.map(lambda other: (*other, NONE))

    def keep(asked: Asked) -> Asked:
        kept = ("tag", "annotator", "article", "author", "publication", "published")
        return Asked(**{name: getattr(asked, name) for name in kept})

    return st.builds(
        replace,
        st.just(Asked()) | asked_of(world).map(keep),
        note=st.sampled_from([(), ("no",), ("no", "yes")]),
        theme=none_or(*world.themes, *map(tree, world.themes)),
        party=none_or(*world.parties),
        position=none_or(*world.positions),
        side=st.sampled_from([(), (NONE,), ("for", NONE)]),
    )
