"""What the page of one's API tokens shows."""

from collections.abc import Sequence
from datetime import datetime

from app.accounts.models import NAME_LIMIT, ApiToken, TokenScope
from app.accounts.service.api_tokens import DAYS, MOST_TOKENS, NEVER, ON_DAY
from app.core.clock import now
from app.frozen import frozen
from app.projects.service.projects import MyProject
from app.web.responses import FormPage

SCOPES = {TokenScope.READ: "read only", TokenScope.WRITE: "read and write"}
ENDS = {
    **{str(days): f"after {days} days" for days in DAYS},
    ON_DAY: "after this day (UTC):",
    NEVER: "not by itself",
}


@frozen
class TokenLine:
    """A token in the list; `project` is the name of its only project, "" for all."""

    id: int
    name: str
    prefix: str
    scope: str
    project: str
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    is_expired: bool


@frozen
class TokenForm:
    """What stands in the form that makes a token, as it was typed; `project` is a slug or ""."""

    name: str = ""
    scope: str = TokenScope.READ
    project: str = ""
    ends: str = "90"
    day: str = ""


@frozen
class TokensPage(FormPage):
    """One's API tokens and the form for another.

    `secret` is that of the token called `made`, to be seen this once; both are "" otherwise.
    """

    lines: Sequence[TokenLine]
    projects: Sequence[tuple[str, str]]
    form: TokenForm
    made: str
    secret: str
    problem: str
    field: str
    scopes: Sequence[tuple[str, str]] = tuple(SCOPES.items())
    ends: Sequence[tuple[str, str]] = tuple(ENDS.items())
    most: int = MOST_TOKENS
    name_limit: int = NAME_LIMIT


def tokens_page(
    tokens: Sequence[ApiToken],
    projects: Sequence[MyProject],
    *,
    form: TokenForm,
    made: tuple[int, str] | None = None,
    problem: str = "",
    field: str = "",
) -> TokensPage:
    """Build the page; `made` is the id of a token that was just made, and its secret."""
    names = {project.id: project.name for project in projects}
    made_id, secret = made or (0, "")
    lines = [_line(token, names) for token in tokens]
    new = next((line.name for line in lines if line.id == made_id), "")
    return TokensPage(
        lines=lines,
        projects=[(project.slug, project.name) for project in projects],
        form=form,
        made=new,
        secret=secret if new else "",
        problem=problem,
        field=field,
    )


def _line(token: ApiToken, names: dict[int, str]) -> TokenLine:
    project = ""
    if token.project_id is not None:
        project = names.get(token.project_id, "a project that you are no longer in")
    return TokenLine(
        id=token.id,
        name=token.name,
        prefix=token.prefix,
        scope=SCOPES[token.scope],
        project=project,
        made_at=token.made_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        is_expired=token.expires_at is not None and token.expires_at <= now(),
    )
