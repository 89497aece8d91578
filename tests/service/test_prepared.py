"""Statements that the driver runs itself say and refuse what SQLAlchemy would."""

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.accounts.models import Account, SignIn
from app.core.clock import now
from app.core.conditions import is_among_bound
from app.core.db import Database
from app.core.prepared import Prepared
from tests.harness.builders import add_account
from tests.harness.postgres import PostgresServer
from tests.harness.statements import recorded_statements

_FIND = select(
    Account.id, Account.name, Account.created_at, Account.disabled_at, Account.steps_on
).where(is_among_bound(Account.__table__.c.id, "ids"), Account.name != "nobody")
_SIGN_IN = insert(SignIn).values(
    {name: bindparam(name) for name in ("token_hash", "account_id", "made_at", "seen_at")}
)


def test_values_and_rows_are_those_of_the_columns(session: Session) -> None:
    ids = [add_account(session, name).id for name in ("Ines", "Otto", "Mara")]
    session.commit()
    values = {"ids": ids[1:]}
    rows = Prepared(_FIND).run(session, values)
    assert sorted(rows) == sorted(tuple(row) for row in session.execute(_FIND, values))
    assert {row[1] for row in rows} == {"Otto", "Mara"}
    assert Prepared(_FIND).run(session, {"ids": []}) == []


def test_an_error_is_raised_as_sqlalchemy_raises_it_and_each_statement_is_seen(
    database: Database, session: Session
) -> None:
    account = add_account(session)
    session.commit()
    values = {
        "token_hash": "0" * 64,
        "account_id": account.id,
        "made_at": now(),
        "seen_at": now(),
    }
    add = Prepared(_SIGN_IN)
    with recorded_statements(database.engine) as statements, database.writing() as writing:
        assert add.run(writing, values) == []
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            add.run(writing, values)
        writing.rollback()
    assert len(statements) == 2
    assert session.scalars(select(SignIn)).all() == []


@pytest.mark.postgres
def test_a_connection_that_breaks_is_given_up(postgres: PostgresServer, kept_postgres: str) -> None:
    database, other = (Database(postgres.url(kept_postgres)) for _ in range(2))
    find = Prepared(_FIND)
    with database.session() as session, other.session() as killer:
        broken = session.scalar(text("SELECT pg_backend_pid()"))
        killer.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": broken})
        with pytest.raises(OperationalError) as raised:
            find.run(session, {"ids": [1]})
        assert raised.value.connection_invalidated
        session.rollback()
        assert find.run(session, {"ids": [1]}) == []
    database.dispose()
    other.dispose()
