"""What networks are made from, beside statements: what parties and positions are called."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import read_columns
from app.parties.models import Party, Position
from app.statements.graph import NodeNames

_party, _position = Party.__table__.c, Position.__table__.c


def find_node_names(session: Session, project_id: int) -> NodeNames:
    """Return what all parties and positions of a project are called."""
    parties = list(
        read_columns(
            session,
            select(_party.id, _party.name, _party.kind).where(_party.project_id == project_id),
        )
    )
    positions = read_columns(
        session,
        select(_position.id, _position.sentence).where(_position.project_id == project_id),
    )
    return NodeNames(
        parties={row.id: row.name for row in parties},
        positions={row.id: row.sentence for row in positions},
        kinds={row.id: row.kind for row in parties},
    )
