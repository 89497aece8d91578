"""Recording what happens to an API token, for the owners of the projects that it may ask about."""

from sqlalchemy.orm import Session

from app.accounts.models import ApiToken
from app.events.service import record
from app.events.subjects import ProjectActor, Subject
from app.projects.service.account_audit import list_projects_of

MADE = "api_token.made"
REVOKED = "api_token.revoked"
USED = "api_token.used"  # for the first time


def record_token(session: Session, token: ApiToken, kind: str) -> None:
    """Append what happened to a token to its project, or to each that its owner is in now."""
    project_id = token.project_id
    projects = list_projects_of(session, token.account_id) if project_id is None else [project_id]
    after = {
        "token": token.id,
        "name": token.name,
        "scope": token.scope_name,
        "expires_at": token.expires_at and token.expires_at.isoformat(),
    }
    for each in projects:
        actor = ProjectActor(each, token.account_id)
        record(session, actor, kind, Subject("api_token", token.id), after=after)
