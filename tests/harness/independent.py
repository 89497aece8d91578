"""What someone does in a project that is tagged independently, and others must not learn of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations, undo
from app.discussion.service import stances, threads, verdicts
from app.parties.models import Party, Position
from app.projects.models import Member
from app.themes.queries import list_themes
from tests.harness.builders import Room, add_annotation, add_comment

SECRET = "a secret of Zeno's"
ARTICLE = "/projects/first/articles/1"


def tag_much(session: Session, member: Member, room: Room) -> Annotation:
    """Tag, change, delete, undo: do all that leaves a trace. Return what is still there."""
    themes = list_themes(session, member.project_id)
    party = session.scalars(select(Party).where(Party.name == "Mara Lind")).one()
    kept = add_annotation(
        session,
        member,
        room.article,
        "nobody repairs it",
        note=SECRET,
        themes=themes,
        party=party,
        position=session.scalars(select(Position)).one(),
        side="for",
        addressees=[party],
    )
    annotations.change(
        session, actor=member, annotation_id=kept.id, version=1, tag="demand", note=SECRET + "!"
    )
    gone = add_annotation(session, member, room.article, "We have no time", note=SECRET)
    annotations.delete(session, actor=member, annotation_id=gone.id, version=1)
    session.commit()
    undo.undo(session, actor=member, article_id=room.article.id, client_key="zeno")
    undo.redo(session, actor=member, article_id=room.article.id, client_key="zeno again")
    session.commit()
    discuss(session, member, room, kept)
    change_sides(session, member, room, kept)
    return kept


def change_sides(session: Session, member: Member, room: Room, supporting: Annotation) -> None:
    """Let the party be against its position too, give a verdict, another, and take it back."""
    opposing = add_annotation(
        session,
        member,
        room.article,
        "We have no money",
        tag="demand",
        note=SECRET,
        party=session.get(Party, supporting.party_id),
        position=session.scalars(select(Position)).one(),
        side="against",
    )
    for version, value in enumerate((verdicts.NEITHER, verdicts.CHANGE)):
        given = verdicts.give(
            session,
            actor=room.curator,
            supporting_id=supporting.id,
            opposing_id=opposing.id,
            version=version,
            value=value,
            reason=SECRET,
        )
    verdicts.undo(session, actor=room.curator, event_id=given.event_id or 0)
    session.commit()


def discuss(session: Session, member: Member, room: Room, annotation: Annotation) -> None:
    """Comment, ask, dispute and resolve: say all of an annotation that leaves a trace."""
    add_comment(session, member, annotation, SECRET)
    add_comment(session, room.curator, annotation, f"Is it {SECRET}?", is_question=True)
    stances.set_stance(
        session,
        actor=room.curator,
        annotation_id=annotation.id,
        value=stances.DISPUTE,
        reason=SECRET,
    )
    threads.resolve(session, actor=member, annotation_id=annotation.id)
    session.commit()
