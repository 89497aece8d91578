"""Coming into a project: the way in from the bare address, and Create account."""

from datetime import timedelta

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.forms import SignUpForm
from app.accounts.models import Account
from app.accounts.passwords import hash_password
from app.accounts.service import accounts
from app.accounts.views.audit import SignInMethod
from app.accounts.views.audit import sign_in as begin_audited
from app.accounts.views.current_account import (
    begin_session,
    current_account,
    is_signed_in,
    provider_name,
)
from app.core.errors import Forbidden, GlossError, Invalid, TooMany
from app.core.throttle import count_attempt, network_of
from app.frozen import frozen
from app.projects.service import projects
from app.projects.views.current_member import last_used
from app.web.access import public
from app.web.responses import render
from app.web.session import get_session
from app.web.view_marks import hashes_passwords

SIGN_UPS_FROM_HOST = 200  # a class behind one address signs up in an hour
WINDOW = timedelta(hours=1)

CLOSED = "New accounts are made by the person who runs this server. Ask them for one."


@frozen
class SignUpPage:
    """Create account. `problem` is "" or says what is wrong with the whole."""

    form: SignUpForm
    is_first: bool
    is_open: bool
    problem: str
    provider: str


def start() -> ResponseReturnValue:
    """Lead to the project used last, to the only one, or to the list to choose from."""
    slug = last_used()
    used = [slug] if slug else []
    mine = projects.list_to_switch(get_session(), current_account().id, used, limit=2)
    slugs = [project.slug for project in mine if not project.is_archived]
    if slug not in slugs:
        if len(slugs) != 1:
            return redirect(url_for("people.projects"))
        slug = slugs[0]
    return redirect(url_for("article_list.article_list", slug=slug))


@public
def sign_up() -> ResponseReturnValue:
    if is_signed_in():
        return redirect("/")
    return _page(SignUpForm())


@public
@hashes_passwords
def create_account() -> ResponseReturnValue:
    form = SignUpForm()
    session = get_session()
    try:
        _admit()
        count_sign_up(session)
        account = make_account(session, form)
    except Invalid as error:
        form[error.field].errors = [error.message]
        return _page(form, status=error.status)
    except (Forbidden, TooMany) as error:
        return _page(form, error)
    projects.join_first(session, account_id=account.id)
    token = begin_audited(session, account.id, SignInMethod.NEW_ACCOUNT)
    session.commit()
    begin_session(token)
    return redirect("/", code=303)


def count_sign_up(session: Session) -> None:
    """Count an attempt to create an account, and commit the count.

    Raises: TooMany.
    """
    source = f"sign-up-from:{network_of(request.remote_addr)}"
    count_attempt(session, what=source, limit=SIGN_UPS_FROM_HOST, window=WINDOW)
    session.commit()


def make_account(session: Session, form: SignUpForm) -> Account:
    """Make the account, all that is cheap to refuse first; nobody waits while we hash.

    Raises: Invalid.
    """
    name, email, password = (field.data or "" for field in (form.name, form.email, form.password))
    accounts.check_new(session, name=name, email=email, password=password)
    session.rollback()
    return accounts.create(session, name=name, email=email, password_hash=hash_password(password))


def _admit() -> None:
    """Do nothing if anyone may create an account.

    Raises: Forbidden.
    """
    if not current_app.config["GLOSS"].registration_open:
        raise Forbidden(CLOSED)


def _page(
    form: SignUpForm, error: GlossError | None = None, status: int = 200
) -> ResponseReturnValue:
    page = SignUpPage(
        form=form,
        is_first=not accounts.has_accounts(get_session()),
        is_open=current_app.config["GLOSS"].registration_open,
        problem=error.message if error else "",
        provider=provider_name(),
    )
    return render("signup/sign_up.html", page, error.status if error else status)
