"""Coming in by the organisation's own provider: a real one, that is not ours."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import Account, Identity, SignIn
from app.accounts.service import accounts
from app.accounts.views.my_account import TRIES_FROM_HOST, WINDOW
from app.config import Config
from app.core.throttle import count_attempt
from app.integrations.oidc import Flow
from app.projects.models import Member
from app.projects.roles import Role
from tests.harness.builders import (
    PASSWORD,
    Room,
    add_account,
    add_article,
    add_invitation,
    add_reset_link,
    sign_in,
)
from tests.harness.canaille import CLIENT_ID, CLIENT_SECRET, Canaille, running_canaille
from tests.harness.false_provider import CLIENT_ID as FALSE_CLIENT
from tests.harness.false_provider import running_false_provider
from tests.harness.pages import PageClient, page_client

BACK = "/sign-in/provider/back"
MakeClient = Callable[..., PageClient]


@pytest.fixture(scope="module")
def canaille() -> Iterator[Canaille]:
    """Give the provider, which knows Vera, Uli and Nora."""
    with running_canaille(f"http://127.0.0.1:8000{BACK}") as provider:
        yield provider


@pytest.fixture
def make_client(
    canaille: Canaille, make_config: Callable[..., Config]
) -> Iterator[Callable[..., PageClient]]:
    """Give what makes a client of an application with the provider, and with settings by name."""
    apps: list[Flask] = []

    def make(**settings: str) -> PageClient:
        usual = {
            "OIDC_ISSUER": canaille.issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_NAME": "Example House",
        }
        apps.append(create_app(make_config(**{**usual, **settings})))
        apps[-1].testing = True
        return page_client(apps[-1])

    yield make
    for app in apps:
        app.extensions["database"].dispose()


def go(client: PageClient, page: str, words: str) -> str:
    """Press the provider's button on a page; return where the browser is sent."""
    before, found, _ = client.get(page).text.partition(f'">{words} with Example House</a>')
    assert found, f"{page} has no button {words}"
    answer = client.get(before.rpartition('href="')[2].replace("&amp;", "&"))
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def come_in(
    client: PageClient, canaille: Canaille, who: str, page: str = "/sign-in", words: str = "Sign in"
) -> TestResponse:
    """Sign in at the provider from the button of a page, and come back."""
    back = urlsplit(canaille.sign_in(go(client, page, words), who))
    assert f"{back.scheme}://{back.netloc}{back.path}" == f"http://127.0.0.1:8000{BACK}"
    return client.get(f"{BACK}?{back.query}")


def said(client: PageClient) -> str:
    """Return what the next page says, after where it stands."""
    page = client.get("/account")
    return page.text if page.status_code == 200 else f"signed out: {page.headers['Location']}"


def accounts_here(session: Session) -> dict[str, Account]:
    session.rollback()
    session.expire_all()
    return {account.email: account for account in session.scalars(select(Account))}


# --- the first time -----------------------------------------------------------------------------


def test_the_first_person_owns_and_has_no_password(
    make_client: MakeClient, canaille: Canaille, session: Session
) -> None:
    add_article(session)
    client = make_client()
    answer = come_in(client, canaille, "vera", "/sign-up", "Create account")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    vera = accounts_here(session)["vera@example.org"]
    assert (vera.name, vera.password_hash) == ("Vera Lind", "")
    assert session.scalars(select(Member)).one().role is Role.OWNER
    page = said(client)
    assert "You sign in with Example House." in page
    assert "This account has none" in page
    assert "Current password" not in page
    token = client.get("/account").text.partition('data-csrf="')[2].partition('"')[0]
    form = {"present": "", "password": "four plain words", "csrf_token": token}
    assert client.post("/account/password", data=form).status_code == 422


@pytest.mark.sqlite_only
def test_nobody_signs_in_by_a_password_until_a_link_has_set_one(
    make_client: MakeClient, canaille: Canaille, session: Session
) -> None:
    client = make_client()
    come_in(client, canaille, "vera", "/sign-up", "Create account")
    other = make_client()
    for password in ("", " ", "no account has this hash", PASSWORD):
        form = {"email": "vera@example.org", "password": password}
        refused = other.submit(other.get("/sign-in"), "/sign-in", form)
        assert refused.status_code == 422
        assert "do not match" in refused.text
    link = f"/reset/{add_reset_link(session, accounts_here(session)['vera@example.org'])}"
    assert other.submit(other.get(link), link, {"password": PASSWORD}).status_code == 303
    assert "Current password" in said(other)
    third = make_client()
    form = {"email": "vera@example.org", "password": PASSWORD}
    assert third.submit(third.get("/sign-in"), "/sign-in", form).status_code == 303


@pytest.mark.sqlite_only
def test_next_times_it_is_the_same_account_whatever_its_address(
    make_client: MakeClient, canaille: Canaille, session: Session
) -> None:
    come_in(make_client(), canaille, "vera", "/sign-up", "Create account")
    vera = accounts_here(session)["vera@example.org"]
    vera.email_address = "v.lind@example.org"
    session.commit()
    client = make_client()
    come_in(client, canaille, "vera")
    assert "v.lind@example.org" in said(client)
    assert len(accounts_here(session)) == 1


def test_a_verified_address_leads_to_the_account_and_ends_what_another_could_hold(
    make_client: MakeClient, canaille: Canaille, session: Session, room: Room
) -> None:
    assert room
    vera = add_account(session, "Vera", "vera@example.org")
    link = add_reset_link(session, vera)
    older = sign_in(make_client(), session, vera)
    client = make_client()
    come_in(client, canaille, "vera")
    page = said(client)
    assert "You sign in with Example House from now on." in page
    assert "the password that this account had" in page.lower()
    assert said(older).startswith("signed out")
    assert client.get(f"/reset/{link}").status_code == 404
    assert accounts_here(session)["vera@example.org"].password_hash == ""
    assert session.scalars(select(Identity)).one().account_id == vera.id


@pytest.mark.parametrize("who", ["uli", "nora"])
@pytest.mark.sqlite_only
def test_an_address_that_is_not_verified_takes_over_no_account_and_makes_none(
    make_client: MakeClient, canaille: Canaille, session: Session, room: Room, who: str
) -> None:
    assert room
    for is_there in (False, True):
        if is_there:
            add_account(session, who.capitalize(), f"{who}@example.org")
        before = {email: row.password_hash for email, row in accounts_here(session).items()}
        answer = come_in(make_client(REGISTRATION="open"), canaille, who)
        assert answer.status_code == 403
        assert f"does not say that the address {who}@example.org is yours" in answer.text
        assert "Confirm the address there and try again" in answer.text
        after = {email: row.password_hash for email, row in accounts_here(session).items()}
        assert after == before
    assert session.scalars(select(Identity)).all() == []
    assert session.scalars(select(SignIn)).all() == []


@pytest.mark.sqlite_only
def test_an_operator_may_trust_a_provider_that_says_nothing_but_not_one_that_says_no(
    make_client: MakeClient, canaille: Canaille, session: Session, room: Room
) -> None:
    assert room
    trusting = {"OIDC_TRUST_EMAILS": "on", "REGISTRATION": "open"}
    assert come_in(make_client(**trusting), canaille, "nora").status_code == 302
    assert come_in(make_client(**trusting), canaille, "uli").status_code == 403
    assert "nora@example.org" in accounts_here(session)


@pytest.mark.sqlite_only
def test_a_disabled_account_is_not_entered_by_the_provider_connected_or_not(
    make_client: MakeClient, canaille: Canaille, session: Session, room: Room
) -> None:
    vera = add_account(session, "Vera", "vera@example.org")
    before = vera.password_hash
    accounts.disable(session, account_id=vera.id)
    _invitation, token = add_invitation(session, room.owner)
    session.commit()
    for page, words in (("/sign-in", "Sign in"), (f"/invitations/{token}", "Join")):
        answer = come_in(make_client(), canaille, "vera", page, words)
        assert (answer.status_code, "This account is disabled." in answer.text) == (403, True)
    assert accounts_here(session)["vera@example.org"].password_hash == before
    assert session.scalars(select(Identity)).all() == []
    session.rollback()
    accounts.enable(session, account_id=vera.id)
    session.commit()
    come_in(make_client(), canaille, "vera")
    session.rollback()
    accounts.disable(session, account_id=vera.id)
    session.commit()
    assert come_in(make_client(), canaille, "vera").status_code == 403
    assert session.scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all() == []


# --- who may come in ----------------------------------------------------------------------------


def test_a_closed_house_lets_in_by_invitation_alone(
    make_client: MakeClient, canaille: Canaille, session: Session, room: Room
) -> None:
    client = make_client(REGISTRATION="closed")
    answer = come_in(client, canaille, "vera")
    assert answer.status_code == 403
    assert "no account with the address vera@example.org here" in answer.text
    assert "vera@example.org" not in accounts_here(session)
    _invitation, token = add_invitation(session, room.owner, Role.CURATOR)
    answer = come_in(client, canaille, "vera", f"/invitations/{token}", "Join")
    assert answer.headers["Location"] == "/projects/first/articles"
    assert "You are in “Project first” as curator." in client.get("/projects/first/articles").text
    session.rollback()
    vera = accounts_here(session)["vera@example.org"]
    assert session.get_one(Member, (room.owner.project_id, vera.id)).role is Role.CURATOR
    again = make_client(REGISTRATION="closed")
    assert again.get(f"/invitations/{token}").status_code == 404


@pytest.mark.sqlite_only
def test_a_link_of_another_site_shows_an_invitation_and_does_not_take_it_to_the_provider(
    make_client: MakeClient, session: Session, room: Room
) -> None:
    _invitation, token = add_invitation(session, room.owner)
    client = make_client()
    shown = f"/invitations/{token}"
    address = go(client, shown, "Join")
    assert not address.startswith("/")  # from our own page it leads to the provider
    for end in ("", "&csrf_token=x", "&csrf_token=%F0%9F%99%82"):
        answer = client.get(f"/sign-in/provider?invitation={token}{end}")
        assert answer.headers["Location"] == shown


@pytest.mark.sqlite_only
def test_who_has_an_account_joins_by_an_invitation_too(
    make_client: MakeClient, canaille: Canaille, session: Session
) -> None:
    come_in(make_client(), canaille, "vera", "/sign-up", "Create account")
    vera = accounts_here(session)["vera@example.org"]
    session.rollback()
    owner = session.get_one(Member, (1, vera.id))
    _invitation, token = add_invitation(session, owner)
    client = make_client()
    address = go(client, f"/invitations/{token}", "Join")
    client_2 = client.get(f"{BACK}?{urlsplit(canaille.sign_in(address, 'vera')).query}")
    assert client_2.headers["Location"] == "/projects/first/articles"
    assert len(session.scalars(select(Member)).all()) == 1


@pytest.mark.sqlite_only
def test_an_invitation_that_ended_meanwhile_makes_no_account(
    make_client: MakeClient, canaille: Canaille, session: Session, room: Room
) -> None:
    invitation, token = add_invitation(session, room.owner)
    client = make_client()
    address = go(client, f"/invitations/{token}", "Join")
    invitation.max_uses, invitation.uses = 1, 1
    session.commit()
    answer = client.get(f"{BACK}?{urlsplit(canaille.sign_in(address, 'vera')).query}")
    assert answer.status_code == 404
    assert "This invitation cannot be used" in answer.text
    assert "vera@example.org" not in accounts_here(session)


# --- the way there and back ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "landed"),
    [
        ("/projects/first/trash?article=1", "/projects/first/trash?article=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
    ],
)
@pytest.mark.sqlite_only
def test_one_comes_back_to_the_page_that_one_wanted_and_to_this_site_alone(
    make_client: MakeClient, canaille: Canaille, session: Session, wanted: str, landed: str
) -> None:
    add_account(session)
    client = make_client(REGISTRATION="open")
    answer = come_in(client, canaille, "vera", f"/sign-in?next={wanted}")
    assert answer.headers["Location"] == landed


@pytest.mark.sqlite_only
def test_an_answer_is_taken_once_and_from_the_browser_that_asked(
    make_client: MakeClient, canaille: Canaille, session: Session
) -> None:
    client = make_client()
    address = go(client, "/sign-up", "Create account")
    back = f"{BACK}?{urlsplit(canaille.sign_in(address, 'vera')).query}"
    stranger = make_client()
    assert stranger.get(back).status_code == 400
    go(stranger, "/sign-up", "Create account")
    assert "was not begun in this browser" in stranger.get(back).text
    assert accounts_here(session) == {}
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 400
    assert len(accounts_here(session)) == 1


@pytest.mark.sqlite_only
def test_who_comes_back_to_a_provider_that_does_not_answer_reloads_and_is_in(
    make_client: MakeClient, session: Session
) -> None:
    add_account(session)
    with running_false_provider() as false:
        client = make_client(
            OIDC_ISSUER=false.issuer, OIDC_CLIENT_ID=FALSE_CLIENT, REGISTRATION="open"
        )
        go(client, "/sign-in?next=/help", "Sign in")
        with client.session_transaction() as cookie:
            kept = cookie["flow"]
        flow = Flow(kept["state"], kept["nonce"], kept["verifier"])
        false.mean(flow)
        back = f"{BACK}?code=code&state={flow.state}"
        false.statuses["/token"] = 503
        answer = client.get(back)
        assert (answer.status_code, "does not answer" in answer.text) == (503, True)
        false.statuses.clear()
        again = client.get(back)
        assert (again.status_code, again.headers.get("Location")) == (302, "/help")
        assert client.get(back).status_code == 400  # it was used


@pytest.mark.sqlite_only
def test_a_refusal_at_the_provider_says_so_and_lets_one_try_again(
    make_client: MakeClient, session: Session
) -> None:
    add_account(session)
    client = make_client()
    address = go(client, "/sign-in?next=/help", "Sign in")
    state = address.partition("state=")[2].partition("&")[0]
    answer = client.get(f"{BACK}?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "Example House did not sign you in" in answer.text
    assert 'href="/sign-in/provider?next=/help"' in answer.text


@pytest.mark.sqlite_only
def test_a_provider_that_is_down_or_wrong_is_named_and_passwords_still_work(
    make_client: MakeClient, session: Session, room: Room
) -> None:
    with running_false_provider() as false:
        client = make_client(OIDC_ISSUER=false.issuer)
        false.metadata["issuer"] = "https://evil.example"
        wrong = client.get("/sign-in/provider")
        assert wrong.status_code == 502
        assert "Signing in with Example House is not set up correctly" in wrong.text
    down = client.get("/sign-in/provider?next=/help")
    assert down.status_code == 503
    assert "Example House does not answer" in down.text
    form = {"email": room.owner.account.email, "password": PASSWORD}
    answer = client.submit(down, "/sign-in", form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/help")
    assert session.scalars(select(Identity)).all() == []


@pytest.mark.sqlite_only
def test_the_way_to_the_provider_is_throttled(
    make_client: MakeClient, session: Session, room: Room
) -> None:
    assert room
    for _ in range(TRIES_FROM_HOST):
        count_attempt(session, what="provider-from:127.0.0.1", limit=TRIES_FROM_HOST, window=WINDOW)
    session.commit()
    client = make_client()
    for path in ("/sign-in/provider", BACK):
        assert client.get(path).status_code == 429


@pytest.mark.sqlite_only
def test_without_a_provider_there_is_no_button_and_no_such_address(
    client: PageClient, session: Session, room: Room
) -> None:
    _invitation, token = add_invitation(session, room.owner)
    for page in ("/sign-in", "/sign-up", f"/invitations/{token}"):
        assert "/sign-in/provider" not in client.get(page).text
    assert client.get("/sign-in/provider").status_code == 404
    assert client.get(BACK).status_code == 404


@pytest.mark.sqlite_only
def test_two_people_of_the_provider_never_share_an_account(
    make_client: MakeClient, canaille: Canaille, session: Session, room: Room
) -> None:
    assert room
    come_in(make_client(REGISTRATION="open"), canaille, "vera")
    identity = session.scalars(select(Identity)).one()
    identity.subject = "another vera"
    session.commit()
    answer = come_in(make_client(REGISTRATION="open"), canaille, "vera")
    assert answer.status_code == 409
    assert "connected with somebody else" in answer.text
    assert accounts.find_by_email(session, "vera@example.org") is not None
