"""What the tests of this folder share."""

import pytest
from sqlalchemy.orm import Session

from tests.harness.builders import Room, add_room


@pytest.fixture
def room(session: Session) -> Room:
    """Give a project with one article and a member of each role."""
    return add_room(session)
