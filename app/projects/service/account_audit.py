"""Recording what happens to an account in each of its projects, for their owners."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events.models import Snapshot
from app.events.service import record
from app.events.subjects import ProjectActor, Subject
from app.projects.models import Member


def record_in_projects(
    session: Session, account_id: int, kind: str, before: Snapshot | None, after: Snapshot
) -> None:
    """Append the event to each project that the account is in now, and to no other.

    An owner so learns nothing of what a member does before, after or elsewhere.
    """
    for project_id in list_projects_of(session, account_id):
        actor = ProjectActor(project_id, account_id)
        record(session, actor, kind, Subject("account", account_id), before=before, after=after)


def record_command(session: Session, account_id: int, kind: str, **more: int) -> None:
    """Append to each project of an account what whoever runs the server did to it."""
    for project_id in list_projects_of(session, account_id):
        after: Snapshot = {"account": account_id, **more}
        record(session, ProjectActor(project_id), kind, Subject("account", account_id), after=after)


def list_projects_of(session: Session, account_id: int) -> list[int]:
    """Return the ids of the projects that an account is in, ascending."""
    query = select(Member.project_id).where(Member.account_id == account_id)
    return list(session.scalars(query.order_by(Member.project_id)))
