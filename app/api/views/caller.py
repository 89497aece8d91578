"""Which program asks: by its API token, which is counted, and never by a cookie."""

from datetime import timedelta

from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, TokenScope
from app.accounts.service import api_tokens
from app.annotations.models import Annotation
from app.api.operations import operation_of
from app.core.arguments import refuse_unknown
from app.core.errors import NotFound, TooMany
from app.core.throttle import Budget, count_attempt, network_of, read_budget
from app.core.write_faults import write_fault
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, require
from app.projects.service import members, token_audit
from app.web.access import is_by_token
from app.web.problems import Problem
from app.web.routing import current_view
from app.web.session import WRITING, get_database, get_session

REQUESTS = 300  # of one token within WINDOW
WINDOW = timedelta(minutes=1)
WRONG_FROM_HOST = 100  # tokens that open nothing, from one network address within WRONG_WINDOW
WRONG_WINDOW = timedelta(minutes=15)
POLICY = f'"token";q={REQUESTS};w={int(WINDOW.total_seconds())}'

ASK_FOR_ONE = "Send an API token, as “Authorization: Bearer gloss_…”. It is made in one's account."
OPENS_NOTHING = "This API token does not work: it was revoked, has expired, or is incomplete."
READ_ONLY = "This token may only read. Make one that may read and write."
TOO_MANY = f"A token may send {REQUESTS} requests a minute. Wait {{seconds}} seconds."
TOO_MANY_WRONG = (
    f"{WRONG_FROM_HOST} tokens that do not work came from your network address. Wait 15 minutes."
)


@frozen
class Caller:
    """In whose name a program asks; `project_id` is the only project it may ask about, or None."""

    account_id: int
    project_id: int | None
    scope: TokenScope

    def member(self, slug: str, act: Act = Act.READ) -> Member:
        """Return the membership in the project of an address.

        Raises: NotFound (none, or the token is not for it), Forbidden.
        """
        member = members.member_of(get_session(), slug=slug, account_id=self.account_id)
        self._require_in(member)
        require(member, act)
        return member

    def annotation(self, annotation_id: int) -> tuple[Annotation, Member]:
        """Return an annotation, living or in the trash, and the membership in its project.

        Raises: NotFound.
        """
        from app.annotations.queries import annotations  # noqa: PLC0415 loaded when needed

        annotation, member = annotations.find(
            get_session(), annotation_id=annotation_id, account_id=self.account_id
        )
        self._require_in(member)
        return annotation, member

    def _require_in(self, member: Member) -> None:
        if self.project_id not in {None, member.project_id}:
            raise NotFound


def current_caller() -> Caller:
    """Return in whose name the request is; a view that is marked `by_token` has one."""
    caller: Caller = g.caller
    return caller


def _authenticate() -> None:
    """Ask for a token before every view that is marked `by_token`.

    Raises: Problem, Invalid (a parameter that nobody knows).
    """
    if not is_by_token(current_view()):
        return
    scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise _unknown(ASK_FOR_ONE)
    caller = _find_and_count(secret.strip())
    if caller is None:
        raise _unknown(OPENS_NOTHING, error="invalid_token")
    g.caller = caller
    _require_known_parameters()
    if request.method in WRITING and caller.scope is not TokenScope.WRITE:
        challenge = {"WWW-Authenticate": 'Bearer realm="Gloss", error="insufficient_scope"'}
        raise Problem(403, READ_ONLY, headers=challenge)


def _require_known_parameters() -> None:
    """Do nothing if the view knows each parameter: one that is misspelled would change nothing.

    Raises: Invalid.
    """
    operation = operation_of(current_view())
    known = [parameter.name for parameter in operation.parameters] if operation else []
    refuse_unknown(request.args, known)


def _unknown(words: str, error: str = "") -> Problem:
    """Return a refusal with the challenge of https://www.rfc-editor.org/rfc/rfc6750#section-3."""
    more = f', error="{error}"' if error else ""
    return Problem(401, words, headers={"WWW-Authenticate": f'Bearer realm="Gloss"{more}'})


def _find_and_count(secret: str) -> Caller | None:
    """Return in whose name a token asks, None where it opens nothing.

    All that is noted of the token is written before the request's own session is opened, and
    counts whatever becomes of the request. Where nothing can be written any more, or not for so
    long that the database gives up, programs still read.

    Raises: Problem (too many requests).
    """
    try:
        with get_database().writing() as own:
            token = api_tokens.find(own, secret)
            if token is None:
                _count_wrong(own)
            else:
                _count(own, token)
                if api_tokens.note_use(own, token):
                    token_audit.record_token(own, token, token_audit.USED)
            own.commit()
    except DBAPIError as error:
        is_busy = isinstance(error, OperationalError) and request.method not in WRITING
        if write_fault(error) is None and not is_busy:
            raise
        token = api_tokens.find(get_session(), secret)
        if token is not None:
            g.budget = _budget(get_session(), token)
    return Caller(token.account_id, token.project_id, token.scope) if token else None


def _count(own: Session, token: ApiToken) -> None:
    try:
        count_attempt(own, what=_uses_of(token), limit=REQUESTS, window=WINDOW)
    except TooMany:
        g.budget = budget = _budget(own, token)
        raise _too_many(TOO_MANY.format(seconds=budget.seconds), budget) from None
    g.budget = _budget(own, token)


def _budget(session: Session, token: ApiToken) -> Budget:
    return read_budget(session, what=_uses_of(token), limit=REQUESTS, window=WINDOW)


def _uses_of(token: ApiToken) -> str:
    return f"api-token:{token.id}"


def _count_wrong(own: Session) -> None:
    """Count a token that opens nothing. Right ones from the same address are not held up.

    Nobody guesses 256 bits of chance: this keeps down what trying costs.
    """
    what = f"wrong-token-from:{network_of(request.remote_addr)}"
    try:
        count_attempt(own, what=what, limit=WRONG_FROM_HOST, window=WRONG_WINDOW)
    except TooMany:
        budget = read_budget(own, what=what, limit=WRONG_FROM_HOST, window=WRONG_WINDOW)
        raise _too_many(TOO_MANY_WRONG, budget) from None


def _too_many(words: str, budget: Budget) -> Problem:
    return Problem(429, words, headers={"Retry-After": str(budget.seconds)})


def _tell_limits(response: Response) -> Response:
    """Tell a program how much is left to it.

    See https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/.
    """
    budget: Budget | None = g.get("budget")
    if budget is not None:
        response.headers["RateLimit-Policy"] = POLICY
        response.headers["RateLimit"] = f'"token";r={budget.left};t={budget.seconds}'
    return response


def register(app: Flask) -> None:
    """Ask for a token before every view for programs, and tell its limits on each answer."""
    app.before_request(_authenticate)
    app.after_request(_tell_limits)
