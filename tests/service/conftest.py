"""What the tests of this folder share."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.annotations.queries.verify import verify


@pytest.fixture
def sound(session: Session) -> Iterator[None]:
    """Check after the test that every quote is its text and every event fits its row."""
    yield
    session.rollback()
    session.expire_all()
    assert list(verify(session)) == []
