"""Accounts and their sessions, below the pages."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.accounts.passwords import hash_password, verify_password
from app.accounts.service import accounts, asking
from app.core.clock import now
from app.core.errors import Invalid, NotFound, TooMany
from app.core.throttle import Attempt, count_attempt, forget_attempts, network_of
from app.integrations.email_addresses import address_key
from app.projects.roles import Role
from app.projects.service.projects import clean_name as clean_project_name
from app.projects.service.projects import ensure_first, join_first
from app.web.responses import safe_next
from tests.harness.builders import QUICK_HASH, add_account


def test_the_first_member_owns_and_the_next_ones_annotate(session: Session) -> None:
    joined = [
        join_first(session, account_id=add_account(session, name).id)
        for name in ("Ada", "Bea", "Cleo")
    ]
    assert [member and member.role for member in joined] == [
        Role.OWNER,
        Role.ANNOTATOR,
        Role.ANNOTATOR,
    ]


def test_a_role_that_is_given_counts(session: Session) -> None:
    join_first(session, account_id=add_account(session).id)
    second = join_first(session, account_id=add_account(session, "Bea").id, role=Role.OWNER)
    assert second
    assert second.role is Role.OWNER


def test_while_the_first_project_is_archived_nobody_joins_it_but_by_a_role_that_is_given(
    session: Session,
) -> None:
    project = ensure_first(session)
    project.archived_at = now()
    assert join_first(session, account_id=add_account(session).id) is None
    owner = join_first(session, account_id=add_account(session, "Bea").id, role=Role.OWNER)
    assert owner is not None


def test_an_address_is_taken_however_it_is_written(session: Session) -> None:
    add_account(session, email="Ines@Example.org")
    assert accounts.find_by_email(session, " INES@example.ORG ") is not None
    with pytest.raises(Invalid, match="Sign in, or use another address"):
        add_account(session, email="ines@EXAMPLE.org")


def test_an_address_is_kept_in_one_form_in_lower_case_and_not_folded(session: Session) -> None:
    add_account(session, "Jan", "Jan@WEIẞ.de")
    other = add_account(session, "Jan", "jan@weiss.de")
    found = accounts.find_by_email(session, "JAN@weiß.de")
    assert found is not None
    assert (found.email, found.id == other.id) == ("jan@weiß.de", False)
    assert accounts.find_by_email(session, "jan@xn--wei-7ka.de") is found
    composed, apart = "rene\N{COMBINING ACUTE ACCENT}@example.org", "ren\u00e9@example.org"
    assert accounts.clean_email(composed) == accounts.clean_email(apart) == apart


@given(st.emails())
def test_an_address_in_its_one_form_stays_as_it_is(email: str) -> None:
    try:
        cleaned = accounts.clean_email(email)
    except Invalid:
        return  # the rules of hypothesis let through more
    assert accounts.clean_email(cleaned) == cleaned == address_key(email)


def test_an_account_whose_address_no_rule_lets_through_any_more_is_found(session: Session) -> None:
    account = add_account(session)
    account.email_address = "a,b@x"
    session.commit()
    assert accounts.find_by_email(session, " A,b@X ") is account


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ines",
        "@example.org",
        "ines@",
        "a@b@c",
        "in es@example.org",
        "a\0@b",
        "a@[",
        "a<b@x",
        "a,b@x",
        "a@b..c",
        "Ines <ines@example.org>",
        '"in es"@example.org',
        "a" * 251 + "@b.c",
        "a" * 1_000_000,
    ],
)
@pytest.mark.sqlite_only
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(Invalid) as caught:
        accounts.create(session, name="Ines", email=email, password_hash=QUICK_HASH)
    assert caught.value.field == "email"


def test_no_account_is_found_by_an_address_that_no_database_can_hold(session: Session) -> None:
    assert accounts.find_by_email(session, "a\0@example.org") is None


@pytest.mark.parametrize("name", ["", "  ", "\0", "x" * 101])
@pytest.mark.sqlite_only
def test_a_name_has_1_to_100_characters(session: Session, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        accounts.create(session, name=name, email="i@example.org", password_hash=QUICK_HASH)
    assert caught.value.field == "name"
    assert accounts.clean_name("x" * 100)


def test_a_name_keeps_the_joiners_of_its_letters_and_nothing_else_unseen() -> None:
    persian = "\u0646\u0627\u0632\u06cc\N{ZERO WIDTH NON-JOINER}\u0647\u0627"
    hindi = "\u0915\u094d\N{ZERO WIDTH JOINER}\u0937"
    for name in (persian, hindi):
        assert accounts.clean_name(f" {name}\t {name}") == f"{name} {name}"
        assert clean_project_name(name) == name
    assert accounts.clean_name("a\N{RIGHT-TO-LEFT OVERRIDE}b\N{ZERO WIDTH SPACE}c\0") == "a b c"
    with pytest.raises(Invalid):
        accounts.clean_name("\N{ZERO WIDTH JOINER} \N{ZERO WIDTH NON-JOINER}")


def test_a_password_has_8_to_1000_characters() -> None:
    for password in ("x" * 7, "x" * 1_001):
        with pytest.raises(Invalid, match=r"characters\.$"):
            accounts.check_password(password)
    accounts.check_password("x" * 8)
    accounts.check_password("x" * 1_000)


def test_a_password_is_kept_as_an_argon2id_hash_with_its_own_salt() -> None:
    one, other = hash_password("correct horse"), hash_password("correct horse")
    assert one.startswith("$argon2id$")
    assert one != other
    assert verify_password("correct horse", one)
    assert not verify_password("correct horses", one)
    assert not verify_password("correct horse", None)


def test_a_session_is_a_row_that_holds_no_token(session: Session) -> None:
    account = add_account(session)
    token = accounts.sign_in(session, account_id=account.id)
    row = session.scalars(select(SignIn)).one()
    assert len(row.token_hash) == 64
    assert token not in row.token_hash
    found = asking.find_session(session, token)
    assert found is not None
    assert (found.session_id, found.id) == (row.id, account.id)
    assert asking.find_session(session, row.token_hash) is None
    assert asking.find_session(session, "") is None


def test_a_session_ends_by_signing_out_or_by_thirty_days_of_silence(session: Session) -> None:
    account = add_account(session)
    tokens = [accounts.sign_in(session, account_id=account.id) for _ in range(3)]
    rows = session.scalars(select(SignIn).order_by(SignIn.id)).all()
    accounts.end_session(session, account_id=account.id, session_id=rows[0].id)
    rows[1].seen_at = now() - timedelta(days=30, minutes=1)
    rows[2].seen_at = now() - timedelta(days=29, hours=23)
    session.commit()
    session.expire_all()
    living = [asking.find_session(session, token) is not None for token in tokens]
    assert living == [False, False, True]
    accounts.mark_seen(session, session_id=rows[2].id)
    session.expire_all()
    assert now() - rows[2].seen_at < timedelta(minutes=1)


def test_a_list_of_sessions_holds_those_that_last_the_last_seen_first(session: Session) -> None:
    account = add_account(session)
    accounts.sign_in(session, account_id=add_account(session, "Otto").id)
    for _ in range(4):
        accounts.sign_in(session, account_id=account.id)
    query = select(SignIn).where(SignIn.account_id == account.id).order_by(SignIn.id)
    old, ended, seen, unseen = session.scalars(query)
    old.seen_at = now() - timedelta(days=31)
    unseen.seen_at = now() - timedelta(days=29)
    accounts.end_session(session, account_id=account.id, session_id=ended.id)
    session.flush()
    assert accounts.list_sessions(session, account.id) == [seen, unseen]


def test_one_ends_only_sessions_of_ones_own_and_each_once(session: Session) -> None:
    me, other = add_account(session), add_account(session, "Otto")
    for account in (me, other):
        accounts.sign_in(session, account_id=account.id)
    mine, theirs = session.scalars(select(SignIn).order_by(SignIn.id))
    for session_id in (theirs.id, theirs.id + 1):
        with pytest.raises(NotFound):
            accounts.end_session(session, account_id=me.id, session_id=session_id)
    assert accounts.end_session(session, account_id=me.id, session_id=mine.id)
    first = mine.ended_at
    assert not accounts.end_session(session, account_id=me.id, session_id=mine.id)
    assert (mine.ended_at, theirs.ended_at) == (first, None)
    assert first is not None


def test_changing_the_password_ends_every_other_session_of_the_account_alone(
    session: Session,
) -> None:
    me, other = add_account(session), add_account(session, "Otto")
    tokens = [accounts.sign_in(session, account_id=me.id) for _ in range(2)]
    theirs = accounts.sign_in(session, account_id=other.id)
    kept = asking.find_session(session, tokens[0])
    assert kept is not None
    accounts.change_password(
        session, account_id=me.id, password_hash=QUICK_HASH, keep_session_id=kept.session_id
    )
    session.expire_all()
    assert asking.find_session(session, tokens[0]) is not None
    assert asking.find_session(session, tokens[1]) is None
    assert asking.find_session(session, theirs) is not None


def test_attempts_are_counted_in_a_window_and_forgotten_after_a_success(session: Session) -> None:
    window = timedelta(minutes=15)

    def attempt(what: str) -> None:
        count_attempt(session, what=what, limit=3, window=window)

    for _ in range(3):
        attempt("sign-in:ines@example.org")
    with pytest.raises(TooMany, match="Wait 15 minutes"):
        attempt("sign-in:ines@example.org")
    attempt("sign-in:otto@example.org")
    forget_attempts(session, what="sign-in:ines@example.org")
    attempt("sign-in:ines@example.org")
    for _ in range(2):
        attempt("sign-in:ines@example.org")
    for row in session.scalars(select(Attempt)):
        row.at = now() - window - timedelta(seconds=1)
    session.flush()
    attempt("sign-in:ines@example.org")
    addresses = session.scalars(select(Attempt.key)).all()
    assert all("@" not in key for key in addresses)


def test_attempts_by_a_clock_that_was_fast_do_not_count_nor_when_their_time_comes(
    session: Session,
) -> None:
    def attempt() -> None:
        what, window = "sign-in:ines@example.org", timedelta(minutes=15)
        count_attempt(session, what=what, limit=2, window=window)

    for ahead in (timedelta(hours=20), timedelta(hours=20), timedelta(seconds=30)):
        attempt()
        newest = session.scalars(select(Attempt).order_by(Attempt.id.desc())).first()
        assert newest is not None
        newest.at += ahead
        session.flush()
    attempt()
    with pytest.raises(TooMany):
        attempt()  # that of a machine whose clock is a little ahead counts
    assert all(at < now() + timedelta(minutes=1) for at in session.scalars(select(Attempt.at)))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no address", "no address"),
        (None, ""),
    ],
)
def test_a_network_address_is_counted_by_the_network_of_one_house(
    address: str | None, network: str
) -> None:
    assert network_of(address) == network


HOSTILE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\n/evil.example",
    "/good\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "evil.example",
    "http:evil.example",
    "/\N{FULLWIDTH SOLIDUS}evil.example",
    "/\0",
    "?next=/",
    "",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_next_never_leaves_the_site(value: str) -> None:
    assert safe_next(value, "/home") == "/home"


@pytest.mark.parametrize(
    "value", ["/", "/projects/first/articles/1?tag=claim&annotator=2#b3", "/annotations/7"]
)
def test_next_may_be_a_path_of_this_site(value: str) -> None:
    assert safe_next(value, "/home") == value


@given(st.text("/\\.:@?#%\t\n aé", max_size=12))
def test_what_next_lets_through_begins_with_one_slash_and_holds_no_space(value: str) -> None:
    kept = safe_next(value, "/home")
    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
    assert kept.isascii()
    assert not any(c.isspace() for c in kept)
